"""What all flows need: the home they work in, their names, and their voice in the log."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from curate import texts
from pipelines import home as homes
from pipelines.home import Home, Notify

_MARKUP = re.compile(r"[\\`*_\[\]<>|#!]")


def home() -> Home:
    """Return the home that the flow runs in: ``DUIDING_HOME``, or the folder that the deployment set."""
    return homes.here()


def named(kind: str) -> Callable[[], str]:
    """Return what names a flow run: the flow and the moment in the home's own time zone."""

    def name() -> str:
        here = home()
        return f"{kind} {here.clock().astimezone(here.settings.zone):%a %d %b %H:%M}"

    return name


def to_log(log: "logging.Logger | logging.LoggerAdapter[Any]", every_s: float = 10.0) -> Notify:
    """Return a listener to long work that says how far it is, every few seconds and at the end."""
    said_s: dict[str, float] = {}

    def notify(what: str, done: int, total: int) -> None:
        now_s = time.monotonic()
        if done == total or now_s - said_s.get(what, now_s) >= every_s:
            log.info("%s: %d of %d", what, done, total)
            said_s[what] = now_s
        said_s.setdefault(what, now_s)

    return notify


def plain(text: str) -> str:
    """Return outside words as one plain line: Prefect's pages read Markdown, a feed's title must not write it."""
    return _MARKUP.sub(r"\\\g<0>", texts.one_line(text))
