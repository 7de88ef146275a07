"""What a dunning policy does on an account of a scenario: its steps, what they do, suspensions, returns and promises.

The rules are those of the live system. Messages are not sent: each step names its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from billing_core.accounts.account import Account
from billing_core.accounts.items import charge_once
from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.catalogue.yearly_fees import yearly_fees
from billing_core.dunning.facts import DunningStepTaken
from billing_core.dunning.ladder import Debtor, due_steps
from billing_core.dunning.policies import DunningPolicy, Step, Terminate, WriteOff
from billing_core.dunning.suspensions import ServiceDunned, suspensions_wanted
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, rounded
from billing_core.payments.giving_back import write_off
from billing_core.promises import end_promise
from billing_core.services.changes import suspend
from billing_core.services.events import SubscriptionResumed, SubscriptionSuspended, SubscriptionTerminated
from billing_core.services.holds import resume
from billing_core.services.subscriptions import Subscription
from billing_core.services.terminations import Notice, terminate
from billing_core.services.terms_in_force import TermsInForce
from billing_core.time.due_dates import Calendar

MONTHS_A_YEAR = 12


class PlayedPolicy:
    """A policy on a moving clock. The account is moved on by the events of each answer before the next question."""

    def __init__(self, policy: DunningPolicy, catalogue: Catalogue, calendar: Calendar) -> None:
        self._policy = policy
        self._catalogue = catalogue
        self._calendar = calendar

    @property
    def returns_at_once(self) -> bool:
        return self._policy.returns == "at-once"

    def ended_promise(self, account: Account, today: date) -> Sequence[Event]:
        """The open promise is kept or broken, if it is time."""
        return end_promise(account.promises, today)

    def due(self, account: Account, today: date) -> Sequence[DunningStepTaken]:
        """The steps of the day."""
        return due_steps(self._policy, self._debtor(account, today), today, self._calendar)

    def done(self, account: Account, fact: DunningStepTaken, number: int) -> list[Event]:
        """What a step does in addition to its message; `number` distinguishes its fee from other items."""
        step = self._step(fact)
        events: list[Event] = []
        if step.fee is not None:
            net = Money(step.fee.amount, account.currency)
            events += charge_once(account, number, step.fee.description, net, step.fee.vat_rate, fact.effective_on)
        for action in step.actions:
            match action:
                case Terminate(reason=reason):
                    events += _ended(account, reason, fact.effective_on)
                case WriteOff(reason=reason):
                    for item in fact.items:
                        events += write_off(account.ledger, item.invoice, None, reason, fact.effective_on)
        return events

    def settled(self, account: Account, today: date, *, returns: bool) -> list[Event]:
        """Suspend what is to be suspended and is not; with `returns` resume what is suspended and is not to be."""
        services = services_dunned(account, self._policy, today)
        wanted = suspensions_wanted(self._policy, self._debtor(account, today), services, account.ledger.balance, today)
        events: list[Event] = []
        for code, service in services.items():
            subscription = account.subscriptions[code]
            if code in wanted and not service.is_suspended:
                suspended = SubscriptionSuspended(effective_on=today, subscription=code, reason=wanted[code])
                events += suspend(subscription, suspended, today)
            elif returns and service.is_suspended and code not in wanted:
                resumed = SubscriptionResumed(effective_on=today, subscription=code)
                events += resume(subscription, resumed, self._catalogue)
        return events

    def _step(self, fact: DunningStepTaken) -> Step:
        place = self._policy.place_of(fact.step)
        assert place is not None
        return self._policy.steps[place]

    def _debtor(self, account: Account, today: date) -> Debtor:
        return Debtor(account.ledger.open_items, account.dunning, monthly_fees(account, self._catalogue, today))


def services_dunned(account: Account, policy: DunningPolicy, today: date) -> dict[str, ServiceDunned]:
    """The services that are active, or suspended by the policy or by its earlier publications."""
    taken = {step.suspends for steps in account.dunning.taken.values() for step in steps if step.suspends}
    reasons = taken | {step.suspension.reason for step in policy.steps if step.suspension is not None}
    tolerance = account.plan.tolerance_days if policy.tolerance_days is None else policy.tolerance_days
    return {
        code: ServiceDunned(tolerance, terms.reason in reasons)
        for code, terms in _in_force(account, today)
        if terms.status == "active" or terms.reason in reasons
    }


def monthly_fees(account: Account, catalogue: Catalogue, today: date) -> Money:
    """The recurring fees of a month at list prices, of the services that are not over."""
    yearly = sum(
        (
            yearly_fees(tariff_named(catalogue, terms.tariff), today) * Fraction(terms.quantity)
            for _, terms in _in_force(account, today)
        ),
        Fraction(0),
    )
    return rounded(yearly / MONTHS_A_YEAR, account.currency)


def _in_force(account: Account, today: date) -> Iterator[tuple[str, TermsInForce]]:
    for code, subscription in account.subscriptions.items():
        terms = _terms_on(subscription, today)
        if terms is not None and terms.status != "terminated":
            yield code, terms


def _terms_on(subscription: Subscription, on: date) -> TermsInForce | None:
    return next((segment.in_force for segment in subscription.segments() if segment.contains(on)), None)


def _ended(account: Account, reason: str, today: date) -> Iterator[Event]:
    for code, _ in _in_force(account, today):
        fact = SubscriptionTerminated(effective_on=today, subscription=code, reason=reason)
        yield from terminate(account.subscriptions[code], fact, Notice(today, today), is_waived=True)
