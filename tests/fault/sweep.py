#!/usr/bin/python3
"""Kills and fails one delivery everywhere, starts it again, and asks the public what came of it.

    sweep.py points [--kinds K,K|all]                at every visit of every named point
    sweep.py twice  [--every N]                      at a request, and then at every N-th visit of the recovery
    sweep.py calls  [--every N]                      at every N-th state-changing system call, all threads
    sweep.py random [--kills N] [--seed S]           at random moments
    sweep.py errors [--every N]                      no kill: the n-th call fails with EIO or ENOSPC

Each broken run is followed by an undisturbed one on the same state and the same sandbox; then the
oracle compares (tests/support/oracle.py). One line a kind, one line a fault found; exit 1 on any fault.
"""
import argparse
import collections
import concurrent.futures
import functools
import os
import pathlib
import random
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
import harness  # noqa: E402
import oracle  # noqa: E402

TOOL = harness.BIN / "syscall_sweep"
KILLED = (137, -9)
ENDED = (0, 1)  # idle; or idle with something that waits for a person
STOPPED = (*ENDED, 69, 70, 75, 78)  # what an error of the machine may end in
RESTART_S = 1
WORKERS = 2
MOST_TRIES = 6


class Outcome:
    def __init__(self, verdict, killed, state, seconds):
        self.verdict, self.killed, self.state, self.seconds = verdict, killed, state, seconds


def breaking(kind, how, expected, folder):
    """One delivery: broken by `how`, run again, judged. `expected`: exit statuses of the broken run, or what
    gives them for it."""
    began = time.monotonic()
    with harness.Delivery(kind, folder) as delivery:
        first = how(delivery)
        if delivery.rows:  # what is made of the time comes out anew; a store that is new takes nothing past
            delivery.pass_time(RESTART_S)
        second = delivery.run()
        verdict = delivery.judge()
        if first.status not in (expected(first) if callable(expected) else expected):
            verdict.count("untrue", f"the broken run ended with {first.status}: {first.last_words}")
        if second.status not in ENDED:
            verdict.count("untrue", f"the run after it ended with {second.status}: {second.last_words}")
        if delivery.logins > delivery.runs:
            verdict.count("untrue", f"{delivery.logins} logins in {delivery.runs} runs: tokens were not kept")
        rows = delivery.rows
        state = " ".join(filter(None, (rows[0]["state"], rows[0]["reason"]))) if rows else "no row"
        return Outcome(verdict, first.status in KILLED, state, time.monotonic() - began)


def breaking_surely(kind, how, expected, folder):
    """Threads take turns as they like, so the n-th visit may not come in this run: then in the next."""
    outcome = breaking(kind, how, expected, folder)
    for _ in range(MOST_TRIES - 1):
        if outcome.killed or callable(expected) or not outcome.verdict.good:
            break
        outcome = breaking(kind, how, expected, folder)
    return outcome


class Sweep:
    """Breaks in parallel, and the sum of what was found."""

    def __init__(self, folder, how_often=breaking_surely):
        self.folder, self.how_often = folder, how_often
        self.total = oracle.Verdict()
        self.kills, self.slowest = 0, (0, "")

    def all(self, kind, jobs):
        """`jobs` are (name, how, expected). Returns kills, verdict and a counter of end states."""
        verdict, states, kills = oracle.Verdict(), collections.Counter(), 0
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            running = [(name, pool.submit(self.how_often, kind, how, expected, self.folder))
                       for name, how, expected in jobs]
            for name, future in running:
                outcome = future.result()
                if not outcome.verdict.good:
                    print(f"FAULT {kind}, {name}: {'; '.join(outcome.verdict.notes)}", flush=True)
                verdict.add(outcome.verdict)
                states[outcome.state] += 1
                kills += outcome.killed
                self.slowest = max(self.slowest, (outcome.seconds, f"{kind}, {name}"))
        self.total.add(verdict)
        self.kills += kills
        return kills, verdict, states


def told(states):
    return ", ".join(f"{state} {count}" for state, count in sorted(states.items()))


# --- named points

def visits_of(kind, folder):
    with harness.Delivery(kind, folder) as delivery:
        log = delivery.workspace.path / "visits"
        run = delivery.run(CRIER_FAILPOINT_LOG=str(log))
        undisturbed(kind, delivery, run)
        return collections.Counter(log.read_text().split())


def undisturbed(kind, delivery, run):
    """A sweep of a run that does not work proves nothing."""
    rows = delivery.rows
    if run.status != 0 or [row["state"] for row in rows] != ["published"] or not delivery.judge().good:
        sys.exit(f"the undisturbed run of {kind} ended with {run.status}, {rows}, {delivery.judge().notes}\n{run.stderr}")


