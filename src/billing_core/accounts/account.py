"""The account: the consistency boundary of money.

Its stream holds everything that decides what is owed, so that one stream explains a balance and one version
check proves that a decision was made on the facts it saw. The state is small and does not grow with time: the
services, the charges that wait for an invoice, the open items and unused credits. Settled history is folded
separately (`BillingHistory`, `PaymentHistory`) and only when the past changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from billing_core.accounts.invoice_dates import ChargesDeferred, next_invoice_on
from billing_core.accounts.parking import BillingParked, Parked, parked_by
from billing_core.accounts.plans import BillingPlan, Prepaid, require_plan
from billing_core.catalogue.prices import require_vat_rate
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.charging.double_billing import covered_on
from billing_core.charging.one_off_difference import one_offs_after
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent, InvoiceIssued
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY
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
from billing_core.services.events import (
    SubscriptionActivationCorrected,
    SubscriptionChargeWaived,
    SubscriptionEvent,
    SubscriptionParametersGiven,
    SubscriptionRepriced,
    UsageBroughtAlong,
)
from billing_core.services.subscriptions import Subscription, apply_beside, apply_subscription
from billing_core.time.periods import BillingDay, require_billing_day
from billing_core.usage import UsageEntry, UsageRecorded, UsageWithdrawn, entry_of, without_entry

# --- events


@event("account-opened")
class AccountOpened(Event, frozen=True, kw_only=True):
    account: str
    customer: str
    seller: str
    currency: str
    plan: BillingPlan


@event("account-billing-day-changed")
class AccountBillingDayChanged(Event, frozen=True, kw_only=True):
    """From the first of the new billing days that is not before `effective_on`, periods begin on it."""

    billing_day: int


@event("billing-plan-changed")
class BillingPlanChanged(Event, frozen=True, kw_only=True):
    """How the account is billed from now on, complete. Its billing day is changed by a fact of its own."""

    plan: BillingPlan


# --- state


class Account(msgspec.Struct, array_like=True):
    """Everything the next decision about an account's money needs.

    `invoice_on` is the day on which the charges in `pending` are put on an invoice; None where nothing waits, and where
    what waits sums to zero and needs other charges with it. `pending_by_key` holds them in the order in which they
    were posted. `tariffs_changed_from` is, by tariff, the first day from which a service on it changed since the last
    bill: for discounts of other services that require the tariff.
    """

    number: str
    customer: str
    seller: str
    currency: str
    billing_days: list[BillingDay]
    plan: BillingPlan
    opened_on: date
    ledger: Ledger
    subscriptions: dict[str, Subscription] = {}
    pending_by_key: dict[str, Charge] = {}
    parked: Parked | None = None
    usage: dict[str, list[UsageEntry]] = {}
    invoice_on: date | None = None
    tariffs_changed_from: dict[str, date] = {}

    @property
    def pending(self) -> list[Charge]:
        """The charges that wait for an invoice, in the order in which they were posted."""
        return list(self.pending_by_key.values())

    @property
    def prepaid(self) -> Prepaid | None:
        return self.plan.prepaid

    @property
    def billing_day(self) -> int:
        """The billing day that was set last."""
        return self.billing_days[-1].day

    def next_invoice_on(self, on: date) -> date:
        """The first of the account's invoice dates that is not before a day."""
        return next_invoice_on(self.plan, self.opened_on, self.billing_days, max(on, self.opened_on))

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
                self._look_again(fact)
            case SubscriptionEvent():
                self._service_changed(fact)
            case SubscriptionRepriced() | SubscriptionParametersGiven() | UsageBroughtAlong():
                apply_beside(self.subscriptions[fact.subscription], fact)
            case UsageRecorded():
                self.usage.setdefault(fact.subscription, []).append(entry_of(fact))
                self.subscriptions[fact.subscription].touch(fact.effective_on)
            case UsageWithdrawn():
                self._usage_withdrawn(fact)
            case AccountBillingDayChanged() | BillingPlanChanged():
                self._plan_changed(fact)
            case ChargesDeferred():
                self.invoice_on = fact.until
            case BillingParked():
                self.parked = parked_by(fact)

    def _charges_posted(self, fact: ChargesPosted) -> None:
        if not fact.is_by_hand:
            self.parked = None
            self.tariffs_changed_from = {}
        waiting = [charge for charge in fact.charges if charge.amount.amount]
        is_queued = self.plan.invoice_every is not None or fact.is_by_hand
        self._wait(waiting, fact.effective_on, is_queued=is_queued)
        charges: dict[str, list[Charge]] = defaultdict(list)
        for charge in fact.charges:
            charges[charge.subscription].append(charge)
        for code, billed_through in fact.billed_through.items():
            subscription = self.subscriptions[code]
            subscription.decided_on, subscription.next_due_on = billed_through.decided_on, billed_through.next_due_on
            subscription.charged_until = billed_through.charged_until
            subscription.changed_from = None
            covered = covered_on(subscription.covered_until, charges[code])
            subscription.covered_until = usage_covered_on(covered, charges[code])
            fees = [charge for charge in charges[code] if charge.kind == "one-off"]
            if fees:
                subscription.one_offs = one_offs_after(subscription.one_offs, fees)
            if code in self.usage:
                self._usage_charged(code, charges[code])

    def _wait(self, charges: Sequence[Charge], since: date, *, is_queued: bool) -> None:
        """Charges wait for an invoice: for the next date where they are queued, else for a document right after."""
        self.pending_by_key.update((charge.key, charge) for charge in charges)
        if is_queued and charges:
            invoice_on = self.next_invoice_on(since)
            self.invoice_on = invoice_on if self.invoice_on is None else min(invoice_on, self.invoice_on)

    def _plan_changed(self, fact: AccountBillingDayChanged | BillingPlanChanged) -> None:
        invoice_on = self.invoice_on
        if isinstance(fact, BillingPlanChanged):
            self.plan = fact.plan
            self._look_again(fact)
            if invoice_on is not None:
                self.invoice_on = self.next_invoice_on(fact.effective_on)
            return
        self.billing_days = with_billing_day(self.billing_days, fact)
        for subscription in self.subscriptions.values():
            subscription.touch(fact.effective_on)
        if invoice_on is not None:  # The old dates hold up to the first new billing day.
            self.invoice_on = min(invoice_on, self.next_invoice_on(fact.effective_on))

    def _usage_withdrawn(self, fact: UsageWithdrawn) -> None:
        """What was charged is compared: the quantity may have been charged at the price of another day than its own."""
        self.usage = without_entry(self.usage, fact)
        subscription = self.subscriptions[fact.subscription]
        if subscription.charged_until is not None:
            subscription.touch(min(fact.effective_on, subscription.charged_until - ONE_DAY))

    def _usage_charged(self, code: str, charges: Sequence[Charge]) -> None:
        """What was used within periods that are charged is settled; the history keeps it."""
        until = usage_covered_on({}, charges)
        left = [entry for entry in self.usage[code] if entry.on >= until.get(entry.component, date.min)]
        if left:
            self.usage[code] = left
        else:
            del self.usage[code]

    def _service_changed(self, fact: SubscriptionEvent) -> None:
        """What one service is may be what another's price depends on; which ones, only the price lists know."""
        if isinstance(fact, SubscriptionChargeWaived):
            apply_subscription(self.subscriptions, fact)
            return
        known = self.subscriptions.get(fact.subscription)
        changed_on, tariffs = fact.effective_on, known.tariffs() if known else set()
        if known and isinstance(fact, SubscriptionActivationCorrected):
            changed_on = min(changed_on, known.activated_on)
        apply_subscription(self.subscriptions, fact)
        if len(self.subscriptions) > 1:
            tariffs |= self.subscriptions[fact.subscription].tariffs()
            changed = {code: min(changed_on, self.tariffs_changed_from.get(code, changed_on)) for code in tariffs}
            self.tariffs_changed_from = {**self.tariffs_changed_from, **changed}

    def _look_again(self, fact: Event) -> None:
        """More money, or better terms, may bring back a service that waits for it on a prepaid account."""
        if self.prepaid is None:
            return
        for subscription in self.subscriptions.values():
            waits_on = subscription.waits_for_money_on(fact.effective_on)
            if waits_on is not None:
                subscription.next_due_on = min(subscription.next_due_on or waits_on, waits_on)

    def with_changes(self, facts: Collection[SubscriptionEvent]) -> Account:
        """The account as it would be after some changes of its services; this one stays as it is."""
        changed = {code: msgspec.structs.replace(self.subscriptions[code]) for code in {f.subscription for f in facts}}
        planned = msgspec.structs.replace(self, subscriptions={**self.subscriptions, **changed})
        for fact in facts:
            planned.apply(fact)
        return planned

    def _take_off_pending(self, fact: DocumentEvent) -> None:
        if len(fact.lines) == len(self.pending_by_key):  # A document's lines were all waiting for one.
            self.pending_by_key = {}
        else:
            for line in fact.lines:
                self.pending_by_key.pop(line.charge, None)
        if not self.pending_by_key:
            self.invoice_on = None


