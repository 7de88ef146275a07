"""Sessions as access servers account for them: what each message adds, and which sessions are open.

A server (NAS) counts a session from its start and sends where the counters stand: now and then (interim), and at the
end (stop). A message may come twice, late, or never. What counts is the order of the instants at which the counters
were read, so any order and repetition of the same messages adds up to the same; a start counts nothing.

    read       seconds    bytes in                                            adds
    10:05          300       1,000    the first one: all since the start     1,000
    10:15          900       5,000    10:10 was lost, and is not missed      4,000
    10:10          600       2,000    late: 2,000 - 1,000 + 5,000 - 2,000 - 4,000 = 0
    10:20           60         100    fewer seconds: the counters started anew 100
    10:20           60         100    again                                      0

It does not decide of whom the usage is charged: `subscriber` is the user name that the server sends.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue

Kind = Literal["start", "interim", "stop", "on", "off", "event"]
Used = Literal["data", "call", "item"]
OF_SERVERS: Collection[str] = ("on", "off")

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
WRAP = 2**32
# Without high words a counter has started over again if it goes from the last quarter of its range to the first: right
# as long as an interval carries at most 1 GiB. What carries more is counted too low, never too high.
LAST_QUARTER, FIRST_QUARTER = 3 * 2**30, 2**30
MOST_BYTES = 2**62
MOST_SECONDS = 3 * 366 * 86_400
# How far the clocks and roundings of a server may be apart from its session time.
TOLERANCE = timedelta(minutes=1)
# What a server says about when something happened is believed within these bounds around its arrival.
OLDEST, AHEAD = timedelta(days=7), timedelta(minutes=5)
USUAL_INTERIM = timedelta(minutes=10)
SILENT_INTERVALS = 3


class Counter(NamedTuple):
    """Bytes counted; `is_wide` if the server stated the high words (gigawords), so that the counter never wraps."""

    value: int
    is_wide: bool = False


class CountersRead(NamedTuple):
    """Where the counters of a session stood at an instant: they began that many seconds before.

    In the order of these fields they are compared.
    """

    at: datetime
    seconds: int
    is_stop: bool
    bytes_in: Counter
    bytes_out: Counter

    @property
    def begun_at(self) -> datetime:
        return self.at - timedelta(seconds=self.seconds)


class Identity(NamedTuple):
    """What a message is known by; `instant` in microseconds, 0 if the session time has to do, or its number."""

    server: str
    session: str
    kind: Kind
    instant: int
    seconds: int
    bytes_in: int
    bytes_out: int


class Added(NamedTuple):
    """What a message adds to the usage of its session, and the interval in which that was used."""

    since: datetime
    until: datetime
    seconds: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.seconds or self.bytes_in or self.bytes_out)


class Message(NamedTuple):
    """What a server says about a session, or about itself (`on`, `off`, which end all its sessions).

    If it `is_dated`, the server states the instant, and states the same one when it repeats the message. `record` is
    the number that it has in its session, if the server numbers its messages. `used` is what is used: the data of a
    session, a call to a `number`, or an item of that name. An `event` is used at once. `closed` is what was used since
    the message before, if the server says that in place of where its counters stand.
    """

    server: str
    session: str
    kind: Kind
    at: datetime
    subscriber: str = ""
    address: str = ""
    seconds: int = 0
    bytes_in: Counter = Counter(0)
    bytes_out: Counter = Counter(0)
    interim_seconds: int = 0
    is_dated: bool = True
    record: int | None = None
    used: Used = "data"
    number: str = ""
    closed: Added | None = None

    @property
    def counters(self) -> CountersRead | None:
        """The counters that it states; None for what counts nothing."""
        if self.kind not in ("interim", "stop") or self.used != "data" or self.closed is not None:
            return None
        return CountersRead(self.at, self.seconds, self.kind == "stop", self.bytes_in, self.bytes_out)

    @property
    def identity(self) -> Identity:
        """What is the same in a message that comes again, in columns of a table.

        The instant of one that is not dated is that of its arrival, so a session time has to do.
        """
        if self.record is not None:
            return Identity(self.server, self.session, self.kind, self.record, 0, 0, 0)
        instant = (self.at - EPOCH) // MICROSECOND if self.is_dated or not self.seconds else 0
        return Identity(
            self.server, self.session, self.kind, instant, self.seconds, self.bytes_in.value, self.bytes_out.value
        )


# --- state


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session as far as it is known: open if something was heard of it after it `ended_at`.

    `counters` are the newest; seconds and bytes are what all messages have added. `ended_by` is stop, server (the
    server restarted) or silence.
    """

    server: str
    session: str
    subscriber: str
    address: str
    begun_at: datetime
    heard_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    interim_seconds: int = 0
    counters: CountersRead | None = None
    seconds: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    @property
    def is_open(self) -> bool:
        return self.ended_at is None or self.heard_at > self.ended_at

    @property
    def silent_at(self) -> datetime:
        """When it counts as ended if nothing more is heard: after three of its intervals.

        an interim each 5 minutes, the last one at 10:00    silent at 10:15
        """
        interval = timedelta(seconds=self.interim_seconds) if self.interim_seconds else USUAL_INTERIM
        return self.heard_at + SILENT_INTERVALS * interval


