"""Judges that a test needs and that may not be here: the test says SKIPPED by name then, as every test of ours."""
import shutil
import sys

SKIPPED = 77


def skip_unless(name, programs, folder, otherwise):
    """Ends the test unless these programs are here, and `folder` holds what its install script brings; else says `otherwise`."""
    missing = [f"{program} is not here" for program in programs if not shutil.which(program)]
    if not (folder / "installed").exists():
        missing.append(otherwise)
    if missing:
        print(f"SKIPPED {name}: {missing[0]}")
        sys.exit(SKIPPED)
