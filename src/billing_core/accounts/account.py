"""The account: the consistency boundary of money.

Its stream holds everything that decides what is owed, so that one stream explains a balance and one version
check proves that a decision was made on the facts it saw. The state is small and does not grow with time: the
services, the charges that wait for an invoice, the open items and unused credits. Settled history is folded
separately (`BillingHistory`, `PaymentHistory`) and only when the past changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, get_args

import msgspec

from billing_core import credit_limits, promises
from billing_core.accounts.events import (
    AccountBillingDayChanged,
    AccountCustomerChanged,
    AccountOpened,
    BillingPlanChanged,
)
from billing_core.accounts.invoice_dates import ChargesDeferred, next_invoice_on
from billing_core.accounts.parking import BillingParked, Parked, parked_by
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.charging.double_billing import covered_on
from billing_core.charging.one_off_difference import one_offs_after
from billing_core.dunning.state import FOLDS as DUNNING_FOLDS
from billing_core.dunning.state import Dunning
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent, InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.payments import ledger
from billing_core.payments.ledger import Ledger
from billing_core.services import yearly_holds
from billing_core.services.events import (
    SubscriptionActivationCorrected,
    SubscriptionChargeWaived,
    SubscriptionEvent,
)
from billing_core.services.subscriptions import BesideTimeline, Subscription, apply_beside, apply_subscription
from billing_core.time.periods import BillingDay
from billing_core.usage.control import alarms, grants, quotas
from billing_core.usage.rating.rated import UsageRated, with_rated
from billing_core.usage.records import UsageEntry, UsageRecorded, UsageWithdrawn, entries_of, without_entry

# --- state


class Account(msgspec.Struct, array_like=True):
    """Everything the next decision about an account's money needs.

    `invoice_on` is the day on which the charges in `pending` are put on an invoice; None if no charge waits, or if the
    waiting charges sum to zero and need further ones. `pending_by_key` holds them in the order in which they were
    posted. `tariffs_changed_from` is, by tariff, the first day from which a service on it changed since the last bill:
    for discounts of other services that require the tariff.
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
    promises: promises.Promises = msgspec.field(default_factory=promises.Promises)
    grants: grants.UsageGrants = msgspec.field(default_factory=grants.UsageGrants)
    quotas: quotas.Quotas = msgspec.field(default_factory=quotas.Quotas)
    alarms: alarms.UsageAlarms = msgspec.field(default_factory=alarms.UsageAlarms)
    dunning: Dunning = msgspec.field(default_factory=Dunning)
    credit: credit_limits.Credit = msgspec.field(default_factory=credit_limits.Credit)
    yearly_holds: yearly_holds.YearlyHolds = msgspec.field(default_factory=yearly_holds.YearlyHolds)

    @property
    def pending(self) -> list[Charge]:
        """The charges that wait for an invoice, in the order in which they were posted."""
        return list(self.pending_by_key.values())

    @property
    def prepaid(self) -> Prepaid | None:
        return self.plan.prepaid

    def is_postpaid(self, tariff: str) -> bool:
        """Whether services on a tariff are billed afterwards though the account is prepaid."""
        return self.prepaid is not None and tariff in self.prepaid.postpaid_tariffs

    def takes_at_once(self, charge: Charge) -> bool:
        """Whether a charge takes of the balance when it is posted, and not when it falls due."""
        return self.prepaid is None or not (self.prepaid.postpaid_waits and self.is_postpaid(charge.tariff))

    def money_on(self, on: date) -> Money:
        """The balance of a day, for services that are paid before: without money that came in later, and without what
        is open of postpaid items that take no money yet.

            50.00 came in, 30.00 are open and fall due on 15 March    50.00 on 14 March, 20.00 on 15 March
        """
        return self.ledger.balance - self.ledger.received_after(on) + self.ledger.waiting_after(on)

    def available_to_dunning(self, on: date) -> Money:
        """The balance and the credit of the account as dunning sees them: money that is kept for prepaid services,
        because it settles postpaid items only if it names them, does not count.
        """
        is_kept = (
            self.prepaid is not None and self.prepaid.postpaid_tariffs and self.prepaid.postpaid_settled == "when-named"
        )
        kept = total(self.ledger.credits.values() if is_kept else (), self.currency)
        return self.ledger.balance - kept + self.credit_on(on)

    def floor_on(self, on: date) -> Decimal | None:
        """The lowest balance with which the services of a prepaid account stay active on a day; None on a postpaid one.

        The account's own credit limit holds in place of that of its plan. Temporary credit, and what is promised,
        lower it while they last: 5.00 of the plan, 10.00 up to 9 March, 3.00 promised by 5 March

            5 March    -18.00        9 March    -15.00        10 March    -5.00
        """
        if self.prepaid is None:
            return None
        floor = self.prepaid.floor if self.credit.limit is None else -self.credit.limit.amount
        return floor - self._more_credit_on(on)

    def credit_on(self, on: date) -> Money:
        """How far dunning lets the balance of a postpaid account fall: its own limit, and more while it lasts."""
        limit = self.credit.limit or zero(self.currency)
        return limit + self.credit.temporary_on(on, self.currency)

    def resume_at_on(self, on: date) -> Decimal | None:
        """The balance from which on a service that waits for money is resumed, if the plan has such a threshold."""
        if self.prepaid is None or self.prepaid.resume_at is None:
            return None
        return self.prepaid.resume_at - self._more_credit_on(on)

    def _more_credit_on(self, on: date) -> Decimal:
        temporary = self.credit.temporary_on(on, self.currency)
        return (temporary + self.promises.credit_on(on, self.currency)).amount

    @property
    def billing_day(self) -> int:
        """The billing day that was set last."""
        return self.billing_days[-1].day

    def next_invoice_on(self, on: date) -> date:
        """The first of the account's invoice dates that is not before a day."""
        return next_invoice_on(self.plan, self.opened_on, self.billing_days, max(on, self.opened_on))

    def apply(self, fact: Event) -> None:
        """Fold one event of the account's stream."""
        for fold in _folds_of(type(fact)):
            fold(self, fact)

    def with_changes(self, facts: Collection[SubscriptionEvent]) -> Account:
        """The account as it would be after some changes of its services; this one stays as it is."""
        changed = {code: msgspec.structs.replace(self.subscriptions[code]) for code in {f.subscription for f in facts}}
        planned = msgspec.structs.replace(self, subscriptions={**self.subscriptions, **changed})
        for fact in facts:
            planned.apply(fact)
        return planned


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
    """The billing days in order of their dates; of two from one date the one recorded later."""
    kept = [entry for entry in billing_days if entry.from_on != fact.effective_on]
    return sorted([*kept, BillingDay(fact.effective_on, fact.billing_day)], key=lambda entry: entry.from_on)