def usage_covered_on(covered_until: Mapping[str, date], charges: Iterable[Charge]) -> dict[str, date]:
    """How far each component is charged, with usage of later days that has the price of the days charged."""
    covered = dict(covered_until)
    for charge in charges:
        if charge.kind == "usage" and charge.corrects is None:
            until = max(charge.to_on, charge.used_until or charge.to_on)
            covered[charge.component] = max(until, covered.get(charge.component, date.min))
    return covered


def apply_account(state: Account | None, fact: Event) -> Account | None:
    """Fold one event of an account's stream; the first one opens it."""
    if isinstance(fact, AccountOpened):
        plan = fact.plan
        return Account(
            number=fact.account,
            customer=fact.customer,
            seller=fact.seller,
            currency=fact.currency,
            billing_days=[BillingDay(date.min, plan.billing_day)],
            plan=plan,
            opened_on=fact.effective_on,
            ledger=Ledger(zero(fact.currency)),
        )
    if state is not None:
        state.apply(fact)
    return state


def with_billing_day(billing_days: Sequence[BillingDay], fact: AccountBillingDayChanged) -> list[BillingDay]:
    """The billing days in order of their dates; of two from one date the one learnt later."""
    kept = [entry for entry in billing_days if entry.from_on != fact.effective_on]
    return sorted([*kept, BillingDay(fact.effective_on, fact.billing_day)], key=lambda entry: entry.from_on)


