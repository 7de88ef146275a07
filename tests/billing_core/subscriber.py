"""One account on a moving clock: changes are recorded, months are billed, money comes and goes back.

Drives the rules as a command would: decide on what is known, then fold what was decided. Every step answers with
the events it decided, and `told` says them in short lines, so that a story can be read and compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count

from billing_core.accounts import Account, AccountOpened, BillingPlan, apply_account, open_account
from billing_core.billing.charges import Charge, ChargeReversed, ChargesPosted, explain
from billing_core.billing.difference import reverse
from billing_core.billing.invoices import BillingHistory, CreditNoteIssued, InvoiceIssued, credit_amounts
from billing_core.billing.run import Issue, bill_events, credit_note_events, decide_bill, next_due_on
from billing_core.catalogue import Tariff
from billing_core.events import Event
from billing_core.money import parse_amount
from billing_core.parties import PartyVersion
from billing_core.payments import (
    CreditAllocated,
    CreditReleased,
    PaymentHistory,
    PaymentReceived,
    PaymentReversed,
    apply_payment_history,
    receive,
    reverse_payment,
)
from billing_core.services import (
    SubscriptionActivated,
    SubscriptionEvent,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SuspensionReason,
    activate,
    change,
    change_tariff,
)


class Subscriber:
    """An account with one subscription (unless told otherwise), and everything that ever happened on it."""

    def __init__(self, *tariffs: Tariff, opened: str = "2026-01-01", billing_day: int = 1, due_days: int = 14) -> None:
        self.catalogue = {tariff.code: tariff for tariff in tariffs}
        self.events: list[Event] = []
        self.history = BillingHistory()
        self.payments: PaymentHistory = {}
        self._account: Account | None = None
        self._invoice_numbers = map(str, count(1001))
        self._credit_note_numbers = map(str, count(5001))
        plan = BillingPlan(billing_day=billing_day, due_days=due_days, tolerance_days=7)
        opened_on = date.fromisoformat(opened)
        fact = AccountOpened(
            effective_on=opened_on, account="A1", customer="C1", seller="S1", currency=tariffs[0].currency, plan=plan
        )
        self.record(open_account(None, fact, opened_on))

    @property
    def account(self) -> Account:
        assert self._account is not None
        return self._account

    @property
    def balance(self) -> str:
        """Positive is the customer's money, negative is owed."""
        return f"{self.account.ledger.balance.amount:f}"

    @property
    def open_items(self) -> dict[str, str]:
        """What is still to pay, by invoice number."""
        return {number: f"{item.amount.amount:f}" for number, item in self.account.ledger.open_items.items()}

    def record(self, facts: Iterable[Event]) -> list[Event]:
        """Fold what was decided, in order."""
        recorded = list(facts)
        for fact in recorded:
            self.events.append(fact)
            self._account = apply_account(self._account, fact)
            self.history.apply(fact)
            apply_payment_history(self.payments, fact)
        return recorded

    # --- the subscription

    def activate(self, tariff: str, on: str | date, code: str = "S1", **agreed_prices: str) -> list[Event]:
        fact = SubscriptionActivated(
            effective_on=_date(on), subscription=code, tariff=tariff, agreed_prices=_prices(agreed_prices)
        )
        account = self.account
        return self.record(activate(account.subscriptions, fact, self.catalogue[tariff], account.opened_on))

    def change_tariff(self, tariff: str, on: str | date, code: str = "S1", **agreed_prices: str) -> list[Event]:
        fact = SubscriptionTariffChanged(
            effective_on=_date(on), subscription=code, tariff=tariff, agreed_prices=_prices(agreed_prices)
        )
        return self.record(change_tariff(self.account.subscriptions[code], fact, self.catalogue[tariff]))

    def suspend(self, reason: SuspensionReason, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionSuspended(effective_on=_date(on), subscription=code, reason=reason))

    def resume(self, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionResumed(effective_on=_date(on), subscription=code))

    def terminate(self, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionTerminated(effective_on=_date(on), subscription=code))

    def _change(self, fact: SubscriptionEvent) -> list[Event]:
        return self.record(change(self.account.subscriptions[fact.subscription], fact))

    # --- bills

    def bill(self, on: str | date) -> list[Event]:
        """One decision of a billing run on that date; nothing to decide gives no events."""
        on = _date(on)
        bill = decide_bill(self.account, self.catalogue, on, self.history)
        return [] if bill is None else self.record(bill_events(self.account, bill, self.issue(on), on))

    def bill_each_period(self, until: date) -> None:
        """As a run does it: on each due date in order, up to, not including, `until`."""
        while (due_on := next_due_on(self.account.subscriptions)) is not None and due_on < until:
            assert self.bill(due_on), "a due account is billed"

    def reverse_charge(self, key: str, on: str | date) -> list[Event]:
        """Take a charge back by hand; where it was invoiced, with a credit note."""
        posted = self.history.posted(key)
        reversed_charge = reverse(posted.charge, list(self.history.charges.values()), "goodwill", _date(on))
        events: list[Event] = [reversed_charge]
        if posted.document is not None:
            amounts = credit_amounts([reversed_charge.reversal], self.history.invoices[posted.document])
            events += credit_note_events(
                amounts, posted.document, "goodwill", self.issue(_date(on)), self.account.ledger.copy()
            )
        return self.record(events)

    def issue(self, on: date) -> Issue:
        """The next document numbers; one is taken only for a document that is issued."""
        return Issue(
            on=on,
            seller=PartyVersion("S1", 1),
            customer=PartyVersion("C1", 1),
            invoice_numbers=self._invoice_numbers,
            credit_note_numbers=self._credit_note_numbers,
        )

    # --- money

    def pay(self, amount: str, on: str | date, reference: str, invoice: str | None = None) -> list[Event]:
        payment = PaymentReceived(
            customer="C1",
            effective_on=_date(on),
            source="bank",
            reference=reference,
            amount=parse_amount(amount, self.account.currency, "amount"),
            payment_reference=invoice or "",
        )
        return self.record(receive(self.account.ledger, payment, invoice))

    def bounce(self, reference: str, on: str | date) -> list[Event]:
        return self.record(reverse_payment(self.payments, f"bank:{reference}", "direct debit bounced", _date(on)))


