"""How long the rows of usage are kept: a month of them is purged whole, and its sums stay.

Decides when a month may go, and what is said of it for ever. Months are those of UTC, in which the hours of the sums
begin; so every hour, and every day of a seller far from UTC, has its sums whole.

Worked example, on 10 November with two months kept besides the one that runs:

    August      purged: 1,000 rows, the hash of their batches, seconds 60,000; the sums of August have 60,000 seconds
    September, October, November    kept
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import msgspec

from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.usage.traffic import month_before

MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")

# --- values and events


class MonthSums(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of the rows of a month; `quantity` in millionths."""

    rows: int = 0
    seconds: int = 0
    quantity: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


# By the name of a batch, how many rows it has in a month, and their SHA-256 as `UsageReceived` has it.
Batches = Mapping[str, tuple[int, str]]


class MonthOfRows(NamedTuple):
    """The rows of a month as they are kept: their sums, the sums by the hour of them, and their batches.

    `batches` are those that are kept, `received` those that their events say.
    """

    of_rows: MonthSums
    kept: MonthSums
    batches: Batches
    received: Batches


@event("usage-purged")
class UsagePurged(Event, frozen=True, kw_only=True):
    """The rows of a month, `2026-05` in UTC, were removed; their sums by the hour stay, and were equal to these.

    `rows_hash` is over the hashes of the batches (`hash_of_month`), `archive_hash` the SHA-256 of the file in which
    they are archived, if they are.
    """

    month: str
    sums: MonthSums
    batches: int
    rows_hash: str
    archive_hash: str = ""


# --- state


def apply_usage_month(state: UsagePurged | None, fact: Event) -> UsagePurged | None:
    """Fold one event of the stream of a month."""
    return fact if isinstance(fact, UsagePurged) else state


# --- decisions


def purge_month(state: UsagePurged | None, found: MonthOfRows, fact: UsagePurged, archived_rows: int) -> UsagePurged:
    """A month that is over goes once, if its rows are those that were received, its sums are theirs, and the archive
    has all of them.

    `fact` says the month, the day and the archive; the proof is added to it.
    """
    require_month(fact.month)
    if state is not None:
        raise AlreadyExists(f"its rows were purged on {state.effective_on}", field="month", value=fact.month)
    if fact.month >= f"{fact.effective_on:%Y-%m}":
        raise RuleViolation("is not over yet", field="month", value=fact.month)
    if not found.of_rows.rows:
        raise NotFound("no rows of usage are kept of this month", field="month", value=fact.month)
    if found.kept != found.of_rows:
        raise RuleViolation("its sums are not those of its rows; `billing check` shows which", field="month",
                            value=fact.month)  # fmt: skip
    if found.batches != found.received:
        raise RuleViolation("its rows are not those that were received; `billing check` shows which", field="month",
                            value=fact.month)  # fmt: skip
    if fact.archive_hash and archived_rows != found.of_rows.rows:
        raise RuleViolation(f"the archive has {archived_rows:,} of {found.of_rows.rows:,} rows; archive it again",
                            field="month", value=fact.month)  # fmt: skip
    rows_hash = hash_of_month(found.batches)
    return msgspec.structs.replace(fact, sums=found.of_rows, batches=len(found.batches), rows_hash=rows_hash)


def hash_of_month(batches: Batches) -> str:
    """The SHA-256 over a line `SOURCE:BATCH rows hash` for each batch, by name.

    The sealed events of the batches say the same for ever, so it proves which rows went.
    """
    lines = (f"{name}\t{rows}\t{rows_hash}\n" for name, (rows, rows_hash) in sorted(batches.items()))
    return sha256("".join(lines).encode()).hexdigest()


def require_month(month: str) -> str:
    """A month is written as year and month: `2026-05`."""
    if not MONTH.fullmatch(month):
        raise InvalidValue("is not a month such as 2026-05", field="month", value=month)
    return month


def months_to_purge(with_rows: list[str], before: str) -> list[str]:
    """The months with rows that come before a month, the oldest first.

    2026-05, 2026-06, 2026-07 before 2026-07   ->   2026-05, 2026-06
    """
    require_month(before)
    return sorted(month for month in with_rows if month < before)


def first_kept(today: date, months_kept: int) -> str:
    """The first month that is kept, if so many are besides the one that runs: on 10 November two, from September on."""
    on = today.replace(day=1)
    for _ in range(months_kept):
        on = month_before(on)
    return f"{on:%Y-%m}"
