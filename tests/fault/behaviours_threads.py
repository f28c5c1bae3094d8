"""Threads (TH): containers as Instagram's, texts too; what is not ready is 24/4279009."""
from answers import DIFFERS, FAILED, PUBLISHED, own_json
from behaviours_instagram import LOOKED, LOST, ONCE, RESET, TWICE, adder, after, alike, error

ROWS = []
row = adder(ROWS, "TH text")
alike(row, "status", "TH pictures")
NOT_THERE = error(400, 24, 4279009, "The requested resource does not exist")
row("24/4279009 not there yet", "publish", NOT_THERE, PUBLISHED, "waited for", sends=TWICE)
row("24/4279009 not there yet, stored", "publish", after(NOT_THERE), PUBLISHED, LOOKED, sends=ONCE)
row("24/4279009 four times", "publish", NOT_THERE, PUBLISHED, "a new container: nothing is public", times=4)
row("24/4279009 four times, the last stored", "publish", lambda exchange: (
    after(NOT_THERE) if exchange.proxy.counts["publish"] == 4 else NOT_THERE)(exchange), PUBLISHED, LOOKED, times=4)
row("poll: 24/4279009 three times", "poll", NOT_THERE, PUBLISHED, "waited for", times=3, sends=ONCE)
row("poll: 24/4279009 five times", "poll", NOT_THERE, PUBLISHED, "a new container", times=5, sends=ONCE)
row("create: a link too many", "create", error(400, 1, 0, "THREADS_API__LINK_LIMIT_EXCEEDED"), FAILED,
    "the platform refuses the content", times=0)
row("read back: other words", "read", own_json(lambda value: value.update(text="कुछ और")), DIFFERS,
    "public but different: never sent again", times=0, sends=ONCE)
row("pictures: reset, stored", "publish", LOST, PUBLISHED, LOOKED, kind="TH pictures", sends=ONCE)
row("video: reset, stored", "publish", LOST, PUBLISHED, LOOKED, kind="TH video", sends=ONCE)
row("video: reset", "publish", RESET, PUBLISHED, LOOKED, kind="TH video", sends=TWICE)
