"""Mediation: what a source of usage delivered, batch by batch, each batch once and whole.

Decides whether a batch is new, which numbers of a source are missing, and up to which instant it has delivered. A batch
is one event; its records are rows that are only ever added, which the event covers by a hash for each month, so that
the months of it can be checked, and end, one by one. Which record is repeated or refused is decided in `row_checks`;
what the accounts learn of it, and what came late, in `booking`.

Worked example, the calls of a switch in three files; the second file did not come:

    file 1  numbers 1 to 100      until 10:00
    file 3  numbers 201 to 300    until 12:00     ->  missing 101 to 200, delivered until 10:00
    file 2  numbers 101 to 200    until 11:00     ->  nothing missing, delivered until 12:00
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import Conflict, InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_text

# A file of a source comes once, whatever the batch is called.
FILE_CLAIM = "usage-file"
# The columns of a row in the order in which they are hashed. Those of a fixed length come first.
HASHED_COLUMNS = (
    "line", "started_at", "used_on", "seconds", "quantity", "bytes_in", "bytes_out", "source", "batch", "key", "kind",
    "subscriber", "account", "subscription", "component", "number", "network", "session", "direction",
)  # fmt: skip

# --- values and events


class Numbers(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The first and the last of some consecutive numbers that a source gives its files, records or messages."""

    first: int
    last: int


class RefusedRow(NamedTuple):
    """A record of a source that cannot be taken: which field is wrong and why, and the line as it came."""

    line: int
    key: str
    field: str
    value: str
    reason: str
    raw: str


class RowsOfMonth(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The rows of a batch that began in a month of UTC, such as `2026-10`, and their sums; `quantity` in millionths.

    `rows_hash` is the SHA-256 of the rows in the order of their lines, in the form in which the database sends them.
    """

    month: str
    rows: int
    rows_hash: str
    seconds: int
    quantity: int
    bytes_in: int
    bytes_out: int


@event("usage-received")
class UsageReceived(Event, frozen=True, kw_only=True):
    """A batch of records arrived whole: those taken began from `first_at` to `last_at`.

    `repeated` records were known by their key, with the same content; those `refused` wait. `mended` of the taken ones
    had waited. `again_of` is the batch in which they came first, if they were tried again. `file_hash` is the SHA-256
    of the file, which is kept.
    """

    source: str
    batch: str
    profile: str = ""
    file_hash: str = ""
    taken: int = 0
    repeated: int = 0
    refused: int = 0
    mended: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    months: tuple[RowsOfMonth, ...] = ()
    numbers: Numbers | None = None
    again_of: str = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        if not self.file_hash:
            return ()
        return (Claim(FILE_CLAIM, f"{self.source}:{self.file_hash}", stream, ""),)


@event("waiting-usage-dismissed")
class WaitingUsageDismissed(Event, frozen=True, kw_only=True):
    """Records of a batch that waited, by their lines, will not be tried again."""

    lines: tuple[int, ...]
    reason: str


# --- decisions


def month_partition(month: str) -> str:
    """The table of the rows that began in a month: `usage_rows_2026_10` for `2026-10`."""
    return f"usage_rows_{month.replace('-', '_')}"


def batch_name(source: str, batch: str) -> str:
    """The name of a batch in the whole system: `mediation:2026-05-10`."""
    return f"{source}:{batch}"


def again_name(batch: str, number: int) -> str:
    """The name of a batch of records that came in another one and were tried again: `calls.csv, again 1`."""
    return f"{batch}, again {number}"


def require_batch_name(source: str, batch: str) -> None:
    """A batch has a name that its source gives it; a source's name has no colon, which ends it."""
    require_text(source, "source")
    require_text(batch, "batch")
    if ":" in source:
        raise InvalidValue("must not contain a colon, which separates source and batch", field="source", value=source)


def require_numbers(numbers: Numbers | None) -> None:
    """Numbers count upwards from 0 at least: 1 to 100, 7 to 7."""
    if numbers is not None and not 0 <= numbers.first <= numbers.last:
        raise InvalidValue("must rise from 0 on", field="numbers", value=f"{numbers.first} to {numbers.last}")


def is_same_batch(known: UsageReceived, file_hash: str) -> bool:
    """Whether a batch of a known name is the same again; another file under that name is refused.

    known with file 1a    file 1a: the same    file 2b: refused
    known without a file  no file: the same, for its source gives a name once
    """
    if known.file_hash != file_hash:
        raise Conflict("was received with another content; send other records under another batch",
                       field="batch", value=known.batch)  # fmt: skip
    return True


def gaps_in(received: Iterable[Numbers]) -> list[Numbers]:
    """The numbers that are missing between the first and the last that came.

    1 to 100, 201 to 300, 250 to 260, 302 to 302  ->  101 to 200, 301 to 301
    """
    gaps: list[Numbers] = []
    last: int | None = None
    for numbers in sorted(received, key=lambda each: each.first):
        if last is not None and numbers.first > last + 1:
            gaps.append(Numbers(last + 1, numbers.first - 1))
        last = numbers.last if last is None else max(last, numbers.last)
    return gaps


class Delivered(NamedTuple):
    """What a batch says about how far its source has delivered."""

    numbers: Numbers | None
    last_at: datetime | None


def watermark(batches: Sequence[Delivered]) -> datetime | None:
    """Up to which instant a source has delivered: its newest record before the first number that is missing.

    A source that does not number what it sends has delivered up to its newest record.

    1 to 100 until 10:00, 201 to 300 until 12:00  ->  10:00        without numbers  ->  12:00
    """
    gaps = gaps_in(batch.numbers for batch in batches if batch.numbers is not None)
    instants = [
        batch.last_at
        for batch in batches
        if batch.last_at is not None and (not gaps or batch.numbers is None or batch.numbers.first < gaps[0].first)
    ]
    return max(instants, default=None)


def dismiss(waiting: Sequence[int], fact: WaitingUsageDismissed, batch: str) -> list[WaitingUsageDismissed]:
    """Give up records of a batch that wait; each of the lines must wait."""
    require_text(fact.reason, "reason")
    if not fact.lines:
        raise NotFound("no record of it waits; `billing usage waiting` lists those that do", field="batch", value=batch)
    if missing := sorted(set(fact.lines) - set(waiting)):
        raise NotFound(f"no record of batch {batch} waits there; `billing usage waiting` lists them",
                       field="line", value=missing[0])  # fmt: skip
    return [fact]
