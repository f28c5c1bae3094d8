#!/usr/bin/python3
"""T26 against a strict OAuth 2 server: sixteen requests meet the end of the session, again and again.

Refresh tokens are good for one use, and one that comes again ends the family for good. CRIER_STORM_ROUNDS: 30 for
every day, 1,000 for `trust`. With --rule-off RULE (engine/rules.h) the test must notice.
"""
import argparse
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
import oauth  # noqa: E402

sys.path[:0] = [str(oauth.SOURCE / "tests/server")]
import sandbox  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("CRIER_BIN", oauth.SOURCE / "build/dev/bin")).resolve() / "test_session_storm"
ROUNDS = int(os.environ.get("CRIER_STORM_ROUNDS", "30"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rule-off", default="")
    rule = parser.parse_args().rule_off
    oauth.skip_unless_installed("oauth_storm")
    server = sandbox.Sandbox("--unlimited")
    try:
        with oauth.Gateway(server) as gateway:
            environment = {**os.environ, "CRIER_STORM_PORT": str(gateway.port), "CRIER_STORM_ROUNDS": str(ROUNDS),
                           "CRIER_RULE_OFF": rule,
                           "CRIER_STORM_TOKEN": gateway.log_in()["refresh_token"]}
            done = subprocess.run([PROGRAM], env=environment, cwd=oauth.SOURCE, check=False)
            counts = gateway.counts
    finally:
        server.kill()
    print(f"the server's own count: {counts}")
    good = (done.returncode == 0 and counts["refreshed"] == ROUNDS + 1 and counts["refused"] == counts["revoked"] == 0
            and counts["asked"] >= 16 * ROUNDS)
    if rule:
        print(f"twin without {rule}: {'NOT noticed' if good else 'noticed'}")
    return good == bool(rule)


if __name__ == "__main__":
    sys.exit(main())
