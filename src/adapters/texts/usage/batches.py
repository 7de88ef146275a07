"""Usage of subscriptions, in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.services.events import UsageBroughtAlong, UsedBefore
from billing_core.usage.mediation.batches import UsageBatchBooked, UsageBatchBookedAgain
from billing_core.usage.rating.rated import UsageRated, in_decimals
from billing_core.usage.records import UsageRecorded, UsageWithdrawn
from commands.usage.batch_import import UnbookedBatches


def _recorded(fact: UsageRecorded) -> str:
    whole = sum((quantity for day in fact.days for quantity in day.quantities), Decimal(0))
    days = f" on {len(fact.days)} days up to {fact.days[-1].on}" if len(fact.days) > 1 else ""
    batch = f", batch {fact.batch}" if fact.batch else ""
    return f"subscription {fact.subscription}: used {whole:f} of {fact.component}{days}{batch}"


def _rated(fact: UsageRated) -> str:
    amount = Fraction(sum(day.parts for day in fact.days), fact.parts_per_unit)
    days = str(fact.days[0].on) if len(fact.days) == 1 else f"{len(fact.days)} days up to {fact.days[-1].on}"
    records = counted(sum(day.records for day in fact.days), "record")
    return f"subscription {fact.subscription}: {fact.component} of {days} rated: {records} for {in_decimals(amount)}"


def _withdrawn(fact: UsageWithdrawn) -> str:
    what = f"usage of {fact.quantity:f} of {fact.component} withdrawn, because: {fact.reason}"
    return f"subscription {fact.subscription}: {what}"


def _brought_along(fact: UsageBroughtAlong) -> str:
    used = ", ".join(map(_used_before, fact.used_before))
    return f"subscription {fact.subscription}: used in the period before the move: {used or 'nothing'}"


def _used_before(used: UsedBefore) -> str:
    quantity = sum(used.quantities or (), Decimal(0))
    carried = f" with {sum(used.carried, Decimal(0)):f} carried over" if any(used.carried) else ""
    return f"{quantity:f} of {used.component}{carried}"


def _booked(fact: UsageBatchBooked) -> str:
    refused = sum(entry.records for entry in fact.refused)
    end = ", complete" if fact.is_complete else ""
    late = f" ({fact.late:,} late)" if fact.late else ""
    rated = f", {fact.rated:,} rated" if fact.rated else ""
    booked = f"{counted(fact.records, 'record')} booked{late}{rated} and {refused:,} refused"
    return f"{booked}, up to account {fact.until_account}{end}"


def _booked_again(fact: UsageBatchBookedAgain) -> str:
    late = f" ({fact.late:,} late)" if fact.late else ""
    return f"{counted(fact.records, 'record')} that had been refused booked{late}"


def unbooked_batches(found: UnbookedBatches) -> str:
    """What became of batches that were not booked: `batches booked: 1 (mediation:2026-05 with 3 refused records)`."""
    refused = [f"{name} with {counted(count, 'refused record')}" for name, count in found.booked.items() if count]
    said = [f"batches booked: {len(found.booked):,}" + (f" ({', '.join(refused)})" if refused else "")]
    said += [f"{name} could not be booked: {reason}" for name, reason in found.failed.items()]
    return "; ".join(said)


SENTENCES: Sentences = {
    UsageRecorded: _recorded,
    UsageRated: _rated,
    UsageWithdrawn: _withdrawn,
    UsageBroughtAlong: _brought_along,
    UsageBatchBooked: _booked,
    UsageBatchBookedAgain: _booked_again,
}
