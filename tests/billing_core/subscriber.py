"""One account on a moving clock: changes are recorded, months are billed, money comes and goes back.

Drives the rules as a command would: decide on what is known, then fold what was decided. Every step answers with
the events it decided, and `told` says them in short lines, so that a story can be read and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from types import MappingProxyType
from typing import Any

import msgspec

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import AccountBillingDayChanged, AccountOpened, BillingPlanChanged
from billing_core.accounts.invoice_dates import ChargesDeferred
from billing_core.accounts.items import charge_once
from billing_core.accounts.opening import change_billing_day, change_plan, open_account
from billing_core.accounts.plans import BillingPlan
from billing_core.billing.decision import decide_bill
from billing_core.billing.issuing import Issue, bill_events
from billing_core.billing.moves import Move, move
from billing_core.billing.run import HistoryNeeded, account_due_on, bill_with, decide_changes
from billing_core.billing.unpriced_usage import UnpricedUsage, settle_usage
from billing_core.billing.waivers import waive
from billing_core.catalogue.components import Discount
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.charging.charges import Charge, ChargesPosted, explain
from billing_core.charging.expected import Expected
from billing_core.charging.view import view_of
from billing_core.invoicing.invoices import BillingHistory, CreditNoteIssued, InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import parse_amount
from billing_core.parties.versions import PartyVersion
from billing_core.payments.events import (
    CreditAllocated,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from billing_core.payments.ledger import PaymentHistory, apply_payment_history
from billing_core.payments.receiving import move_away, move_in, receive, reverse_payment
from billing_core.services.changes import activate, change, change_tariff, correct_activation, correct_terms
from billing_core.services.events import (
    Cancellable,
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
)
from billing_core.services.subscriptions import without_waiver
from billing_core.services.timeline import segments, without_change
from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar
from billing_core.usage.rating.rated import RatedDay, UsageRated
from billing_core.usage.records import UsageWithdrawn, record_usage, used_once, withdraw_usage

# Of one unit of the currency: a second at a price of six decimals a minute is a whole number of them.
PARTS = 60_000_000


def short(charges: Iterable[Charge]) -> list[str]:
    """Charges without their explanation: `monthly 01 Jun - 01 Jul: 300.00`."""
    return [
        f"{charge.component} {charge.from_on:%d %b} - {charge.to_on:%d %b}: {charge.amount.amount:f}"
        for charge in charges
    ]


class Subscriber:
    """An account with one subscription (unless told otherwise), and everything that ever happened on it."""

    def __init__(
        self,
        *tariffs: Tariff,
        opened: str = "2026-01-01",
        billing_day: int = 1,
        due_days: int = 14,
        number: str = "A1",
        calendar: Calendar = WITHOUT_HOLIDAYS,
        **plan_details: Any,
    ) -> None:
        self.number = number
        self.catalogue = {tariff.code: tariff for tariff in tariffs}
        self.events: list[Event] = []
        self.history = BillingHistory()
        self.payments: PaymentHistory = {}
        self.unpriced_usage: UnpricedUsage | None = "last-price"
        self._account: Account | None = None
        self._calendar = calendar
        self._invoice_numbers = map(str, count(1001))
        self._credit_note_numbers = map(str, count(5001))
        plan = BillingPlan(billing_day=billing_day, due_days=due_days, tolerance_days=7, **plan_details)
        opened_on = date.fromisoformat(opened)
        fact = AccountOpened(
            effective_on=opened_on, account=number, customer="C1", seller="S1", currency=tariffs[0].currency, plan=plan
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

    def activate(
        self, tariff: str, on: str | date, code: str = "S1", address: str = "", **agreed_prices: str
    ) -> list[Event]:
        return self.activate_on(tariff, on, code, address=address, agreed_prices=_prices(agreed_prices))

    def activate_on(self, tariff: str, on: str | date, code: str = "S1", **terms: Any) -> list[Event]:
        """With anything else that may be agreed: `quantity`, `options`, `agreed_until`, `customer_class`."""
        fact = SubscriptionActivated(effective_on=_date(on), subscription=code, tariff=tariff, **terms)
        account = self.account
        return self.record(activate(account.subscriptions, fact, self.catalogue[tariff], account.opened_on))

    def change_tariff(self, tariff: str, on: str | date, code: str = "S1", **agreed_prices: str) -> list[Event]:
        fact = SubscriptionTariffChanged(
            effective_on=_date(on), subscription=code, tariff=tariff, agreed_prices=_prices(agreed_prices)
        )
        return self._settled(change_tariff(self.account.subscriptions[code], fact, self.catalogue), code)

    def change_quantity(self, quantity: str, on: str | date, code: str = "S1") -> list[Event]:
        fact = SubscriptionQuantityChanged(effective_on=_date(on), subscription=code, quantity=Decimal(quantity))
        return self._change(fact)

    def change_price(
        self, on: str | date, code: str = "S1", *, until: str | date | None = None, **agreed: str | None
    ) -> list[Event]:
        """Agree on prices; None goes back to the price list."""
        prices = {name: None if price is None else Decimal(price) for name, price in agreed.items()}
        ends_on = None if until is None else _date(until)
        return self._change(
            SubscriptionPriceChanged(
                effective_on=_date(on), subscription=code, agreed_prices=prices, agreed_until=ends_on
            )
        )

    def add_option(self, option: str, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionOptionAdded(effective_on=_date(on), subscription=code, option=option))

    def drop_option(self, option: str, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionOptionDropped(effective_on=_date(on), subscription=code, option=option))

    def grant(self, discount: Discount, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionDiscountGranted(effective_on=_date(on), subscription=code, discount=discount))

    def end_discount(self, discount: str, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionDiscountEnded(effective_on=_date(on), subscription=code, discount=discount))

    def hold(self, on: str | date, code: str = "S1", percent: str = "0") -> list[Event]:
        return self._change(
            SubscriptionHeld(effective_on=_date(on), subscription=code, charge_percent=Decimal(percent))
        )

    def suspend(self, reason: str, on: str | date, code: str = "S1", percent: str | None = None) -> list[Event]:
        charged = None if percent is None else Decimal(percent)
        return self._change(
            SubscriptionSuspended(effective_on=_date(on), subscription=code, reason=reason, charge_percent=charged)
        )

    def resume(self, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionResumed(effective_on=_date(on), subscription=code))

    def terminate(self, on: str | date, code: str = "S1") -> list[Event]:
        return self._change(SubscriptionTerminated(effective_on=_date(on), subscription=code))

    def move_to(self, other: Subscriber, on: str | date, code: str = "S1") -> list[Event]:
        """From that day on the subscription is another account's, with what held here; the events of both accounts."""
        subscription, there = self.account.subscriptions[code], other.account
        view = view_of(subscription, self.account.billing_days, self.history.usage.get(code, ()))
        step = Move(self.number, other.number, _date(on))
        moved = move(subscription, step, there.subscriptions, there.opened_on, view, self.catalogue)
        return [*self.record(moved.away), *other.record(moved.into)]

    def cancel(self, kind: Cancellable, on: str | date, code: str = "S1") -> list[Event]:
        """The change does not take place; the timeline must make sense without it."""
        subscription = self.account.subscriptions[code]
        if kind == "waive":
            without_waiver(subscription, _date(on))
        else:
            segments(without_change(subscription.timeline, kind, _date(on)))
        fact = SubscriptionChangeCancelled(effective_on=_date(on), subscription=code, kind=kind)
        return self._settled([fact], code)

    def use(self, quantity: str, on: str | date, code: str = "S1", component: str = "data") -> list[Event]:
        fact = used_once(code, component, _date(on), Decimal(quantity))
        return self.record(record_usage(self.account.subscriptions[code], fact, self.catalogue))

    def rate(self, *days: tuple[str, int, int, str], code: str = "S1", component: str = "calls") -> list[Event]:
        """The records of some days are rated: day, how many, seconds, exact amount."""
        rated = [
            RatedDay(_date(on), records, Decimal(seconds), int(Fraction(amount) * PARTS))
            for on, records, seconds, amount in days
        ]
        return self.record(
            [
                UsageRated(
                    effective_on=rated[0].on, subscription=code, component=component, days=tuple(rated),
                    parts_per_unit=PARTS,
                )
            ]
        )  # fmt: skip

    def withdraw(self, quantity: str, on: str | date, code: str = "S1", component: str = "data") -> list[Event]:
        """What was recorded as used is taken back."""
        fact = UsageWithdrawn(
            effective_on=_date(on), subscription=code, component=component, quantity=Decimal(quantity),
            reason="metered twice",
        )  # fmt: skip
        return self.record(withdraw_usage(self.history.usage.get(code, ()), fact))

    def change_billing_day(self, billing_day: int, on: str | date) -> list[Event]:
        return self.record(
            change_billing_day(self.account, AccountBillingDayChanged(effective_on=_date(on), billing_day=billing_day))
        )

    def correct_activation(self, on: str | date, code: str = "S1", reason: str = "typed wrongly") -> list[Event]:
        fact = SubscriptionActivationCorrected(effective_on=_date(on), subscription=code, reason=reason)
        account = self.account
        decided = correct_activation(account.subscriptions[code], fact, self.catalogue, account.opened_on)
        return self._settled(decided, code)

    def correct_terms(
        self,
        from_on: str | date,
        to_on: str | date | None,
        code: str = "S1",
        tariff: str = "",
        prices: Mapping[str, str] = MappingProxyType({}),
        vat_rates: Mapping[str, str] = MappingProxyType({}),
        reason: str = "typed wrongly",
    ) -> list[Event]:
        fact = SubscriptionTermsCorrected(
            effective_on=_date(from_on),
            to_on=None if to_on is None else _date(to_on),
            subscription=code,
            tariff=tariff,
            agreed_prices=_prices(prices),
            vat_rates=_prices(vat_rates),
            reason=reason,
        )
        return self._settled(correct_terms(self.account.subscriptions[code], fact, self.catalogue), code)

    def _change(self, fact: SubscriptionEvent) -> list[Event]:
        return self._settled(change(self.account.subscriptions[fact.subscription], fact), fact.subscription)

    def _settled(self, facts: Sequence[Event], code: str) -> list[Event]:
        """With what becomes of usage that is left without a price, as `unpriced_usage` of the subscriber says."""
        usage = self.history.usage.get(code, ())
        subscription, choice = self.account.subscriptions[code], self.unpriced_usage
        settled = settle_usage(subscription, facts, usage, self.catalogue, choice, "waived")
        return self.record([*facts, *settled])

    def change_plan(self, on: str | date, **details: Any) -> list[Event]:
        plan = msgspec.structs.replace(self.account.plan, **details)
        return self.record(change_plan(self.account, BillingPlanChanged(effective_on=_date(on), plan=plan)))

    def charge_once(self, description: str, amount: str, on: str | date, vat: str = "0") -> list[Event]:
        net = parse_amount(amount, self.account.currency, "amount")
        facts = charge_once(self.account, len(self.events), description, net, Decimal(vat), _date(on))
        return self.record(facts)

    # --- bills

    def owed(self, on: str | date, code: str = "S1") -> list[Charge]:
        """All that is owed since the activation and due up to and including a date, whatever was posted."""
        account = self.account
        subscription, usage = account.subscriptions[code], self.history.usage.get(code, ())
        view = view_of(subscription, account.billing_days, usage, TariffsOfAccount(account.subscriptions))
        first_on = subscription.activated_on
        found, _ = Expected(view, self.catalogue).coming(first_on, _date(on), first_on)
        return found

    def bill(self, on: str | date) -> list[Event]:
        """One decision of a billing run on that date, with the history only where it is asked for."""
        on = _date(on)
        try:
            bill = decide_bill(self.account, self.catalogue, on)
        except HistoryNeeded:
            bill = decide_bill(self.account, self.catalogue, on, self.history)
        return [] if bill is None else self.record(bill_events(self.account, bill, self.issue(on), on))

    def bill_changes(self, on: str | date, reason: str = "typed wrongly") -> list[Event]:
        """What a correction posts at once: the changed past, and no new days."""
        bill = decide_changes(self.account, self.catalogue, self.history)
        on = _date(on)
        return [] if bill is None else self.record(bill_events(self.account, bill, self.issue(on), on, reason))

    def bill_each_period(self, until: date) -> None:
        """As a run on each due date does it, in order, up to, not including, `until`."""
        while (due_on := account_due_on(self.account)) is not None and due_on < until:
            assert self.bill(due_on), "a due account is billed"

    def waive_charge(self, key: str, on: str | date) -> list[Event]:
        """Take a charge back by hand, with a credit note for what was invoiced."""
        facts, on = waive(key, self.history, "goodwill", _date(on)), _date(on)
        match facts:
            case [ChargesPosted(charges=credits)]:
                bill = bill_with(self.account, credits, {}, on, self.history)
                return self.record(bill_events(self.account, bill, self.issue(on), on, "goodwill"))
        self.record(facts)
        return self.bill_changes(on, "goodwill")

    def issue(self, on: date) -> Issue:
        """The next document numbers; one is taken only for a document that is issued."""
        return Issue(
            on=on,
            seller=PartyVersion("S1", 1),
            customer=PartyVersion("C1", 1),
            invoice_numbers=self._invoice_numbers,
            credit_note_numbers=self._credit_note_numbers,
            calendar=self._calendar,
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
        return self.record(
            reverse_payment(self.account.ledger, self.payments, f"bank:{reference}", "direct debit bounced", _date(on))
        )

    def move_payment_to(self, other: Subscriber, reference: str, reason: str = "mixed up") -> list[Event]:
        """The events of both accounts, this one's first."""
        payment = f"bank:{reference}"
        arrival = self.payments[payment].arrival if payment in self.payments else None
        today = date.min if arrival is None else arrival.effective_on
        away = self.record(move_away(self.account.ledger, self.payments, payment, other.number, reason, today))
        assert arrival is not None
        return [
            *away,
            *other.record(move_in(other.account.ledger, arrival, other.account.customer, self.number, reason)),
        ]


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
        case InvoiceIssued():
            return [f"invoice {fact.number}: {_sum(fact)}, due {fact.due_on:%d %b}"]
        case ChargesDeferred():
            return [f"carried over to {fact.until:%d %b}" if fact.until else "sums to zero, waits"]
        case CreditNoteIssued():
            return [f"credit note {fact.number} for {fact.corrects}: {_sum(fact)}"]
        case PaymentReceived():
            return [f"received {fact.amount.amount:f}"]
        case PaymentReversed():
            return [f"{fact.payment} taken back {fact.amount.amount:f}"]
        case PaymentMovedAway():
            return [f"{fact.payment} of {fact.amount.amount:f} moved to {fact.to_account}"]
        case PaymentMovedIn():
            return [f"{fact.payment} of {fact.amount.amount:f} moved in from {fact.from_account}"]
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


def _prices(agreed: Mapping[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(price) for code, price in agreed.items()}
