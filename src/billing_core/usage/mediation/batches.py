"""Batches of usage records: what a source sent, received part by part, then booked on the accounts it names.

Decides whether a part of a batch is new, the same again, or another content under the same name, and whether a batch
can be discarded. The records are rows of a table that is only added to; a part is received with its rows in one
transaction and covers them by a hash. The fact of an account about a batch is decided in `booking`.

Worked example, a batch of 12,000 records that is sent twice:

    received   part 1, records 1 to 10,000      part 2, records 10,001 to 12,000, the last one
    again      part 1 has the same hash         part 2 has the same hash            ->  nothing changes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

import msgspec

from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import Conflict, InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.details import require_printable, require_text
from billing_core.usage.mediation.deliveries import UsageReceived
from billing_core.usage.records import require_used

# --- values and events


class UsageRecord(NamedTuple):
    """A quantity that a source metered. `number` orders the records of a batch, as the lines of its file do.

    `reference` is the source's own id of the record, empty if it has none; it is not personal.
    """

    number: int
    account: str
    subscription: str
    component: str
    on: date
    quantity: Decimal
    reference: str = ""


class RefusedRecord(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A record that is not booked, with the field that is wrong and why."""

    number: int
    field: str
    value: str
    reason: str


class RefusedUsage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The records of a batch for one component of a subscription on one day, none of which can be booked, and why."""

    account: str
    subscription: str
    component: str
    on: date
    records: int
    field: str
    value: str
    reason: str


@event("usage-batch-received")
class UsageBatchReceived(Event, frozen=True, kw_only=True):
    """Some records of a batch arrived: those numbered from `first_number` to `last_number`, used in `[from_on, to_on)`.

    `content_hash` is over the canonical lines of all of them (`canonical_line`). `repeated` of them were received
    before under the same reference with the same content; those in `refused` had another content then, or name a day
    that has not come.
    """

    source: str
    batch: str
    part: int
    first_number: int
    last_number: int
    records: int
    content_hash: str
    from_on: date
    to_on: date
    repeated: int = 0
    refused: tuple[RefusedRecord, ...] = ()
    is_last: bool = False


@event("usage-batch-booked")
class UsageBatchBooked(Event, frozen=True, kw_only=True):
    """The records of the accounts up to a number are booked, but for those that are refused, or left to rating.

    `late` of them are of periods that were billed before. `rated` further records were priced one by one.
    """

    until_account: str
    accounts: int
    records: int
    late: int = 0
    rated: int = 0
    refused: tuple[RefusedUsage, ...] = ()
    is_complete: bool = False


@event("usage-batch-booked-again")
class UsageBatchBookedAgain(Event, frozen=True, kw_only=True):
    """Records that had been refused when the batch was booked are booked now: `settled`, as they were refused."""

    records: int
    late: int = 0
    settled: tuple[RefusedUsage, ...] = ()


@event("usage-batch-discarded")
class UsageBatchDiscarded(Event, frozen=True, kw_only=True):
    """No record of the batch will be booked, and their source may send them again in another batch."""

    reason: str


# --- state


class UsageBatch(msgspec.Struct, frozen=True):
    """A batch as far as it is received and booked, unless it was discarded."""

    received: UsageReceived | None = None
    parts: tuple[UsageBatchReceived, ...] = ()
    booked_until: str = ""
    booked: int = 0
    refused: tuple[RefusedUsage, ...] = ()
    is_booked: bool = False
    is_discarded: bool = False

    @property
    def is_received(self) -> bool:
        """Whether all of its parts arrived."""
        return self.received is not None or (bool(self.parts) and self.parts[-1].is_last)

    @property
    def waits_to_be_booked(self) -> bool:
        """Whether all of its parts arrived, and records are left to book."""
        return self.is_received and not self.is_booked and not self.is_discarded

    @property
    def repeated(self) -> int:
        """How many records were received before under the same reference, with the same content."""
        return sum(part.repeated for part in self.parts)


NOTHING_RECEIVED = UsageBatch()


def apply_usage_batch(state: UsageBatch | None, fact: Event) -> UsageBatch | None:
    """Fold one event of a batch's stream."""
    before = state or NOTHING_RECEIVED
    match fact:
        case UsageReceived():
            return msgspec.structs.replace(before, received=fact)
        case UsageBatchReceived():
            return msgspec.structs.replace(before, parts=(*before.parts, fact))
        case UsageBatchBooked():
            return msgspec.structs.replace(
                before,
                booked_until=fact.until_account,
                booked=before.booked + fact.records,
                refused=(*before.refused, *fact.refused),
                is_booked=fact.is_complete,
            )
        case UsageBatchBookedAgain():
            return msgspec.structs.replace(
                before,
                booked=before.booked + fact.records,
                refused=tuple(entry for entry in before.refused if entry not in fact.settled),
            )
        case UsageBatchDiscarded():
            return msgspec.structs.replace(before, is_discarded=True)
    return state


