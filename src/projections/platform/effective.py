"""Which facts, and which part of them, were true by a date, as is now known?

A fact is true by a date if its own date has come and everything that it rests on is true by then too. A fact recorded
late counts from its own date; a fact recorded ahead does not count yet. Going through the log in order:

- A stream counts from its opening: money received before the account was opened waits for it.
- An allocation settles as far as its invoice is open and its credit is unused by then; the rest is held back, and
  a later release gives back only what had settled. Nothing is allocated anew: a credit whose invoice is settled by
  another payment until that one bounces is unused until then.
- A payment is reversed only if it was received. A moved payment was the other account's from that day on, so what a
  person released of it on a later day, before it was moved, had settled nothing here.
- A reversed charge is true at the latest when a document shows it.
- A customer counts from the day of registration that is known now, if that is earlier than the recorded one.
- A subscription counts from the day of activation that is known now. If that day was moved beyond the date after the
  subscription counted already, it counts as one that begins then.
- Corrected terms whose end has not come by the date remain in force.

Worked example: invoice B of 1 February, 24.00, is recorded; then a payment of 10 January, 24.00, allocated to B on 10
January, becomes known. By 15 January the account has a credit of 24.00 and no invoice; by 1 February B is settled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent, InvoiceIssued
from billing_core.kernel.money import Money, zero
from billing_core.parties.customers import CustomerRegistrationCorrected
from billing_core.payments.events import (
    Adjustment,
    Allocation,
    CreditAllocated,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
    adjusted_credits,
)
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionTermsCorrected,
)
from projections.platform.projection import LoggedEvent

Amounts = dict[str, Money]


class TrueBy:
    """Picks the facts that are true by a date from pages of the log, from the first event on and in order."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._unopened: dict[str, LoggedEvent] = {}
        self._inactive: dict[tuple[str, str], LoggedEvent] = {}
        self._open: Amounts = {}
        self._unused: Amounts = {}
        self._held_back: dict[tuple[str, str], Money] = {}
        self._released_later: dict[tuple[str, str], list[Allocation]] = {}

    def __call__(self, page: Sequence[LoggedEvent]) -> Sequence[LoggedEvent]:
        """The events of the page that count, some of them reduced to the part that counts."""
        return [counted for entry in page for counted in self._counted(entry)]

    def _counted(self, entry: LoggedEvent) -> Iterator[LoggedEvent]:  # noqa: PLR0912  (one branch for each kind of fact)
        if isinstance(entry.event, CustomerRegistrationCorrected | SubscriptionActivationCorrected):
            yield from self._begun_otherwise(entry, entry.event)
            return
        if entry.stream in self._unopened:
            return
        if entry.event.effective_on > self._on:
            self._leave_out(entry)
            return
        match entry.event:
            case DocumentEvent() as fact:
                self._issue(fact)
            case PaymentReceived() | PaymentMovedIn() as fact:
                self._unused[fact.payment] = fact.amount
            case CreditAllocated() as fact:
                yield from _cut(entry, fact, [self._allocate(part) for part in fact.allocations])
                return
            case CreditReleased() as fact:
                yield from _cut(entry, fact, [self._release(part) for part in fact.allocations])
                return
            case PaymentMovedAway() as fact:
                later = self._released_later.pop((entry.stream, fact.payment), [])
                released = CreditReleased(effective_on=fact.effective_on, allocations=tuple(later))
                yield from _cut(entry._replace(event=released), released, [self._release(part) for part in later])
            case PaymentReversed() as fact:
                if self._unused.pop(fact.payment, None) is None:
                    return
            case SubscriptionTermsCorrected(to_on=to_on) as fact if to_on is not None and to_on > self._on:
                entry = entry._replace(event=msgspec.structs.replace(fact, to_on=None))
            case ChargesPosted() as fact:
                entry = self._charged(entry, fact)
            case fact if isinstance(fact, Adjustment):
                for credit in adjusted_credits(fact):
                    _add(self._unused, credit.credit, credit.amount)
        yield entry

    def _leave_out(self, entry: LoggedEvent) -> None:
        """Remember the facts that later ones may rest on."""
        if entry.version == 1:
            self._unopened[entry.stream] = entry
        match entry.event:
            case CreditAllocated(allocations=allocations):
                for part in allocations:
                    self._hold_back(part, part.amount)
            case CreditReleased(allocations=allocations):
                for part in allocations:
                    self._released_later.setdefault((entry.stream, part.credit), []).append(part)
            case SubscriptionActivated(subscription=subscription):
                self._inactive[entry.stream, subscription] = entry

    def _begun_otherwise(
        self, entry: LoggedEvent, fact: CustomerRegistrationCorrected | SubscriptionActivationCorrected
    ) -> Iterator[LoggedEvent]:
        if isinstance(fact, CustomerRegistrationCorrected):
            yield from self._registered(entry)
        elif entry.stream not in self._unopened:
            yield from self._begun(entry, fact)

    def _registered(self, entry: LoggedEvent) -> Iterator[LoggedEvent]:
        """Another day of registration; one that has come brings back the registration that was left out."""
        if entry.event.effective_on <= self._on and (registration := self._unopened.pop(entry.stream, None)):
            yield registration
        if entry.stream not in self._unopened:
            yield entry

    def _begun(self, entry: LoggedEvent, fact: SubscriptionActivationCorrected) -> Iterator[LoggedEvent]:
        """Another day of activation; one that has come brings back the activation that was left out."""
        key = entry.stream, fact.subscription
        if fact.effective_on <= self._on and (activation := self._inactive.pop(key, None)):
            yield activation
        if key not in self._inactive:
            yield entry

    def _issue(self, fact: DocumentEvent) -> None:
        if isinstance(fact, InvoiceIssued):
            self._open[fact.number] = fact.gross
        elif isinstance(fact, CreditNoteIssued):
            self._unused[fact.number] = -fact.gross

    def _allocate(self, part: Allocation) -> Allocation:
        nothing = zero(part.amount.currency)
        amount = min(part.amount, self._open.get(part.invoice, nothing), self._unused.get(part.credit, nothing))
        _add(self._open, part.invoice, -amount)
        _add(self._unused, part.credit, -amount)
        self._hold_back(part, part.amount - amount)
        return msgspec.structs.replace(part, amount=amount)

    def _release(self, part: Allocation) -> Allocation:
        held_back = self._held_back.get((part.credit, part.invoice), zero(part.amount.currency))
        amount = part.amount - min(part.amount, held_back)
        self._hold_back(part, amount - part.amount)
        _add(self._open, part.invoice, amount)
        _add(self._unused, part.credit, amount)
        return msgspec.structs.replace(part, amount=amount)

    def _hold_back(self, part: Allocation, amount: Money) -> None:
        _add(self._held_back, (part.credit, part.invoice), amount)

    def _charged(self, entry: LoggedEvent, fact: ChargesPosted) -> LoggedEvent:
        """A correction may be dated before the subscription began; until then nothing is charged of it."""
        if not any((entry.stream, code) in self._inactive for code in fact.billed_through):
            return entry
        begun = {code: on for code, on in fact.billed_through.items() if (entry.stream, code) not in self._inactive}
        return entry._replace(event=msgspec.structs.replace(fact, billed_through=begun))


def _add(amounts: dict, key: object, amount: Money) -> None:
    """Keep sums that are not zero: settled ones need no memory."""
    total = amounts.pop(key, zero(amount.currency)) + amount
    if total.amount:
        amounts[key] = total


def _cut(
    entry: LoggedEvent, fact: CreditAllocated | CreditReleased, parts: Sequence[Allocation]
) -> Iterator[LoggedEvent]:
    kept = tuple(part for part in parts if part.amount.amount)
    if kept == fact.allocations:
        yield entry
    elif kept:
        yield entry._replace(event=msgspec.structs.replace(fact, allocations=kept))
