"""A scenario played in memory by the rules of the live system; nothing is stored.

It is used for quotes, for explanations to auditors and in tests. The clock goes from run to run; each day has first the
changes that become known on it, then the payments received, then the charges due. A postpaid account is billed on the
days of the runs for everything due up to and including them; a prepaid account on each day on which something is due,
with the balance of that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import NamedTuple

import msgspec

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import AccountBillingDayChanged, AccountOpened
from billing_core.accounts.opening import change_billing_day, open_account
from billing_core.accounts.plans import BillingPlan
from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import Issue, bill_events
from billing_core.billing.run import account_due_on
from billing_core.billing.unpriced_usage import UnpricedUsage, settle_usage
from billing_core.billing.waivers import charge_standing_on, waive
from billing_core.catalogue.tariffs import Catalogue, PriceMissing, tariff_named
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.invoices import BillingHistory, DocumentEvent
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.parties.versions import PartyVersion
from billing_core.payments.events import PaymentReceived
from billing_core.payments.receiving import receive
from billing_core.services.changes import (
    activate,
    add_option,
    cancel_change,
    change,
    change_price,
    change_quantity,
    change_tariff,
    correct_activation,
    correct_terms,
    drop_option,
    end_discount,
    grant_discount,
    suspend,
)
from billing_core.services.events import (
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
    SubscriptionTermsCorrected,
)
from billing_core.services.holds import hold, resume
from billing_core.services.subscriptions import Subscription
from billing_core.usage.bulk_rating import Calendars
from billing_core.usage.pools import Services
from billing_core.usage.records import UsageRecorded, UsageWithdrawn, record_usage, withdraw_usage
from commands.services import subscription_of
from commands.simulated_usage import PriceListsPlayed, RatedRecords, RecordUsed, ScenarioPrices, without_holidays

SOMEBODY = PartyVersion("", 0)

# --- what is played


class ChargeToWaive(msgspec.Struct, frozen=True):
    """The rest of the charge of a day is to be waived; `of` names the component to which a surcharge applies."""

    effective_on: date
    subscription: str
    component: str
    of: str
    reason: str


Fact = SubscriptionEvent | UsageRecorded | UsageWithdrawn | PaymentReceived | AccountBillingDayChanged | ChargeToWaive


class Entry(NamedTuple):
    """An event on an account and the day on which it becomes known; `place` is its place in the scenario.

    `held_until` is the day on which a hold ends by itself; `unpriced_usage` says how recorded usage without a price is
    treated.
    """

    recorded_on: date
    fact: Fact
    place: str
    held_until: date | None = None
    unpriced_usage: UnpricedUsage | None = None


class ScenarioAccount(NamedTuple):
    """An account with its entries, and the records that a price list prices, each with its place."""

    code: str
    plan: BillingPlan
    entries: Sequence[Entry]
    place: str
    records: Sequence[tuple[RecordUsed, str]] = ()


class Scenario(NamedTuple):
    """Tariffs, accounts, and the days on which everything due up to and including them is billed.

    `places` are the places of the components, by tariff and component.
    """

    currency: str
    catalogue: Catalogue
    accounts: Sequence[ScenarioAccount]
    runs: Sequence[date]
    places: Mapping[tuple[str, str], str]
    price_lists: PriceListsPlayed = PriceListsPlayed()


# --- what comes of it


class Outcome(NamedTuple):
    """The result of a run for one account, and the balance after it; a positive balance is the customer's money.

    `known` are all charges that were ever posted on it, those that documents and corrections name.
    """

    charges: Sequence[Charge]
    known: Sequence[Charge]
    documents: Sequence[DocumentEvent]
    balance: Money
    state: Mapping[str, str]


class RunOutcome(NamedTuple):
    """The result of a run, by account."""

    on: date
    accounts: Mapping[str, Outcome]


def play(scenario: Scenario, calendars: Calendars = without_holidays) -> list[RunOutcome]:
    """The charges and documents of each run. A refusal of the rules is an `InvalidValue` that names the place."""
    prices = ScenarioPrices(scenario.price_lists, calendars)
    played = [_PlayedAccount(account, scenario, prices) for account in scenario.accounts]
    return [RunOutcome(on, {account.code: account.run(on) for account in played}) for on in sorted(scenario.runs)]


class _PlayedAccount:
    """One account on a moving clock."""

    def __init__(self, account: ScenarioAccount, scenario: Scenario, prices: ScenarioPrices) -> None:
        self.code = account.code
        self._place = account.place
        self._catalogue = scenario.catalogue
        self._places = scenario.places
        self._left = sorted(account.entries, key=_turn)
        self._coming = sorted(account.records, key=lambda each: each[0].recorded_on)
        self._records = RatedRecords(prices)
        self._numbers = map(str, count(1))
        self._events: list[Event] = []
        opened_on = min((entry.fact.effective_on for entry in account.entries), default=date.min)
        opened = AccountOpened(
            effective_on=opened_on, account=account.code, customer=account.code, seller="",
            currency=scenario.currency, plan=account.plan,
        )  # fmt: skip
        with self._placed(account.place):
            state = None
            for fact in open_account(None, opened, opened_on):
                state = apply_account(state, fact)
        assert state is not None
        self._billed = BilledAccount(state, BillingHistory)

    @property
    def account(self) -> Account:
        return self._billed.account

    def run(self, on: date) -> Outcome:
        """Everything that is known and due up to and including a day."""
        self._events = []
        for day in self._days(on):
            self._take_in(day)
            self._rate(day)
            self._bill(day, on)
        posted = [charge for fact in self._events if isinstance(fact, ChargesPosted) for charge in fact.charges]
        documents = [fact for fact in self._events if isinstance(fact, DocumentEvent)]
        known = [entry.charge for entry in self._billed.require_history().charges.values()]
        return Outcome(posted, known, documents, self.account.ledger.balance, dict(self._state(on)))

    def _days(self, on: date) -> Iterator[date]:
        """The days up to a run on which something happens; a prepaid account has days of its own between them."""
        while True:
            entry_on = self._left[0].recorded_on if self._left else on
            record_on = self._coming[0][0].recorded_on if self._coming else on
            due_on = account_due_on(self.account) if self.account.prepaid is not None else None
            day = min(entry_on, record_on, due_on or on)
            if day >= on:
                yield on
                return
            yield day

    def _take_in(self, day: date) -> None:
        while self._left and self._left[0].recorded_on <= day:
            entry = self._left.pop(0)
            with self._placed(entry.place):
                self._record(self._decided(entry))

    def _rate(self, day: date) -> None:
        """Rate the records that are known on a day, as the services are known then."""
        account = self.account
        services = Services(account.number, account.subscriptions, account.billing_days, self._catalogue)
        while self._coming and self._coming[0][0].recorded_on <= day:
            record, place = self._coming.pop(0)
            with self._placed(place):
                self._records.add(record, services)
        with self._placed(self._place):
            self._record(self._records.rate(services))

    def _decided(self, entry: Entry) -> Sequence[Event]:
        fact = entry.fact
        match fact:
            case PaymentReceived() | AccountBillingDayChanged() | SubscriptionActivated():
                return self._of_account(fact)
            case UsageRecorded() | UsageWithdrawn():
                return self._of_usage(fact)
            case ChargeToWaive():
                return self._waived(fact, entry.recorded_on)
        subscription = subscription_of(self.account, fact.subscription)
        changes = self._changes(entry, fact, subscription)
        usage = self._billed.require_history().usage.get(subscription.code, ())
        reason = f"waived by the change on {fact.effective_on}"
        return [*changes, *settle_usage(subscription, changes, usage, self._catalogue, entry.unpriced_usage, reason)]

    def _of_account(self, fact: PaymentReceived | AccountBillingDayChanged | SubscriptionActivated) -> Sequence[Event]:
        match fact:
            case PaymentReceived():
                return receive(self.account.ledger, fact, None)
            case AccountBillingDayChanged():
                return change_billing_day(self.account, fact)
        tariff = tariff_named(self._catalogue, fact.tariff)
        return activate(self.account.subscriptions, fact, tariff, self.account.opened_on)

    def _of_usage(self, fact: UsageRecorded | UsageWithdrawn) -> Sequence[Event]:
        subscription = subscription_of(self.account, fact.subscription)
        if isinstance(fact, UsageRecorded):
            return record_usage(subscription, fact, self._catalogue)
        return withdraw_usage(self._billed.require_history().usage.get(subscription.code, ()), fact)

    def _waived(self, fact: ChargeToWaive, on: date) -> Sequence[Event]:
        history = self._billed.require_history()
        key = charge_standing_on(fact.subscription, fact.component, fact.of, fact.effective_on, history)
        return waive(key, history, fact.reason, on)

    def _changes(self, entry: Entry, fact: SubscriptionEvent, subscription: Subscription) -> Sequence[Event]:
        match fact:
            case SubscriptionHeld():
                return hold(subscription, fact, entry.held_until, self._catalogue)
            case SubscriptionActivationCorrected():
                return correct_activation(subscription, fact, self._catalogue, self.account.opened_on)
        return _changed(subscription, fact, self._catalogue, entry.recorded_on)

    def _bill(self, day: date, on: date) -> None:
        """A postpaid account is billed on the day of the run only; a prepaid one on each day on which it is due."""
        if self.account.prepaid is None and day != on:
            return
        with self._placed(self._place):
            for decided_on, bill in bills(self._billed, self._catalogue, Upto(day, day)):
                issue = Issue(day, SOMEBODY, SOMEBODY, self._numbers, self._numbers)
                self._record(bill_events(self.account, bill, issue, decided_on))

    def _record(self, facts: Sequence[Event]) -> None:
        self._billed.apply(facts)
        self._events += facts

    @contextmanager
    def _placed(self, place: str) -> Iterator[None]:
        """A refusal of the rules inside is raised with its place in the scenario."""
        try:
            yield
        except PriceMissing as missing:
            where = self._places.get((missing.tariff, missing.component), place)
            raise InvalidValue(str(missing), field=where) from missing
        except BillingError as error:
            raise InvalidValue(str(error), field=place) from error

    def _state(self, on: date) -> Iterator[tuple[str, str]]:
        """The status of each subscription on a day, as far as is known on it."""
        for code, subscription in self.account.subscriptions.items():
            segments = subscription.segments()
            if on < subscription.activated_on:
                yield code, "pending"
            else:
                yield code, next((entry.in_force.status for entry in segments if entry.contains(on)),
                                 subscription.end_status)  # fmt: skip


def _changed(  # noqa: PLR0911  (one branch for each kind of change that has rules of its own)
    subscription: Subscription, fact: SubscriptionEvent, catalogue: Catalogue, today: date
) -> Sequence[Event]:
    """The result of a change of a subscription, by the rules of its kind."""
    match fact:
        case SubscriptionTariffChanged():
            return change_tariff(subscription, fact, catalogue)
        case SubscriptionQuantityChanged():
            return change_quantity(subscription, fact)
        case SubscriptionPriceChanged():
            return change_price(subscription, fact, catalogue)
        case SubscriptionOptionAdded():
            return add_option(subscription, fact, catalogue)
        case SubscriptionOptionDropped():
            return drop_option(subscription, fact)
        case SubscriptionDiscountGranted():
            return grant_discount(subscription, fact, catalogue)
        case SubscriptionDiscountEnded():
            return end_discount(subscription, fact)
        case SubscriptionSuspended():
            return suspend(subscription, fact, today)
        case SubscriptionResumed():
            return resume(subscription, fact, catalogue)
        case SubscriptionChangeCancelled():
            return cancel_change(subscription, fact)
        case SubscriptionTermsCorrected():
            return correct_terms(subscription, fact, catalogue)
        case _:
            return change(subscription, fact)


def _turn(entry: Entry) -> tuple[date, bool]:
    """Day by day; on each day first the changes, then the payments."""
    return entry.recorded_on, isinstance(entry.fact, PaymentReceived)


def net_and_vat(document: DocumentEvent) -> tuple[Money, Money]:
    """The sums of a document over all its VAT rates."""
    nothing = document.gross - document.gross
    net = sum((tax.base for tax in document.taxes), nothing)
    return net, document.gross - net
