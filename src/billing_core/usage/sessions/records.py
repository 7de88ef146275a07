"""Usage of sessions as records: what a message adds becomes one for each day on which it was used.

A call or an item is one record, whenever it was.

An interval over midnight is cut there, in proportion to its time, in whole bytes that add up to all of them.

    23:50 to 0:20, 100 bytes    23:50, 10 minutes: 33    0:00, 20 minutes: 67
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple

from billing_core.kernel.spans import ONE_DAY
from billing_core.usage.sessions.messages import MICROSECOND, Added, Message, Used

DIGEST_BYTES = 12
SECOND = timedelta(seconds=1)
ONE = 1_000_000


class SessionUsage(NamedTuple):
    """What was used of a session on one day, or a call or item; `quantity` in millionths."""

    key: str
    server: str
    session: str
    subscriber: str
    started_at: datetime
    seconds: int
    bytes_in: int
    bytes_out: int
    kind: Used = "data"
    number: str = ""
    quantity: int = 0


def usage_of(message: Message, subscriber: str, more: Added, zone: tzinfo | None) -> Iterator[SessionUsage]:
    """The records of what a message adds, for days in a time zone.

    Their keys follow from the message, so that one that is made again is known: a digest of what identifies the
    message, with the place among its days.
    """
    if more.is_nothing:
        return
    key = _digest(message)
    for place, part in enumerate(by_day(more, zone), start=1):
        yield SessionUsage(
            f"{key}-{place}", message.server, message.session, subscriber, part.since, part.seconds, part.bytes_in,
            part.bytes_out,
        )  # fmt: skip


def used_at_once(message: Message, subscriber: str, begun_at: datetime | None) -> SessionUsage | None:
    """The record of a call or an item, by its only message or by the last one; `begun_at` if its start was seen.

    start 10:00:00, stop 10:02:05: 10:00:00, 125 s    stop 10:02:05 with 120 s: 10:00:05, 120 s
    """
    if (message.used == "data" and message.kind != "event") or message.kind not in ("event", "stop"):
        return None
    seconds = message.seconds
    if not seconds and begun_at is not None:
        seconds = max(timedelta(0), message.at - begun_at) // SECOND
    return SessionUsage(
        _digest(message), message.server, message.session, subscriber, message.at - seconds * SECOND, seconds,
        message.bytes_in.value, message.bytes_out.value, message.used, message.number,
        ONE if message.used == "item" else 0,
    )  # fmt: skip


def _digest(message: Message) -> str:
    """What identifies a message, as a short text."""
    written = "\0".join(map(str, message.identity))
    return hashlib.blake2b(written.encode(), digest_size=DIGEST_BYTES).hexdigest()


def by_day(more: Added, zone: tzinfo | None) -> Iterator[Added]:
    """The parts of an interval, cut at the midnights of a time zone."""
    whole = (more.until - more.since) // MICROSECOND
    if not whole:
        yield more
    before = Added(more.since, more.since)
    while before.until < more.until:
        until = min(_next_midnight(before.until, zone), more.until)
        passed = (until - more.since) // MICROSECOND
        # Rounded from the beginning on each time, so that the parts add up.
        now = Added(before.until, until, *(amount * passed // whole for amount in more[2:]))
        yield Added(
            now.since, until, now.seconds - before.seconds, now.bytes_in - before.bytes_in,
            now.bytes_out - before.bytes_out,
        )  # fmt: skip
        before = now


def _next_midnight(at: datetime, zone: tzinfo | None) -> datetime:
    """The first midnight after an instant, on the clocks of a zone."""
    return datetime.combine(at.astimezone(zone).date() + ONE_DAY, time.min, zone).astimezone(at.tzinfo)
