"""What a billing run decides for one account on one date: charges, then credit notes, then one invoice.

Shared by the run, which calls it for thousands of accounts, and by the interactive path. It decides with the
facts it is given and takes nothing from outside: prices, numbers and dates are arguments.

1. Every subscription is charged in advance up to the end of the period that contains the date.
2. Where the timeline changed in days already charged, only the difference is charged or credited. The same goes for
   a one-off fee that was posted before its day moved beyond what is charged: it is not charged again.
3. Corrections of invoiced charges become a credit note for that invoice; it settles the invoice it corrects
   first, then others, oldest due first.
4. Everything else becomes one invoice, which consumes unused credits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

import msgspec

from billing_core.billing.charges import (
    ALWAYS,
    Charge,
    ChargesPosted,
    PostedCharge,
    one_offs_owed,
    owed_in,
    recurring_owed_in,
)
from billing_core.billing.difference import difference, one_off_difference
from billing_core.billing.invoices import (
    Amounts,
    BillingHistory,
    CreditNoteIssued,
    InvoiceIssued,
    credit_amounts,
    invoice_amounts,
)
from billing_core.billing.periods import period_containing, periods_over
from billing_core.catalogue import Catalogue
from billing_core.errors import RuleViolation
from billing_core.events import Event, event
from billing_core.money import total, zero
from billing_core.parties import PartyVersion
from billing_core.payments import Ledger, OpenItem, allocate, allocation_events, consume_credits
from billing_core.services.timeline import (
    Segment,
    Subscription,
)

SERVICE_CHANGED = "the service changed on days that were invoiced already"

# --- values and events


class Billable(Protocol):
    """What a billing decision needs to know of an account."""

    currency: str
    billing_day: int
    due_days: int
    subscriptions: dict[str, Subscription]
    pending: list[Charge]
    ledger: Ledger


class Bill(msgspec.Struct, frozen=True):
    """A decision that still lacks document numbers."""

    charges: tuple[Charge, ...]
    charged_until: dict[str, date]
    invoice: Amounts | None
    credit_notes: dict[str, Amounts]


class Issue(msgspec.Struct, frozen=True):
    """What documents are issued with: their date, whose they are, and numbers taken from the seller's series."""

    on: date
    seller: PartyVersion
    customer: PartyVersion
    invoice_numbers: Iterator[str]
    credit_note_numbers: Iterator[str]


@event("billing-parked")
class BillingParked(Event, frozen=True, kw_only=True):
    """The account could not be billed; it stays as it was and waits for somebody to mend the reason."""

    code: str
    reason: str


@event("billing-run-completed")
class BillingRunCompleted(Event, frozen=True, kw_only=True):
    """A run that billed something came to its end: everything before `until` was charged."""

    until: date
    bills: int
    invoices: int
    credit_notes: int
    parked: int


class HistoryNeeded(RuleViolation):
    """The past changed: the decision needs everything that was ever charged on the account."""

    code = "history-needed"


# --- when


def next_due_on(subscriptions: Mapping[str, Subscription]) -> date | None:
    """The first day that is not charged yet; None while there is nothing to come."""
    dates = (_due_on(entry, entry.segments()) for entry in subscriptions.values())
    return min((due_on for due_on in dates if due_on is not None), default=None)


def _due_on(subscription: Subscription, timeline: Sequence[Segment]) -> date | None:
    charged_until = subscription.charged_until
    for segment in timeline:
        from_on = segment.from_on if charged_until is None else max(segment.from_on, charged_until)
        if segment.standing.is_charged and (segment.to_on is None or from_on < segment.to_on):
            return from_on
    return None


def past_changed(subscriptions: Mapping[str, Subscription]) -> bool:
    """Whether days already charged changed since; such an account is due whatever its date."""
    return any(entry.changed_from is not None for entry in subscriptions.values())


# --- what


def decide_bill(
    account: Billable, catalogue: Catalogue, on: date, history: BillingHistory | None = None
) -> Bill | None:
    """The bill of an account on a date, or None where there is nothing to decide."""
    charges: list[Charge] = []
    charged_until: dict[str, date] = {}
    for subscription in account.subscriptions.values():
        timeline = subscription.segments()
        until = subscription.charged_until
        coming: list[Charge] = []
        due_on = _due_on(subscription, timeline)
        if due_on is not None and due_on <= on:
            until = period_containing(on, account.billing_day).to_on
            for period in periods_over(due_on, until, account.billing_day):
                coming += owed_in(period, timeline, subscription.code, catalogue)
            charged_until[subscription.code] = until
        if until is not None and (subscription.changed_from is not None or _on_record(coming, subscription)):
            charges += _corrections(account, subscription, timeline, until, catalogue, history)
            coming = [charge for charge in coming if charge.kind != "one-off"]
            charged_until[subscription.code] = until
        charges += coming
    if not charged_until and not account.pending:
        return None
    return _documents(account, tuple(charges), charged_until, history)


