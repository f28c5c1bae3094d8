"""What the public sees against what Crier says of it: the invariants of reliability.md §2.2 as questions.

The public is the sandbox's own ground truth. Crier's word is `status --json` and the audit files, read
here from their bytes. Pure: judge() is given both, so that a test can hand it lies.
"""
import dataclasses
import json

DOUBT_REASONS = ("unproven", "found-twice")
# A delivery that stands here at the end waits for somebody, who must have been told.
WAITS_FOR_A_PERSON = ("held", "planned", "failed", "expired")


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What staff asked for: one delivery, as the public is to see it."""
    name: str
    handle: str
    text: str
    media: tuple  # sha256 of each, in order


@dataclasses.dataclass
class Verdict:
    duplicates: int = 0
    lost: int = 0
    untrue: int = 0
    notes: list = dataclasses.field(default_factory=list)

    def count(self, what, why, times=1):
        setattr(self, what, getattr(self, what) + times)
        self.notes.append(f"{what}: {why}")

    def add(self, other):
        self.duplicates += other.duplicates
        self.lost += other.lost
        self.untrue += other.untrue
        self.notes += other.notes

    @property
    def good(self):
        return not (self.duplicates or self.lost or self.untrue)

    def __str__(self):
        return f"duplicates {self.duplicates} lost {self.lost} untrue {self.untrue}"


def says(post):
    return post["account"], post["text"].strip(), tuple(medium["sha256"] for medium in post["media"])


def posts_of(wanted, posts):
    return [post for post in posts if says(post) == (wanted.handle, wanted.text, wanted.media)]


def names_of(post):
    """What its platform calls it; a video also by its own id, and a webhook's receiver by the sender's."""
    detail = post.get("detail") or {}
    return post["id"], detail.get("video"), detail.get("event", {}).get("data", {}).get("id")


def told(row, alarms):
    """An alarm that names the delivery, or the account that it waits for."""
    return any(row["name"] in alarm or f"account {row['account']}" in alarm for alarm in alarms)


def says_that_it_has_no_id(row, alarms):
    """Public by the platform's own word, but nothing tells which post it is (a story): and somebody was told."""
    return row["reason"] == "not-read-back" and not row["remote_id"] and told(row, alarms)


def judge_row(row, seen, alarms, verdict):
    state, reason = row["state"], row["reason"] or ""
    if state == "published":
        if len(seen) != 1 or not (str(row["remote_id"]).split(",")[0] in names_of(seen[0]) or
                                  says_that_it_has_no_id(row, alarms)):
            verdict.count("untrue", f"published as {row['remote_id']}, public are {[post['id'] for post in seen]}")
    elif state in WAITS_FOR_A_PERSON:
        if seen and reason not in DOUBT_REASONS:
            verdict.count("untrue", f"{state} ({reason}), and it is public")
        if not told(row, alarms):
            verdict.count("lost", f"{state} ({reason}), and nobody was told")
    elif state == "ready" and told(row, alarms):
        if seen:
            verdict.count("untrue", "ready, and it is public")
    elif state != "cancelled":
        verdict.count("lost", f"left in state {state} ({reason})")


def judge(wanted, posts, rows, alarms, intents=None, publishes=None):
    """I1, I2, I5 and I6. `posts` are public; `intents` and `publishes` count records and requests."""
    verdict, known = Verdict(), []
    for each in wanted:
        seen = posts_of(each, posts)
        known += seen
        if len(seen) > 1:
            verdict.count("duplicates", f"{each.name} is public {len(seen)} times", len(seen) - 1)
        mine = [row for row in rows if row["name"] == each.name]
        if len(mine) != 1:
            verdict.count("lost", f"{len(mine)} rows for {each.name}")
        for row in mine:
            judge_row(row, seen, alarms, verdict)
    for post in posts:
        if post not in known:
            verdict.count("untrue", f"public, and nobody asked for it: {post['text']!r}")
    if publishes is not None and publishes > intents:
        verdict.count("untrue", f"{publishes} publish requests for {intents} recorded intents")
    return verdict


def audit_records(state):
    """All whole lines of the exported audit, as objects."""
    lines = [line for path in sorted(state.glob("audit/*.jsonl")) for line in path.read_bytes().split(b"\n")[:-1]]
    return [json.loads(line) for line in lines]
