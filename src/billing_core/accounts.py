"""The account: the consistency boundary of money.

Its stream holds everything that decides what is owed, so that one stream explains a balance and one version
check proves that a decision was made on the facts it saw. The state is small and does not grow with time: the
services, the charges that wait for an invoice, the open items and unused credits. Settled history is folded
separately (`BillingHistory`, `PaymentHistory`) and only when the past changes.
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.billing.charges import Charge, ChargeReversed, ChargesPosted
from billing_core.billing.difference import one_offs_after
from billing_core.billing.invoices import CreditNoteIssued, DocumentEvent, InvoiceIssued
from billing_core.billing.periods import require_billing_day
from billing_core.billing.run import BillingParked, parked_text
from billing_core.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.events import Event, event
from billing_core.money import zero
from billing_core.parties import require_currency, require_text
from billing_core.payments import (
    CreditAllocated,
    CreditReleased,
    Ledger,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from billing_core.services.timeline import (
    Subscription,
    SubscriptionEvent,
    apply_subscription,
)

MOST_DUE_DAYS = 365

# --- values and events


class BillingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How an account is billed: after the fact of an invoice (postpaid), on which day, due and tolerated how long."""

    billing_day: int
    due_days: int
    tolerance_days: int


@event("account-opened")
class AccountOpened(Event, frozen=True, kw_only=True):
    account: str
    customer: str
    seller: str
    currency: str
    plan: BillingPlan


# --- state


class Account(msgspec.Struct, array_like=True):
    """Everything the next decision about an account's money needs."""

    number: str
    customer: str
    seller: str
    currency: str
    billing_day: int
    due_days: int
    tolerance_days: int
    opened_on: date
    ledger: Ledger
    subscriptions: dict[str, Subscription] = {}
    pending: list[Charge] = []
    parked: str | None = None

    def apply(self, fact: Event) -> None:
        """Fold one event of the account's stream."""
        match fact:
            case ChargesPosted():
                self._charges_posted(fact)
            case InvoiceIssued():
                self._take_off_pending(fact)
                self.ledger.add_invoice(fact.number, fact.due_on, fact.gross)
            case CreditNoteIssued():
                self._take_off_pending(fact)
                self.ledger.add_credit(fact.number, -fact.gross)
            case (
                PaymentReceived() | CreditAllocated() | CreditReleased() | PaymentReversed()
                | PaymentMovedAway() | PaymentMovedIn()
            ):  # fmt: skip
                self.ledger.apply(fact)
            case SubscriptionEvent():
                apply_subscription(self.subscriptions, fact)
            case ChargeReversed():
                self.pending.append(fact.reversal)
            case BillingParked():
                self.parked = parked_text(fact.code, fact.reason)

    def _charges_posted(self, fact: ChargesPosted) -> None:
        self.parked = None
        self.pending += [charge for charge in fact.charges if charge.amount.amount]
        fees: dict[str, list[Charge]] = {}
        for charge in fact.charges:
            if charge.kind == "one-off":
                fees.setdefault(charge.subscription, []).append(charge)
        for code, charged_until in fact.charged_until.items():
            subscription = self.subscriptions[code]
            subscription.charged_until = charged_until
            subscription.changed_from = None
            if code in fees:
                subscription.one_offs = one_offs_after(subscription.one_offs, fees[code])

    def _take_off_pending(self, fact: DocumentEvent) -> None:
        if len(fact.lines) == len(self.pending):  # A document's lines were all waiting for one.
            self.pending = []
            return
        invoiced = {line.charge for line in fact.lines}
        self.pending = [charge for charge in self.pending if charge.key not in invoiced]


def apply_account(state: Account | None, fact: Event) -> Account | None:
    """Fold one event of an account's stream; the first one opens it."""
    if isinstance(fact, AccountOpened):
        plan = fact.plan
        return Account(
            number=fact.account,
            customer=fact.customer,
            seller=fact.seller,
            currency=fact.currency,
            billing_day=plan.billing_day,
            due_days=plan.due_days,
            tolerance_days=plan.tolerance_days,
            opened_on=fact.effective_on,
            ledger=Ledger(zero(fact.currency)),
        )
    if state is not None:
        state.apply(fact)
    return state


# --- decisions


def open_account(existing: Account | None, fact: AccountOpened, customer_since: date) -> list[Event]:
    """Open an account for a customer that exists on that date."""
    if existing is not None:
        raise AlreadyExists("another account has this number", field="account number", value=fact.account)
    require_text(fact.account, "account number")
    require_currency(fact.currency)
    require_billing_day(fact.plan.billing_day)
    for field, days in (("due days", fact.plan.due_days), ("tolerance days", fact.plan.tolerance_days)):
        if not 0 <= days <= MOST_DUE_DAYS:
            raise InvalidValue(f"must be 0 to {MOST_DUE_DAYS}", field=field, value=days)
    if fact.effective_on < customer_since:
        raise RuleViolation(
            f"the customer exists only since {customer_since}", field="account opened on", value=fact.effective_on
        )
    return [fact]