# --- folds


def _charges_posted(account: Account, fact: ChargesPosted) -> None:
    if not fact.is_by_hand:
        account.parked = None
        account.tariffs_changed_from = {}
    waiting = [charge for charge in fact.charges if charge.amount.amount]
    is_queued = account.plan.invoice_every is not None or fact.is_by_hand
    _wait(account, waiting, fact.effective_on, is_queued=is_queued)
    charges: dict[str, list[Charge]] = defaultdict(list)
    for charge in fact.charges:
        charges[charge.subscription].append(charge)
    for code, billed_through in fact.billed_through.items():
        subscription = account.subscriptions[code]
        subscription.decided_on, subscription.next_due_on = billed_through.decided_on, billed_through.next_due_on
        subscription.charged_until = billed_through.charged_until
        subscription.changed_from = None
        # If nothing is due any more, as after a termination, all of its usage is charged.
        is_over = billed_through.next_due_on is None
        account.grants = account.grants.after_charges(code, date.max if is_over else billed_through.decided_on)
        subscription.covered_until = covered_on(subscription.covered_until, charges[code])
        fees = [charge for charge in charges[code] if charge.kind == "one-off"]
        if fees:
            subscription.one_offs = one_offs_after(subscription.one_offs, fees)
        if code in account.usage:
            _usage_charged(account, code, charges[code])


def _wait(account: Account, charges: Sequence[Charge], since: date, *, is_queued: bool) -> None:
    """Charges wait for an invoice: for the next invoice date if the plan has such dates, else for a document of the
    same bill.
    """
    account.pending_by_key.update((charge.key, charge) for charge in charges)
    if is_queued and charges:
        invoice_on = account.next_invoice_on(since)
        account.invoice_on = invoice_on if account.invoice_on is None else min(invoice_on, account.invoice_on)


def _take_off_pending(account: Account, fact: DocumentEvent) -> None:
    if len(fact.lines) == len(account.pending_by_key):  # A document's lines were all waiting for one.
        account.pending_by_key = {}
    else:
        for line in fact.lines:
            account.pending_by_key.pop(line.charge, None)
    if not account.pending_by_key:
        account.invoice_on = None


def _plan_changed(account: Account, fact: BillingPlanChanged) -> None:
    invoice_on, account.plan = account.invoice_on, fact.plan
    _look_again(account, fact)
    if invoice_on is not None:
        account.invoice_on = account.next_invoice_on(fact.effective_on)


def _customer_changed(account: Account, fact: AccountCustomerChanged) -> None:
    account.customer = fact.customer


def _billing_day_changed(account: Account, fact: AccountBillingDayChanged) -> None:
    account.billing_days = with_billing_day(account.billing_days, fact)
    for subscription in account.subscriptions.values():
        subscription.touch(fact.effective_on)
    if account.invoice_on is not None:  # The old dates hold up to the first new billing day.
        account.invoice_on = min(account.invoice_on, account.next_invoice_on(fact.effective_on))