# --- decisions


def happened_at(stated: datetime | None, delay_seconds: int, received_at: datetime) -> datetime:
    """When a message was made: as it states if that can be, else its arrival less the delay that it states.

    received 12:00    stated 11:58: 11:58    stated in 1970 or 13:00, delay 30 s: 11:59:30
    """
    if stated is not None and received_at - OLDEST <= stated <= received_at + AHEAD:
        return stated
    return received_at - min(timedelta(seconds=delay_seconds), OLDEST)


def require_possible(message: Message) -> None:
    """Counters and session time are within what can be; the rest of the program counts on it."""
    closed = message.closed or Added(message.at, message.at)
    for seconds in (message.seconds, closed.seconds):
        if not 0 <= seconds <= MOST_SECONDS:
            raise InvalidValue("is no session time: 0 to 3 years are", field="seconds", value=seconds)
    stated = (("bytes_in", message.bytes_in.value), ("bytes_out", message.bytes_out.value))
    for field, count in (*stated, ("bytes_in", closed.bytes_in), ("bytes_out", closed.bytes_out)):
        if not 0 <= count <= MOST_BYTES:
            raise InvalidValue("is no number of bytes: 0 to 2^62 are", field=field, value=count)


def added(before: CountersRead | None, read: CountersRead, after: CountersRead | None) -> Added:
    """What counters add that are read between two others: what they make of the whole, less what was known of it."""
    since = read.begun_at if before is None else max(before.at, read.begun_at) if read.seconds else before.at
    known = _difference(before, after) if after else (0, 0, 0)
    rest = _difference(read, after) if after else (0, 0, 0)
    own = _difference(before, read)
    seconds, bytes_in, bytes_out = (
        max(0, mine + later - whole) for mine, later, whole in zip(own, rest, known, strict=True)
    )
    return Added(min(since, read.at), read.at, seconds, bytes_in, bytes_out)


def _difference(before: CountersRead | None, after: CountersRead) -> tuple[int, int, int]:
    """Seconds and bytes from one reading to the next one; all that it states if the counters started anew."""
    if before is None or _started_anew(before, after):
        return after.seconds, after.bytes_in.value, after.bytes_out.value
    return (
        after.seconds - before.seconds,
        _counted(before.bytes_in, after.bytes_in),
        _counted(before.bytes_out, after.bytes_out),
    )


def _started_anew(before: CountersRead, after: CountersRead) -> bool:
    """The session time went back, or says that the counters began after the reading before.

    1,000 s at 10:00, then 60 s at 10:01: anew    300 s at 10:00, then 400 s at 11:00: anew
    """
    if after.seconds < before.seconds:
        return True
    return after.seconds > 0 and after.begun_at > before.at + TOLERANCE


def _counted(before: Counter, after: Counter) -> int:
    """Bytes from one state of a counter to the next: one that goes back has wrapped, or else started anew.

    100 to 150: 50    100 to 30: 30    4,000,000,000 to 5,032,704 without high words: 300,000,000
    """
    if after.value >= before.value:
        return after.value - before.value
    is_narrow = not before.is_wide and not after.is_wide
    if is_narrow and LAST_QUARTER <= before.value < WRAP and after.value < FIRST_QUARTER:
        return after.value + WRAP - before.value
    return after.value


def take(known: Session | None, message: Message, more: Added | None) -> Session:
    """A session after a message about it that is no repetition; `more` is what its counters add."""
    counters = message.counters
    begun_at = counters.begun_at if counters else message.at
    if known is None:
        known = Session(
            server=message.server, session=message.session, subscriber=message.subscriber, address=message.address,
            begun_at=begun_at, heard_at=message.at,
        )  # fmt: skip
    is_newest = message.at >= known.heard_at
    return msgspec.structs.replace(
        _ended(known, message.at, "stop") if message.kind == "stop" else known,
        subscriber=_told(known.subscriber, message.subscriber, is_newest),
        address=_told(known.address, message.address, is_newest),
        begun_at=min(known.begun_at, begun_at),
        heard_at=max(known.heard_at, message.at),
        interim_seconds=message.interim_seconds or known.interim_seconds,
        counters=max(filter(None, (known.counters, counters)), default=None),
        seconds=known.seconds + (more.seconds if more else 0),
        bytes_in=known.bytes_in + (more.bytes_in if more else 0),
        bytes_out=known.bytes_out + (more.bytes_out if more else 0),
    )


def _told(known: str, said: str, is_newest: bool) -> str:
    return said if said and (is_newest or not known) else known


def end(session: Session, at: datetime, by: str) -> Session:
    """A session that its server or silence ends: if something was heard of it later, it stays open.

    its server restarts at 10:00    last heard at 9:55: ended    an interim of 10:05: open
    """
    return _ended(session, at, by)


def _ended(session: Session, at: datetime, by: str) -> Session:
    if session.ended_at is not None and session.ended_at >= at:
        return session
    return msgspec.structs.replace(session, ended_at=at, ended_by=by)


def is_silent(session: Session, now: datetime) -> bool:
    """Whether an open session counts as ended: nothing was heard for three of its intervals."""
    return session.is_open and session.silent_at <= now