def batch_name(source: str, batch: str) -> str:
    """The name of a batch in the whole system: `mediation:2026-05-10`."""
    return f"{source}:{batch}"


# --- decisions


def require_record(record: UsageRecord) -> None:
    """A record names account, subscription and component, a day, and a quantity from 0 on."""
    for field in ("account", "subscription", "component"):
        require_text(getattr(record, field), field)
    require_printable(record.reference, "reference")
    require_day(record.on, "on")
    require_used(record.quantity)


def with_rising_numbers(records: Iterable[UsageRecord]) -> Iterator[UsageRecord]:
    """The records of a batch as they come, if each can be kept and the numbers rise from 1 on: 2, 3, 7."""
    last = 0
    for record in records:
        require_record(record)
        if record.number <= last:
            raise InvalidValue(f"must be greater than {last}, as the numbers of a batch rise from 1 on",
                               field="number", value=record.number)  # fmt: skip
        last = record.number
        yield record


def require_batch_name(source: str, batch: str) -> None:
    """A batch has a name that its source gives it; a source's name has no colon, which ends it."""
    require_text(source, "source")
    require_text(batch, "batch")
    if ":" in source:
        raise InvalidValue("must not contain a colon, which separates source and batch", field="source", value=source)


def canonical_line(record: UsageRecord) -> str:
    """A record as it is hashed: its fields with tabs between them, the quantity without zeros at its end.

    `A1, S1, data, 2026-05-10, 1.50, r7` is `A1<tab>S1<tab>data<tab>2026-05-10<tab>1.5<tab>r7`.
    """
    fields = (record.account, record.subscription, record.component, record.on.isoformat(),
              f"{record.quantity.normalize():f}", record.reference)  # fmt: skip
    return "\t".join(fields)


def content_hash(records: Iterable[UsageRecord]) -> str:
    """The SHA-256 of the canonical lines of records in their order, with line feeds between them."""
    return sha256("\n".join(map(canonical_line, records)).encode()).hexdigest()


def receive_part(state: UsageBatch, part: UsageBatchReceived) -> list[Event]:
    """Take in the next part of a batch; the same part again changes nothing, another content is refused."""
    if state.is_discarded:
        raise Conflict("was discarded; send its records under another batch", field="batch", value=part.batch)
    if part.part <= len(state.parts):
        known = state.parts[part.part - 1]
        if (known.content_hash, known.records, known.is_last) == (part.content_hash, part.records, part.is_last):
            return []
        numbers = f"records {known.first_number} to {known.last_number}"
        raise Conflict(f"was received with another content ({numbers}); send other records under another batch",
                       field="batch", value=part.batch)  # fmt: skip
    if state.is_received:
        raise Conflict("was received whole; send more records under another batch", field="batch", value=part.batch)
    return [part]


def discard_batch(state: UsageBatch, fact: UsageBatchDiscarded, batch: str) -> list[UsageBatchDiscarded]:
    """Give up a batch of which nothing is booked yet; what is booked can only be withdrawn.

    received up to record 10,000 of 12,000: discarded        booked up to account A2: refused
    """
    require_text(fact.reason, "reason")
    if not state.parts:
        raise NotFound("no such batch; `billing usage batches --all` lists them", field="batch", value=batch)
    if state.is_discarded:
        raise Conflict("was discarded before", field="batch", value=batch)
    if state.is_booked or state.booked_until:
        extent = "whole" if state.is_booked else f"up to account {state.booked_until}"
        raise Conflict(f"is booked {extent}; withdraw usage that is wrong", field="batch", value=batch)
    return [fact]


def require_received_whole(state: UsageBatch, batch: str, known_in: str) -> None:
    """What is known of the records of a batch `known_in` holds only after the batch is received whole.

    A batch that was cut off may never be booked, so a record that came in it does not count as known.
    """
    if not state.is_received:
        raise Conflict(
            f"has records under references of batch {known_in!r}, which was not received whole; send that batch again, "
            "or discard it",
            field="batch", value=batch,
        )  # fmt: skip


def days_of(records: Iterable[UsageRecord]) -> tuple[date, date]:
    """The days on which something was used, the last one exclusive."""
    days = {record.on for record in records}
    return min(days), max(days) + ONE_DAY