def told(facts: Iterable[Event]) -> list[str]:
    """Events in short lines: what a subscriber and an accountant would say happened."""
    return [line for fact in facts for line in _lines(fact)]


def _lines(fact: Event) -> list[str]:  # noqa: PLR0911 - one return for each kind of event
    match fact:
        case ChargesPosted():
            charges = [
                f"{charge.component} {charge.from_on:%d %b} - {charge.to_on:%d %b}: "
                f"{charge.amount.amount:f}{_of(charge)}, {explain(charge)}"
                for charge in fact.charges
            ]
            return charges or ["looked at, nothing to charge"]
        case ChargeReversed():
            charge = fact.reversal
            return [f"{charge.component} {charge.amount.amount:f}{_of(charge)}, {explain(charge)}: {fact.reason}"]
        case InvoiceIssued():
            return [f"invoice {fact.number}: {_sum(fact)}, due {fact.due_on:%d %b}"]
        case CreditNoteIssued():
            return [f"credit note {fact.number} for {fact.corrects}: {_sum(fact)}"]
        case PaymentReceived():
            return [f"received {fact.amount.amount:f}"]
        case PaymentReversed():
            return [f"{fact.payment} taken back {fact.amount.amount:f}"]
        case CreditAllocated():
            return [f"{part.amount.amount:f} of {part.credit} settles {part.invoice}" for part in fact.allocations]
        case CreditReleased():
            return [f"{part.amount.amount:f} of {part.credit} off {part.invoice}" for part in fact.allocations]
        case SubscriptionEvent():
            return [f"{type(fact).__name__.removeprefix('Subscription').lower()} on {fact.effective_on:%d %b}"]
    return [type(fact).__name__]


def _of(charge: Charge) -> str:
    return f" of {charge.corrects}" if charge.corrects else ""


def _sum(fact: InvoiceIssued | CreditNoteIssued) -> str:
    net = sum((tax.base.amount for tax in fact.taxes), Decimal(0))
    vat = sum((tax.vat.amount for tax in fact.taxes), Decimal(0))
    return f"{net:f} + VAT {vat:f} = {fact.gross.amount:f}"


def _date(on: str | date) -> date:
    return date.fromisoformat(on) if isinstance(on, str) else on


def _prices(agreed: dict[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(price) for code, price in agreed.items()}