def _service_changed(account: Account, fact: SubscriptionEvent) -> None:
    """The price of one service may depend on another service; only the price lists know which ones."""
    if isinstance(fact, SubscriptionChargeWaived):
        apply_subscription(account.subscriptions, fact)
        return
    known = account.subscriptions.get(fact.subscription)
    has_several = len(account.subscriptions) > (0 if known is None else 1)
    changed_on, tariffs = fact.effective_on, known.tariffs() if known and has_several else set()
    if known and isinstance(fact, SubscriptionActivationCorrected):
        changed_on = min(changed_on, known.activated_on)
    apply_subscription(account.subscriptions, fact)
    if has_several:
        tariffs |= account.subscriptions[fact.subscription].tariffs()
        changed = {code: min(changed_on, account.tariffs_changed_from.get(code, changed_on)) for code in tariffs}
        account.tariffs_changed_from = {**account.tariffs_changed_from, **changed}


def _usage_withdrawn(account: Account, fact: UsageWithdrawn) -> None:
    """Mark the charges for comparison: the quantity may have been charged at the price of another day than its own."""
    account.usage = without_entry(account.usage, fact)
    subscription = account.subscriptions[fact.subscription]
    if subscription.charged_until is not None:
        subscription.touch(min(fact.effective_on, subscription.charged_until - ONE_DAY))


def _usage_charged(account: Account, code: str, charges: Sequence[Charge]) -> None:
    """Usage within charged periods is rated; the history keeps it."""
    until = covered_on({}, (charge for charge in charges if charge.kind == "usage"))
    left = [entry for entry in account.usage[code] if entry.on >= until.get(entry.component, date.min)]
    if left:
        account.usage[code] = left
    else:
        del account.usage[code]


def _look_again(account: Account, fact: Event) -> None:
    """More money, or better terms, may bring back a service that waits for it on a prepaid account."""
    if account.prepaid is None:
        return
    for subscription in account.subscriptions.values():
        waits_on = subscription.waits_for_money_on(fact.effective_on)
        if waits_on is not None:
            subscription.next_due_on = min(subscription.next_due_on or waits_on, waits_on)


def _invoice_issued(account: Account, fact: InvoiceIssued) -> None:
    account.ledger.add_invoice(fact.number, fact.due_on, fact.gross, fact.settled_from)


def _credit_note_issued(account: Account, fact: CreditNoteIssued) -> None:
    account.ledger.add_credit(fact.number, -fact.gross, fact.effective_on)


def _changed_beside(account: Account, fact: BesideTimeline) -> None:
    apply_beside(account.subscriptions[fact.subscription], fact)


def _usage_recorded(account: Account, fact: UsageRecorded) -> None:
    account.usage.setdefault(fact.subscription, []).extend(entries_of(fact))
    for day in fact.days:
        account.subscriptions[fact.subscription].touch(day.on)


def _usage_rated(account: Account, fact: UsageRated) -> None:
    """A day of which nothing is left may have been charged at the price of another day than its own."""
    account.usage = with_rated(account.usage, fact)
    subscription = account.subscriptions[fact.subscription]
    last_charged_on = (subscription.charged_until or date.max) - ONE_DAY
    for day in fact.days:
        subscription.touch(day.on if day.records else min(day.on, last_charged_on))


def _deferred(account: Account, fact: ChargesDeferred) -> None:
    account.invoice_on = fact.until


def _parked(account: Account, fact: BillingParked) -> None:
    account.parked = parked_by(fact)


Fold = Callable[[Account, Any], None]


def _in(state: str, folds: Mapping[type[Event], Callable[[Any, Any], None]]) -> dict[type[Event], Fold]:
    """The folds of an area's state, which the account keeps under a name."""

    def of_account(fold: Callable[[Any, Any], None]) -> Fold:
        return lambda account, fact: fold(getattr(account, state), fact)

    return {kind: of_account(fold) for kind, fold in folds.items()}


# The changes of each event, area by area; several areas may fold one event, in this order.
FOLDS: tuple[Mapping[type[Event], Fold], ...] = (
    {ChargesPosted: _charges_posted, DocumentEvent: _take_off_pending, ChargesDeferred: _deferred},
    _in("ledger", ledger.FOLDS),
    _in("promises", promises.FOLDS),
    _in("dunning", DUNNING_FOLDS),
    _in("grants", grants.FOLDS),
    _in("quotas", quotas.FOLDS),
    _in("alarms", alarms.FOLDS),
    _in("credit", credit_limits.FOLDS),
    _in("yearly_holds", yearly_holds.FOLDS),
    {InvoiceIssued: _invoice_issued, CreditNoteIssued: _credit_note_issued},
    {SubscriptionEvent: _service_changed, **dict.fromkeys(get_args(BesideTimeline), _changed_beside)},
    {UsageRecorded: _usage_recorded, UsageWithdrawn: _usage_withdrawn, UsageRated: _usage_rated},
    {AccountBillingDayChanged: _billing_day_changed, BillingPlanChanged: _plan_changed, BillingParked: _parked},
    {AccountCustomerChanged: _customer_changed},
    dict.fromkeys((*ledger.FOLDS, *grants.FREED, *credit_limits.FOLDS, promises.PromiseOpened), _look_again),
)


@cache
def _folds_of(kind: type[Event]) -> tuple[Fold, ...]:
    """The folds of an event's type and of the types that it is one of."""
    return tuple(fold for folds in FOLDS for known, fold in folds.items() if issubclass(kind, known))