def decide_changes(account: Billable, catalogue: Catalogue, history: BillingHistory) -> Bill | None:
    """The bill of an account for changes of days already charged, and for no new days."""
    return decide_bill(account, catalogue, date.min, history)


def _on_record(coming: Sequence[Charge], subscription: Subscription) -> bool:
    """Whether a one-off fee that comes due was posted before its day moved."""
    return any(charge.kind == "one-off" and charge.component in subscription.one_offs for charge in coming)


def _corrections(
    account: Billable,
    subscription: Subscription,
    timeline: Sequence[Segment],
    until: date,
    catalogue: Catalogue,
    history: BillingHistory | None,
) -> list[Charge]:
    """The differences in the changed days, and of the one-off fees up to `until`."""
    code = subscription.code
    if history is None:
        raise HistoryNeeded("the past of the account changed; bill it with its history", field="subscription",
                            value=code)  # fmt: skip
    lines: list[Charge] = []
    if subscription.changed_from is not None:
        assert subscription.charged_until is not None
        for period in periods_over(subscription.changed_from, subscription.charged_until, account.billing_day):
            owed = recurring_owed_in(period, timeline, code, catalogue)
            lines += difference(period, owed, history.posted_for(code, period.from_on, period.to_on))
    posted = [*history.posted_for(code, ALWAYS.from_on, ALWAYS.to_on), *map(PostedCharge, lines)]
    return [*lines, *one_off_difference(one_offs_owed(timeline, code, catalogue), posted, until)]


def _documents(
    account: Billable, charges: tuple[Charge, ...], charged_until: dict[str, date], history: BillingHistory | None
) -> Bill | None:
    lines = list(account.pending)
    credits: dict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        if not charge.amount.amount:
            continue  # What costs nothing stands on record and on no document.
        document = history.posted(charge.corrects).document if history and charge.corrects else None
        if document is not None:
            credits[document].append(charge)
        else:
            lines.append(charge)
    payable = total((charge.amount for charge in lines), account.currency) != zero(account.currency)
    if not charged_until and not payable:
        return None
    return Bill(
        charges,
        charged_until,
        invoice_amounts(lines) if payable else None,
        {number: credit_amounts(members, history.invoices[number]) for number, members in credits.items()}
        if history
        else {},
    )


def park(parked: str | None, code: str, reason: str, on: date) -> list[Event]:
    """Note why an account cannot be billed; the same reason again is not news."""
    return [] if parked == parked_text(code, reason) else [BillingParked(effective_on=on, code=code, reason=reason)]


def parked_text(code: str, reason: str) -> str:
    """How a reason is kept on the account."""
    return f"{code}: {reason}"


# --- events


def bill_events(account: Billable, bill: Bill, issue: Issue, on: date, reason: str = SERVICE_CHANGED) -> list[Event]:
    """The events of a bill, with numbers taken from the series in the order of the documents.

    `reason` is what its credit notes say.
    """
    events: list[Event] = []
    if bill.charged_until:
        events.append(ChargesPosted(effective_on=on, charges=bill.charges, charged_until=bill.charged_until))
    if not bill.credit_notes and not account.ledger.credits:
        return events if bill.invoice is None else [*events, invoice_event(bill.invoice, issue, account.due_days)]
    ledger = account.ledger.copy()
    for corrected, amounts in bill.credit_notes.items():
        events += credit_note_events(amounts, corrected, reason, issue, ledger)
    if bill.invoice is not None:
        issued = invoice_event(bill.invoice, issue, account.due_days)
        item = OpenItem(issued.due_on, issued.gross)
        allocations = consume_credits(ledger.credits, issued.number, item)
        events += [issued, *allocation_events(allocations, issue.on)]
    return events


def invoice_event(amounts: Amounts, issue: Issue, due_days: int) -> InvoiceIssued:
    """An invoice with the next number of the series."""
    return InvoiceIssued(
        effective_on=issue.on,
        number=next(issue.invoice_numbers),
        seller=issue.seller,
        customer=issue.customer,
        lines=amounts.lines,
        taxes=amounts.taxes,
        gross=amounts.gross,
        due_on=issue.on + timedelta(days=due_days),
    )


def credit_note_events(amounts: Amounts, corrected: str, reason: str, issue: Issue, ledger: Ledger) -> list[Event]:
    """A credit note and what it settles; `ledger` is moved on so that the next document sees what is left."""
    note = CreditNoteIssued(
        effective_on=issue.on,
        number=next(issue.credit_note_numbers),
        seller=issue.seller,
        customer=issue.customer,
        lines=amounts.lines,
        taxes=amounts.taxes,
        gross=amounts.gross,
        corrects=corrected,
        reason=reason,
    )
    ledger.add_credit(note.number, -note.gross)
    allocations = allocate(note.number, -note.gross, ledger.open_items, corrected)
    for allocation in allocations:
        ledger.allocate(allocation)
    return [note, *allocation_events(allocations, issue.on)]
