"""Workspaces, and the pages that `crier preview --html` makes of them; judged by what ./install brings, in Debian's Chromium."""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path[:0] = [str(SOURCE / "tests/support")]
import judges  # noqa: E402

BIN = pathlib.Path(os.environ.get("CRIER_BIN", SOURCE / "build/dev/bin")).resolve()
JUDGES = pathlib.Path(os.environ.get("CRIER_PAGE_JUDGES", SOURCE / "build/page")).resolve()
LIMIT_S = 280
STRANGE = '"><img src=x onerror=pwn()>.png'  # the picture that the campaign `hostile` names


def skip_unless_installed(name):
    judges.skip_unless(name, ("node", "chromium"), JUDGES, "its judges are not here; tests/page/install brings them")


def workspace(folder):
    shutil.copytree(HERE / "workspace", folder)
    shutil.copytree(SOURCE / "media", folder / "media")
    shutil.copy(SOURCE / "media/traffic/seat-belt.png", folder / "media" / STRANGE)
    (folder / "media/film.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nहेलमेट पहनें\n")
    return folder


def preview(folder, *words, language="en", since="2026-12-01"):
    environment = {"PATH": os.environ["PATH"], "LANG": f"{language}_IN.UTF-8", "TZ": "UTC", "NO_COLOR": "1",
                   "XDG_CACHE_HOME": str(folder.parent / "cache")}
    command = [BIN / "crier", "-C", folder, "preview", "--from", since, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT_S)


def judge(pages):
    """How many checks there were, and what is wrong."""
    order = {"judges": str(JUDGES), "browser": shutil.which("chromium"), "pages": pages}
    done = subprocess.run(["node", HERE / "judge.js"], input=json.dumps(order), capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return said["checks"], said["faults"]


# ---- a year of a department ----

PLATFORMS = ("facebook", "instagram", "x", "youtube", "threads", "telegram", "mastodon", "bluesky", "webhook")
CAMPAIGNS = ("traffic", "cyber", "women", "laws")
WEEKS, TURNS = 52, 12
YEAR = ("--days", "365")
WORDS = ("हेलमेट चालान से बचने के लिए नहीं, घर लौटने के लिए पहनें। फीता बाँधा हुआ, निशान देखा हुआ। "
         "Wear it, strap it, every ride. आपात स्थिति में 112 मिलाएँ। ")
MEDIA = ('media = ( { file = "helmet-tall.jpg"; alt = "पीला हेलमेट"; } );\n'
         '    youtube = { media = ( { file = "helmet-short.mp4"; alt = "फ़िल्म: पीला हेलमेट"; } ); };')


def week_post(campaign, week):
    day = datetime.date(2026, 12, 2) + datetime.timedelta(weeks=week)
    return (f'  {{ id = "week-{week}"; title = "{campaign} {week}"; at = "{day} 11:00"; {MEDIA}\n'
            f'    text = "{WORDS}{campaign}, week {week}"; }}')


def evening_post(campaign, minute):
    texts = ",\n".join(f'      "{WORDS}{campaign}, turn {turn}"' for turn in range(TURNS))
    return (f'  {{ id = "evening"; title = "{campaign}"; {MEDIA}\n'
            f'    repeat = {{ every = "day"; at = [ "18:{minute}0" ]; from = "2026-12-01"; }};\n    texts = (\n{texts} ); }}')


def year_workspace(folder):
    """Four campaigns on an account of each of the nine platforms: every evening a text in turn, every week a post of its own."""
    (folder / "campaigns").mkdir(parents=True)
    (folder / "media").mkdir()
    for name in ("helmet-tall.jpg", "helmet-short.mp4"):
        shutil.copy(SOURCE / "media/traffic" / name, folder / "media")
    accounts = ",\n".join(f'  {{ name = "on-{p}"; platform = "{p}"; live = false; base_url = "http://127.0.0.1:8642/{p}"; }}'
                          for p in PLATFORMS)
    names = ", ".join(f'"on-{p}"' for p in PLATFORMS)
    (folder / "crier.cfg").write_text(f'timezone = "Asia/Kolkata";\naccounts = (\n{accounts}\n);\n'
                                      f'groups = ( {{ name = "all"; accounts = [ {names} ]; }} );\n')
    for minute, campaign in enumerate(CAMPAIGNS):
        posts = ",\n".join([evening_post(campaign, minute)] + [week_post(campaign, week) for week in range(WEEKS)])
        (folder / f"campaigns/{campaign}.cfg").write_text(
            f'title = "{campaign}"; accounts = [ "all" ]; tags = [ "RoadSafety" ];\nposts = (\n{posts}\n);\n')
    return folder