def kill_at_point(point, delivery):
    return delivery.run(CRIER_FAILPOINT=point)


def names_in_source():
    names = set()
    for path in (harness.SOURCE / "scheduler").rglob("*.c"):
        names |= set(re.findall(r'FAILPOINT\("([^"]+)"\)', path.read_text()))
    return names


def sweep_points(options, sweep):
    visited = set()
    for kind in options.kinds:
        visits = visits_of(kind, sweep.folder)
        visited |= set(visits)
        jobs = [(f"{name}:{n}", functools.partial(kill_at_point, f"{name}:{n}"), (*KILLED, *ENDED))
                for name in sorted(visits) for n in range(1, visits[name] + 1)][::options.every]
        kills, verdict, states = sweep.all(kind, jobs)
        print(f"points {kind}: {' '.join(f'{name}×{visits[name]}' for name in sorted(visits))}")
        print(f"points {kind}: names {len(visits)} visits {sum(visits.values())} kills {kills} {verdict}; "
              f"ends: {told(states)}", flush=True)
    never = sorted(names_in_source() - visited)
    print(f"points in the source: {len(names_in_source())}, visited {len(visited)}, "
          f"not reached by these deliveries: {' '.join(never) or 'none'}")


# --- killed again while it recovers

def kill_again(first, second, delivery):
    delivery.run(CRIER_FAILPOINT=first)
    return delivery.run(CRIER_FAILPOINT=second)


def visits_of_recovery(kind, first, folder):
    with harness.Delivery(kind, folder) as delivery:
        delivery.run(CRIER_FAILPOINT=first)
        log = delivery.workspace.path / "visits"
        delivery.run(CRIER_FAILPOINT_LOG=str(log))
        return collections.Counter(log.read_text().split())


def sweep_twice(options, sweep):
    for kind in options.kinds:
        firsts = [f"daemon.sent:{n}" for n in range(1, visits_of(kind, sweep.folder)["daemon.sent"] + 1)]
        jobs = []
        for first in firsts:
            visits = visits_of_recovery(kind, first, sweep.folder)
            jobs += [(f"{first} then {name}:{n}", functools.partial(kill_again, first, f"{name}:{n}"), (*KILLED, *ENDED))
                     for name in sorted(visits) for n in range(1, visits[name] + 1)]
        kills, verdict, states = sweep.all(kind, jobs[::options.every])
        print(f"twice {kind}: at each of {len(firsts)} requests, then at {len(jobs)} visits of the recovery, "
              f"{len(jobs[::options.every])} tried, kills {2 * kills} {verdict}; ends: {told(states)}", flush=True)


# --- system calls

def calls_of(kind, folder, only=None):
    """The undisturbed run's calls as (name, object); the longest of two, for threads take turns as they like."""
    longest = []
    for _ in range(2):
        with harness.Delivery(kind, folder) as delivery:
            log = delivery.workspace.path / "calls"
            run = delivery.run([TOOL, "--log", log, *(["--only", only] if only else []), "--"])
            undisturbed(kind, delivery, run)
            root = str(delivery.workspace.path)
            calls = [line.split(" ", 3)[2:] for line in log.read_text().splitlines()]
            calls = [(name, thing.replace(root, "")) for name, thing in calls]
            longest = max(longest, calls, key=len)
    return longest


def numbered(calls, every):
    return [(n, f"call {n} {name} {thing}") for n, (name, thing) in enumerate(calls, 1)][::every]


def kill_at_call(n, delivery):
    return delivery.run([TOOL, "--kill", n, "--"])


def print_calls(kind, calls):
    names = collections.Counter(name for name, _ in calls)
    print(f"syscalls {kind}: {' '.join(f'{name}×{count}' for name, count in sorted(names.items()))}")


def sweep_calls(options, sweep):
    for kind in options.kinds:
        calls = calls_of(kind, sweep.folder)
        jobs = [(name, functools.partial(kill_at_call, n), (*KILLED, *ENDED))
                for n, name in numbered(calls, options.every)]
        kills, verdict, states = sweep.all(kind, jobs)
        print_calls(kind, calls)
        print(f"syscalls {kind}: {len(calls)} points, {len(jobs)} tried, kills {kills} {verdict}; "
              f"ends: {told(states)}", flush=True)


# --- random moments

def kill_after(seconds, delivery):
    return delivery.run(kill_after=seconds)