# --- decisions


def open_account(existing: Account | None, fact: AccountOpened, customer_since: date) -> list[Event]:
    """Open an account for a customer that exists on that date."""
    if existing is not None:
        raise AlreadyExists("another account has this number", field="account number", value=fact.account)
    require_text(fact.account, "account number")
    require_currency(fact.currency)
    require_plan(fact.plan, fact.currency)
    if fact.effective_on < customer_since:
        raise RuleViolation(
            f"the customer exists only since {customer_since}", field="account opened on", value=fact.effective_on
        )
    return [fact]


def change_billing_day(account: Account, fact: AccountBillingDayChanged) -> list[Event]:
    """Another billing day from a date on; the one that holds then already is no news."""
    require_billing_day(fact.billing_day)
    if fact.effective_on < account.opened_on:
        raise RuleViolation(f"the account exists only since {account.opened_on}", field="billing day from",
                            value=fact.effective_on)  # fmt: skip
    return [] if with_billing_day(account.billing_days, fact) == account.billing_days else [fact]


def change_plan(account: Account, fact: BillingPlanChanged) -> list[Event]:
    """Another plan from now on; the billing day stays. The same plan is no news."""
    require_plan(fact.plan, account.currency)
    if fact.effective_on < account.opened_on:
        raise RuleViolation(f"the account exists only since {account.opened_on}", field="billing plan from",
                            value=fact.effective_on)  # fmt: skip
    return [] if fact.plan == account.plan else [fact]


def grant_goodwill(
    account: Account, number: int, description: str, net: Money, vat_rate: Decimal, reason: str, on: date
) -> list[Event]:
    """An amount that the operator gives without owing it: a negative item, taken off the account's next invoice."""
    require_text(reason, "reason")
    (posted,) = charge_once(account, number, description, net, vat_rate, on)
    assert isinstance(posted, ChargesPosted)
    items = tuple(msgspec.structs.replace(item, amount=-net, unit_price=-net.amount) for item in posted.charges)
    return [msgspec.structs.replace(posted, charges=items, reason=reason)]


def charge_once(
    account: Account, number: int, description: str, net: Money, vat_rate: Decimal, on: date
) -> list[Event]:
    """An item charged by hand, which waits for the account's next invoice.

    `number` tells it from others of the same day; no other item of the account ever has it.
    """
    require_text(description, "description")
    require_vat_rate(vat_rate, "VAT rate")
    if net.currency != account.currency:
        raise InvalidValue(f"the account is kept in {account.currency}", field="amount", value=net)
    if net.amount <= 0:
        raise InvalidValue("must be more than zero; take a charge back to credit it", field="amount", value=net)
    if on < account.opened_on:
        raise RuleViolation(f"the account exists only since {account.opened_on}", field="item charged on", value=on)
    item = Charge(
        subscription="",
        component=f"item-{number}",
        description=description,
        tariff="",
        kind="one-off",
        from_on=on,
        to_on=on + ONE_DAY,
        amount=net,
        unit_price=net.amount,
        vat_rate=vat_rate,
        agreed=True,
    )
    return [ChargesPosted(effective_on=on, charges=(item,), billed_through={})]
