#!/usr/bin/python3
"""`crier media` on the whole corpus says of each file on each platform what expected.txt says: one line a difference."""
import sys

sys.dont_write_bytecode = True
import desk  # noqa: E402
import make_corpus  # noqa: E402
import second_reading as reading  # noqa: E402

SIGNS = {"fits": "=", "fitted": "~", "refused": "x"}


def main():
    desk.skip_unless_possible("media_verdicts")
    rows, wrong, count = reading.table(), 0, 0
    names = sys.argv[1:] or sorted(make_corpus.FILES)
    with desk.Desk(names) as office:
        said = office.say(names)
    for name in names:
        row = next(row for row in rows if row.matches(name))
        for answer in said[name]["platforms"]:
            sign, expected = SIGNS[answer["verdict"]], row.signs[answer["platform"]]
            count += 1
            if sign != expected:
                wrong += 1
                print(f"{name} on {answer['platform']}: {sign} instead of {expected}: {answer['how'] or answer['why']} [problem "
                      f"{said[name]['problem']}, metadata {said[name]['metadata']}]")
    print(f"{len(names)} files, {count} verdicts, {count - wrong} as written, {wrong} not")
    return 1 if wrong or count != len(names) * len(reading.PLATFORMS) else 0


sys.exit(main())
