#!/usr/bin/python3
"""Every behaviour of behaviours_*.py against a delivery of each class it names, through the real daemon.

    table.py [--platform NAME] [--only WORD] [--every N] [--quiet]

A row says what came of each class; a cell is OK when state, reason and number of public posts are as
written. Whatever the cell says: no post twice, none lost, no untrue state, no request to another host.
"""
import argparse
import concurrent.futures
import datetime
import os
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
import harness  # noqa: E402
import oracle  # noqa: E402
import proxy  # noqa: E402
import behaviours_bluesky  # noqa: E402
import behaviours_facebook  # noqa: E402
import behaviours_instagram  # noqa: E402
import behaviours_mastodon  # noqa: E402
import behaviours_telegram  # noqa: E402
import behaviours_threads  # noqa: E402
import behaviours_webhook  # noqa: E402
import behaviours_x  # noqa: E402
import behaviours_youtube  # noqa: E402

PLATFORMS = {"bluesky": behaviours_bluesky, "facebook": behaviours_facebook, "instagram": behaviours_instagram,
             "mastodon": behaviours_mastodon, "telegram": behaviours_telegram, "threads": behaviours_threads,
             "webhook": behaviours_webhook, "x": behaviours_x, "youtube": behaviours_youtube}
WORKERS = 2
MOST_RUNS = 6  # of a delivery whose account is paused: a minute later each
ON_ITS_WAY = ("ready", "preparing", "sending", "doubtful")
TOLD_REASONS = ("differs", "not-read-back")


class Cell:
    def __init__(self, behaviour, kind, expected):
        self.behaviour, self.kind, self.expected = behaviour, kind, expected
        self.verdict, self.got, self.seconds = oracle.Verdict(), None, 0

    @property
    def good(self):
        return self.got == self.expected and self.verdict.good

    def why(self):
        return "; ".join(([] if self.got == self.expected else [f"is {told(self.got)}"]) + self.verdict.notes)


def told(end):
    return " ".join(filter(None, end[:2])) + f" / {end[2]}"


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def run_to_end(delivery, verdict):
    """`--until-idle` ends at a paused account; a minute later it is asked again."""
    for _ in range(MOST_RUNS):
        run = delivery.run()
        if run.status not in (0, 1):
            verdict.count("untrue", f"ended with {run.status}: {run.last_words}")
            return
        if not any(row["state"] in ON_ITS_WAY for row in delivery.rows):
            return
        delivery.pass_time(61)


def judged(delivery, cell):
    """What holds in every cell, and the cell's own promises."""
    behaviour, server, verdict = cell.behaviour, delivery.proxy, cell.verdict
    rows = delivery.rows
    state, reason = (rows[0]["state"], rows[0]["reason"] or "") if len(rows) == 1 else (f"{len(rows)} rows", "")
    cell.got = (state, reason, len(delivery.public))
    if reason in TOLD_REASONS:  # true by what it says of itself, if somebody was told
        if not oracle.told(rows[0], delivery.alarms):
            verdict.count("untrue", f"{reason}, and nobody was told")
        if len(delivery.public) > 1:
            verdict.count("duplicates", f"public {len(delivery.public)} times")
    else:
        verdict.add(delivery.judge())
    if server.broken:
        verdict.count("untrue", f"the proxy failed: {server.broken}")
    if server.counts["other host"]:
        verdict.count("untrue", f"{server.counts['other host']} requests to another host")
    most = behaviour.sends.get(cell.kind.split()[0])
    if most and server.counts["publish"] > most:
        verdict.count("untrue", f"{server.counts['publish']} publish requests, at most {most} are safe")
    times = [seconds(at) for at in server.times[behaviour.on] if at]
    if behaviour.waits_s and len(times) > behaviour.first and times[behaviour.first] - times[behaviour.first - 1] < behaviour.waits_s:
        verdict.count("untrue", f"again after {times[behaviour.first] - times[behaviour.first - 1]:.0f} s, asked for {behaviour.waits_s} s")


def fill(cell, folder):
    behaviour, began = cell.behaviour, time.monotonic()
    with harness.Delivery(cell.kind, folder, lambda sandbox: proxy.Proxy(sandbox, behaviour.meet),
                          useful_for=behaviour.useful_for) as delivery:
        run_to_end(delivery, cell.verdict)
        judged(delivery, cell)
    cell.seconds = time.monotonic() - began
    return cell


def cells_of(behaviour):
    kind = "pictures" if behaviour.pictures else "text"
    return [Cell(behaviour, letter if letter in harness.KINDS else f"{letter} {kind}", end)
            for letter, end in behaviour.ends.items()]


def report(behaviour, cells, quiet):
    words = [f"{cell.kind.split()[0]}: {told(cell.expected)} {'OK' if cell.good else 'NOT: ' + cell.why()}" for cell in cells]
    if not quiet or not all(cell.good for cell in cells):
        print(f"{behaviour.on:8} {behaviour.name:45} {' | '.join(words)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", choices=PLATFORMS, help="its rows only")
    parser.add_argument("--only", default="", help="rows whose name has this word")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--quiet", action="store_true", help="print only what is not as written")
    parser.add_argument("--rule-off", help="a rule of engine/rules.h; some cell must then be NOT as written")
    options = parser.parse_args()
    os.environ["CRIER_RULE_OFF"] = options.rule_off or ""
    harness.skip_unless_built("fault_table")
    everything = [behaviour for name, part in PLATFORMS.items() if options.platform in (None, name) for behaviour in part.ROWS]
    rows = [behaviour for behaviour in everything if options.only in f"{behaviour.on} {behaviour.name}"][::options.every]
    total, good, count, began, slowest = oracle.Verdict(), 0, 0, time.monotonic(), None
    with tempfile.TemporaryDirectory(prefix="crier-table-") as folder, \
            concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        running = [(behaviour, [pool.submit(fill, cell, folder) for cell in cells_of(behaviour)]) for behaviour in rows]
        for behaviour, futures in running:
            cells = [future.result() for future in futures]
            report(behaviour, cells, options.quiet)
            for cell in cells:
                total.add(cell.verdict)
                good += cell.good
                count += 1
                slowest = max((cell.seconds, behaviour.name), slowest or (0, ""))
    print(f"behaviours {len(rows)}, cells {count}, as written {good}, {total} in {time.monotonic() - began:.0f} s; "
          f"slowest {slowest[0]:.1f} s ({slowest[1]})")
    if options.rule_off:
        print(f"twin without {options.rule_off}: {'noticed' if good != count else 'NOT noticed'}")
        return good == count
    return good != count


if __name__ == "__main__":
    sys.exit(main())
