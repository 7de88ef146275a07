"""The moving clock of a scenario: it goes from run to run, and each day has first the changes that become known on it.

Then come the payments received, then the charges due. A postpaid account is billed on the days of the runs for
everything due up to and including them; a prepaid account on each day on which something is due, with the balance of
that day.

An account with a dunning policy lives every day: in the morning its promise ends if it is time, and the dunning run
takes the steps that are due, suspends services and lets them return. What becomes known later on the day is followed at
once, by returns too if the policy says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.debtor import owes_nothing
from billing_core.accounts.events import AccountOpened
from billing_core.accounts.opening import open_account
from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import Issue, bill_events
from billing_core.billing.run import account_due_on
from billing_core.billing.unpriced_usage import settle_usage
from billing_core.billing.waivers import charge_standing_on, waive
from billing_core.catalogue.tariffs import PriceMissing, tariff_named
from billing_core.charging.charges import ChargesPosted
from billing_core.dunning.ladder import Ladder
from billing_core.invoicing.invoices import BillingHistory, DocumentEvent
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.versions import PartyVersion
from billing_core.payments.events import CreditAllocated, CreditReleased, ItemsFellDue, PaymentReceived
from billing_core.payments.falling_due import let_fall_due, next_fall_on
from billing_core.payments.ledger import PaymentHistory, apply_payment_history
from billing_core.promises import end_promise
from billing_core.services.changes import activate, correct_activation
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionEvent,
    SubscriptionHeld,
)
from billing_core.services.holds import hold
from billing_core.services.subscriptions import Subscription
from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar
from billing_core.usage.rating.bulk_rating import Calendars
from billing_core.usage.rating.pools import Services
from billing_core.usage.records import UsageEntry, UsageRecorded, UsageWithdrawn, record_usage, withdraw_usage
from commands.dunning.debtors import Setting
from commands.dunning.settling import settle
from commands.dunning.taking import dun
from commands.services import subscription_of
from commands.simulated_usage import RatedRecords, ScenarioPrices, without_holidays
from commands.simulation.account_facts import Known, facts_of_account
from commands.simulation.outcomes import Happened, Outcome, RunOutcome
from commands.simulation.scenario import (
    ChargeToWaive,
    Entry,
    Scenario,
    ScenarioAccount,
)
from commands.simulation.service_changes import changed_by

SOMEBODY = PartyVersion("", 0)
# What a run shows by its charges and documents, or what follows from a payment.
SHOWN_ELSEWHERE = (DocumentEvent, CreditAllocated, CreditReleased, ItemsFellDue, UsageRecorded, UsageWithdrawn)


def play(scenario: Scenario, calendars: Calendars = without_holidays) -> list[RunOutcome]:
    """The charges and documents of each run. A refusal of the rules is an `InvalidValue` that names the place."""
    prices = ScenarioPrices(scenario.price_lists, calendars)
    country = scenario.dunning.country
    calendar = calendars(country) if country else WITHOUT_HOLIDAYS
    played = [_PlayedAccount(account, scenario, prices, calendar) for account in scenario.accounts]
    return [RunOutcome(on, {account.code: account.run(on) for account in played}) for on in sorted(scenario.runs)]


class _PlayedAccount:
    """One account on a moving clock."""

    def __init__(
        self, account: ScenarioAccount, scenario: Scenario, prices: ScenarioPrices, calendar: Calendar
    ) -> None:
        self.code = account.code
        self._place = account.place
        self._catalogue = scenario.catalogue
        self._places = scenario.places
        self._left = sorted(account.entries, key=_turn)
        self._coming = sorted(account.records, key=lambda each: each[0].recorded_on)
        self._records = RatedRecords(prices)
        self._numbers = map(str, count(1))
        self._events: list[Event] = []
        self._days_told: list[Happened] = []
        self._payments: PaymentHistory = {}
        self._recorded = 0
        self._promise_terms = scenario.dunning.promise_terms
        self._calendar = calendar
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
        self._policy = scenario.dunning.policies.get(account.plan.dunning)
        self._lives_on = opened_on

    @property
    def account(self) -> Account:
        return self._billed.account

    def run(self, on: date) -> Outcome:
        """Everything that is known and due up to and including a day."""
        self._events, self._days_told = [], []
        for day in self._days(on):
            self._live(day, on)
            self._lives_on = max(self._lives_on, day + ONE_DAY)
        posted = [charge for fact in self._events if isinstance(fact, ChargesPosted) for charge in fact.charges]
        documents = [fact for fact in self._events if isinstance(fact, DocumentEvent)]
        known = [entry.charge for entry in self._billed.require_history().charges.values()]
        return Outcome(posted, known, documents, self.account.ledger.balance, dict(self._state(on)), self._days_told)

    def _live(self, day: date, on: date) -> None:
        """One day of the account, up to the run of a day."""
        self._in_the_morning(day)
        self._take_in(day)
        self._rate(day)
        self._bill(day, on)

    def _days(self, on: date) -> Iterator[date]:
        """The days up to a run on which something happens.

        A prepaid account has days of its own between them, and one with a policy lives every day.
        """
        while self._policy is not None and self._lives_on < on:
            yield self._lives_on
        while True:
            entry_on = self._left[0].recorded_on if self._left else on
            record_on = self._coming[0][0].recorded_on if self._coming else on
            due_on = account_due_on(self.account) if self.account.prepaid is not None else None
            # What was opened again after its day falls due the next morning.
            fall_on = max(next_fall_on(self.account.ledger) or on, self._lives_on)
            day = min(entry_on, record_on, due_on or on, fall_on)
            if day >= on:
                yield on
                return
            yield day

    def _take_in(self, day: date) -> None:
        while self._left and self._left[0].recorded_on <= day:
            entry = self._left.pop(0)
            with self._placed(entry.place):
                self._record(self._decided(entry), day)
                self._follow(day)

    def _rate(self, day: date) -> None:
        """Rate the records that are known on a day, as the services are known then."""
        account = self.account
        services = Services(account.number, account.subscriptions, account.billing_days, self._catalogue)
        while self._coming and self._coming[0][0].recorded_on <= day:
            record, place = self._coming.pop(0)
            with self._placed(place):
                self._records.add(record, services)
        with self._placed(self._place):
            self._record(self._records.rate(services), day)

    def _decided(self, entry: Entry) -> Sequence[Event]:
        fact = entry.fact
        match fact:
            case SubscriptionActivated():
                tariff = tariff_named(self._catalogue, fact.tariff)
                return activate(self.account.subscriptions, fact, tariff, self.account.opened_on)
            case UsageRecorded() | UsageWithdrawn():
                return self._of_usage(fact)
            case ChargeToWaive():
                return self._waived(fact, entry.recorded_on)
            case SubscriptionEvent():
                return self._of_service(entry, fact)
        known = Known(self.account, self._payments, self._promise_terms, self._recorded, entry.recorded_on)
        return facts_of_account(fact, known)

    def _of_service(self, entry: Entry, fact: SubscriptionEvent) -> Sequence[Event]:
        subscription = subscription_of(self.account, fact.subscription)
        changes = self._changes(entry, fact, subscription)
        usage = self._usage_of(subscription.code)
        reason = f"waived by the change on {fact.effective_on}"
        return [*changes, *settle_usage(subscription, changes, usage, self._catalogue, entry.unpriced_usage, reason)]

    def _of_usage(self, fact: UsageRecorded | UsageWithdrawn) -> Sequence[Event]:
        subscription = subscription_of(self.account, fact.subscription)
        if isinstance(fact, UsageRecorded):
            return record_usage(subscription, fact, self._catalogue)
        return withdraw_usage(self._usage_of(subscription.code), fact)

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
        return changed_by(subscription, fact, self._catalogue, entry.recorded_on)

    def _bill(self, day: date, on: date) -> None:
        """A postpaid account is billed on the day of the run only; a prepaid one on each day on which it is due."""
        if self.account.prepaid is None and day != on:
            return
        with self._placed(self._place):
            for decided_on, bill in bills(self._billed, self._catalogue, Upto(day, day)):
                issue = Issue(day, SOMEBODY, SOMEBODY, self._numbers, self._numbers, self._calendar)
                self._record(bill_events(self.account, bill, issue, decided_on), day)

    def _in_the_morning(self, day: date) -> None:
        """Postpaid items fall due, and a promise ends, if it is time; then comes the dunning run of the day."""
        self._record(let_fall_due(self.account.ledger, day), day)
        setting = self._setting(day)
        if setting is not None:
            with self._placed(self._place):
                self._record(self._promise_ended(day), day)
                self._note(dun(self.account, self._recorded, setting), day)

    def _follow(self, day: date) -> None:
        """Promises and suspensions follow what became known."""
        setting = self._setting(day)
        if setting is not None:
            self._record(self._promise_ended(day), day)
            may_return = setting.policy.returns == "at-once"
            self._note(settle(self.account, self._recorded, setting, may_return=may_return), day)

    def _promise_ended(self, day: date) -> list[Event]:
        return end_promise(self.account.promises, day, owes_nothing=owes_nothing(self.account, day))

    def _setting(self, day: date) -> Setting | None:
        if self._policy is None:
            return None
        return Setting(Ladder(self._policy, self._calendar), self._catalogue, day, self._usage_of)

    def _usage_of(self, subscription: str) -> Sequence[UsageEntry]:
        return self._billed.require_history().usage.get(subscription, ())

    def _record(self, facts: Sequence[Event], day: date) -> None:
        for fact in facts:
            self.account.apply(fact)
        self._note(facts, day)

    def _note(self, facts: Sequence[Event], day: date) -> None:
        """Remember facts by which the account was moved on."""
        self._billed.note(facts)
        self._events += facts
        self._recorded += len(facts)
        for fact in facts:
            apply_payment_history(self._payments, fact)
            if self._policy is not None and not _is_shown_elsewhere(fact):
                self._days_told.append(Happened(day, fact))

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


def _turn(entry: Entry) -> tuple[date, bool]:
    """Day by day; on each day first the changes, then the payments."""
    return entry.recorded_on, isinstance(entry.fact, PaymentReceived)


def _is_shown_elsewhere(fact: Event) -> bool:
    """Whether it is shown among charges and documents, or follows from a payment."""
    return isinstance(fact, SHOWN_ELSEWHERE) or (isinstance(fact, ChargesPosted) and not fact.is_by_hand)
