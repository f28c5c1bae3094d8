"""What a platform's server can do to a delivery, and what must come of it: the words for it.

A row of behaviours_*.py has its end for each class, as design.md §5, §8 and reliability.md R1-R8 want it,
written before the program was asked. An end is (state, reason, public posts). A: our own record key
(Bluesky), B: Mastodon keeps our key, C: it does not, W: a webhook, whose receiver keeps it for five minutes.
"""
import dataclasses
import json
import typing

from proxy import Answer

PUBLISHED = ("published", "", 1)
DIFFERS = ("published", "differs", 1)
UNREAD = ("published", "not-read-back", 1)
UNPROVEN = ("held", "unproven", 0)
UNPROVEN_THERE = ("held", "unproven", 1)
FAILED = ("failed", "refused", 0)
TRIES = ("held", "tries", 0)
EXPIRED = ("expired", "too-late", 0)


@dataclasses.dataclass
class Behaviour:
    name: str
    on: str  # the step that meets it: proxy.STEPS
    do: typing.Callable  # Exchange -> Answer
    ends: dict  # class -> end
    because: str
    times: int = 1  # how many requests of the step; 0: all of them
    first: int = 1
    pictures: int = 0
    waits_s: int = 0  # least virtual time between the first and the next request of the step
    sends: dict = dataclasses.field(default_factory=dict)  # class -> most publish requests
    useful_for: str = "6h"
    also: dict = dataclasses.field(default_factory=dict)  # further steps: step -> do, every time

    def meet(self, step, n):
        if step == self.on and n >= self.first and (not self.times or n < self.first + self.times):
            return self.do
        return self.also.get(step)


# --- how a server answers

def says(*args, **more):
    """The given answer; nothing was done."""
    return lambda exchange: Answer.http(*args, **more)


def raw(data, then="close"):
    return lambda exchange: Answer(data, then)


def after(do):
    """The same, although the work was done."""
    return lambda exchange: do(exchange.pass_on())


def error(status, text, **more):
    return says(status, {"error": text}, **more)


def page(status, **more):
    return says(status, "<!DOCTYPE html><html><body>Something went wrong</body></html>", mime="text/html", **more)


def own(change):
    """The server's own answer, its bytes changed."""
    return lambda exchange: Answer(change(exchange.pass_on().plain.data))


def own_json(change):
    return lambda exchange: exchange.pass_on().changed(change)


def setting(**members):
    return own_json(lambda value: value.update(members))


def cut(part, then):
    def change(exchange):
        data = exchange.pass_on().plain.data
        head = data.index(b"\r\n\r\n") + 4
        return Answer(data[:{"status line": 12, "head": head, "body": (head + len(data)) // 2}[part]], then)
    return change


def then(kind):
    def change(exchange):
        answer = exchange.pass_on().plain
        answer.then = kind
        return answer
    return change


def body(data, **headers):
    return says(200, data, headers=list(headers.items()))


def elsewhere(status):
    return lambda exchange: Answer.http(status, headers=[("Location", f"http://{exchange.proxy.other_host}{exchange.path}")])


def replace_head(old, new):
    return own(lambda data: data.replace(old, new, 1))