def whole_run_s(kind, folder):
    """Real seconds of an undisturbed run beside another one, as the runs to be killed will be."""
    with harness.Delivery(kind, folder) as delivery, harness.Delivery(kind, folder) as beside:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(beside.run)
            began = time.monotonic()
            run = delivery.run()
            whole = time.monotonic() - began
        undisturbed(kind, delivery, run)
    return whole


def sweep_random(options, sweep):
    """Until the wanted number of runs was really killed: some end before their moment."""
    chance = random.Random(options.seed)
    sweep.how_often = breaking
    for kind in options.kinds:
        wanted, whole = -(-options.kills // len(options.kinds)), whole_run_s(kind, sweep.folder)
        kills, runs, verdict, states = 0, 0, oracle.Verdict(), collections.Counter()
        while kills < wanted and runs < 5 * wanted:
            moments = [chance.uniform(0, whole) for _ in range(max(10, wanted - kills))]
            jobs = [(f"after {1000 * moment:.1f} ms", functools.partial(kill_after, moment), (*KILLED, *ENDED))
                    for moment in moments]
            more = sweep.all(kind, jobs)
            kills, runs = kills + more[0], runs + len(jobs)
            verdict.add(more[1])
            states += more[2]
        print(f"random {kind}: seed {options.seed}, {runs} runs cut in 0–{1000 * whole:.0f} ms, "
              f"kills {kills} {verdict}; ends: {told(states)}", flush=True)


# --- errors

# SQLite syncs its folder and ignores what comes of it; the journal it is done for is synced by itself.
IGNORED_SYNC = re.compile(r"fdatasync /state$")
# What is made of media, or known of it, is made again where it was lost.
MADE_AGAIN = re.compile(r"f(data)?sync /state/(renditions|spool)")
SYNCS = "fsync,fdatasync"
WRITES = "write,pwrite64,writev,sendto,sendmsg,openat,openat2,open,rename,renameat,renameat2,unlink,unlinkat,ftruncate,mkdir,connect"


def fail_call(only, n, error, delivery):
    """`met` is the call that failed; None: this run had fewer, for threads take turns as they like."""
    log = delivery.workspace.path / "calls"
    run = delivery.run([TOOL, "--log", log, "--only", only, "--fail", n, "--with", error, "--"])
    calls = log.read_text().replace(str(delivery.workspace.path), "").splitlines()
    run.met = calls[n - 1] if len(calls) >= n else None
    return run


def ends_of_failed_sync(run):
    if run.met is None or IGNORED_SYNC.search(run.met):
        return ENDED
    return (*ENDED, 70) if MADE_AGAIN.search(run.met) else (70,)


def ends_of_failed_write(run):
    return ENDED if run.met is None else STOPPED


def sweep_errors(options, sweep):
    for kind in options.kinds:
        for only, error, expected in ((SYNCS, "EIO", ends_of_failed_sync), (WRITES, "EIO", ends_of_failed_write),
                                      (WRITES, "ENOSPC", ends_of_failed_write)):
            calls = calls_of(kind, sweep.folder, only)
            jobs = [(f"{error} at {name}", functools.partial(fail_call, only, n, error), expected)
                    for n, name in numbered(calls, 1 if only == SYNCS else options.every)]
            _, verdict, states = sweep.all(kind, jobs)
            print(f"errors {kind}, {error} at {'each sync' if only == SYNCS else 'writing calls'}: "
                  f"{len(calls)} points, {len(jobs)} tried {verdict}; ends: {told(states)}", flush=True)


SWEEPS = {"points": sweep_points, "twice": sweep_twice, "calls": sweep_calls, "random": sweep_random, "errors": sweep_errors}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sweep", choices=SWEEPS)
    parser.add_argument("--kinds", type=lambda text: list(harness.KINDS) if text == "all" else text.split(","),
                        default=["A pictures", "B text", "B pictures", "C pictures", "W text"])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--rule-off", help="a rule of engine/rules.h; the sweep must then find faults")
    options = parser.parse_args()
    os.environ["CRIER_RULE_OFF"] = options.rule_off or ""
    harness.skip_unless_built(f"sweep_{options.sweep}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crier-sweep-") as folder:
        sweep = Sweep(folder)
        SWEEPS[options.sweep](options, sweep)
    print(f"sweep {options.sweep}: kills {sweep.kills} {sweep.total} in {time.monotonic() - began:.0f} s; "
          f"slowest {sweep.slowest[0]:.1f} s ({sweep.slowest[1]})")
    if options.rule_off:
        print(f"twin without {options.rule_off}: {'noticed' if not sweep.total.good else 'NOT noticed'}")
        return sweep.total.good
    return not sweep.total.good


if __name__ == "__main__":
    sys.exit(main())
