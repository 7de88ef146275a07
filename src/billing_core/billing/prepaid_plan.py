"""The charges of a prepaid account on a day if some of its services are suspended or resumed on it.

A plan keeps what is decided for each service, and the costs of all of it as sums by document and VAT rate. To try a
change of one service is to decide that one again, with those whose bundles require its tariffs, and to move the sums by
the difference: it takes no longer on an account with many services. Only if corrections of the past are credited is the
whole bill made for each trial, since what an invoice has left decides about their VAT.

Worked example, 20 % VAT: services of 20.00 and 10.00, balance 30.00.

    both                       30.00 + 6.00 = 36.00, left -6.00
    the second one suspended   sum 30.00 - 10.00 = 20.00, 20.00 + 4.00 = 24.00, left 6.00
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.composition import subject_of
from billing_core.billing.run import Bill, Rating, bill_of, decision_of, decisions_due, expected_of
from billing_core.charging.bundles import TariffsOfAccount, bundle_tariffs
from billing_core.charging.charges import BilledThrough, Charge
from billing_core.charging.identical import Decision
from billing_core.invoicing.invoices import Subject, TaxGroup, gross_of, invoice_amounts, tax_group
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.events import SubscriptionEvent
from billing_core.services.subscriptions import Subscription, apply_subscription
from billing_core.usage.control.grants import UsageGrants

NOTHING = Decimal(0)
Sums = dict[tuple[Subject | None, TaxGroup], Money]


class _Costs(NamedTuple):
    """The cost of days to come, the cost of everything with VAT, and the sums behind both."""

    to_come: Decimal
    gross: Decimal
    sums: Sums


class Trial(NamedTuple):
    """A service as it would be after some changes, and what is then decided for it and for those that depend on it.

    `to_come` and `gross` are what days to come and everything then cost; `sums` are those that are other ones.
    """

    facts: tuple[SubscriptionEvent, ...]
    subscription: Subscription
    decisions: Mapping[str, Decision | None]
    to_come: Decimal
    gross: Decimal
    sums: Sums

    def charged_until(self) -> date | None:
        """How far the service would be charged; None if nothing is decided for it."""
        decision = self.decisions[self.subscription.code]
        return None if decision is None else decision[1].charged_until


class Plan:
    """An account on a day, the changes of its services that are planned, and what is due then."""

    def __init__(self, rating: Rating) -> None:
        self.facts: list[SubscriptionEvent] = []
        self.decisions = decisions_due(rating)
        self._rating = rating
        self._found = bill_of(rating.account, self.decisions, rating.on, rating.history)
        self._costs: _Costs | None = None
        self._requiring: dict[str, list[str]] | None = None

    @property
    def account(self) -> Account:
        """The account as planned."""
        return self._rating.account

    def bill(self) -> Bill | None:
        """The bill that it gets; None if nothing is to be decided."""
        return self._bill(self.decisions) if self.facts else self._found

    def _bill(self, decisions: Mapping[str, Decision | None]) -> Bill | None:
        in_order = {code: found for code in self.account.subscriptions if (found := decisions.get(code)) is not None}
        return bill_of(self.account, in_order, self._rating.on, self._rating.history)

    def is_covered(self, trial: Trial | None = None) -> bool:
        """Whether nothing is taken for days to come, or there is enough for it with all else that is owed."""
        return not self._to_come(trial) > 0 or self.is_at_floor(trial)

    def is_at_floor(self, trial: Trial | None = None) -> bool:
        """Whether the balance after the bill is not below the floor of the day; one exactly at it is enough."""
        floor = self.account.floor_on(self._rating.on)
        assert floor is not None
        return floor <= self.left(trial)

    def _to_come(self, trial: Trial | None) -> Decimal:
        if trial is not None:
            return trial.to_come
        if self._costs is not None:
            return self._costs.to_come
        on = self._rating.on
        return sum(
            (
                line.amount.amount
                for charges, _ in self.decisions.values()
                for line in charges
                if is_to_come(line, on) and not self.account.is_postpaid(line.tariff)
            ),
            NOTHING,
        )

    def left(self, trial: Trial | None = None) -> Decimal:
        """The balance of the day after the bill, with VAT; what waits for a later invoice counts as taken.

        Money that came in later does not count yet, nor does money that is reserved for use that goes on. What is
        postpaid takes nothing before it is due.
        """
        account, on = self.account, self._rating.on
        balance = account.money_on(on) - prepaid_grants(account, on).held(account.currency, on)
        if self._rating.history is not None:
            bill = self._bill(self.decisions if trial is None else {**self.decisions, **trial.decisions})
        elif trial is not None:
            return balance.amount - trial.gross
        elif self._costs is not None:
            return balance.amount - self._costs.gross
        else:
            bill = self._found
        return (balance - _gross_of_documents(account, bill)).amount

    def tried(self, code: str, *facts: SubscriptionEvent) -> Trial:
        """The effect of some changes of a service; the plan is unchanged."""
        subscription = msgspec.structs.replace(self.account.subscriptions[code])
        for fact in facts:
            apply_subscription({code: subscription}, fact)
        decisions = {code: decision_of(subscription, self._rating)}
        dependent = self._depending_on(subscription)
        if dependent:
            account = self.account.with_changes(facts)
            rating = self._rating._replace(account=account, tariffs=TariffsOfAccount(account.subscriptions))
            decisions |= {other: decision_of(account.subscriptions[other], rating) for other in dependent}
        before = _lines(self.decisions.get(other) for other in decisions)
        return Trial(facts, subscription, decisions, *self._moved(self._summed(), before, _lines(decisions.values())))

    def accept(self, trial: Trial) -> None:
        """Plan the changes of a trial that was made of the plan as it is."""
        account = self.account if self.facts else self.account.with_changes(())
        code = trial.subscription.code
        account.subscriptions[code] = msgspec.structs.replace(account.subscriptions[code])
        for fact in trial.facts:
            account.apply(fact)
        self._rating = self._rating._replace(account=account, tariffs=TariffsOfAccount(account.subscriptions))
        self.facts += trial.facts
        for other, decision in trial.decisions.items():
            if decision is None:
                self.decisions.pop(other, None)
            else:
                self.decisions[other] = decision
        sums = self._summed().sums
        sums |= trial.sums
        self._costs = _Costs(trial.to_come, trial.gross, sums)

    def due_next(self, code: str) -> BilledThrough | None:
        """When something is due next of a service of which nothing is decided today; None before it was decided."""
        subscription, rating = self.account.subscriptions[code], self._rating
        if subscription.decided_on is None or subscription.charged_until is None:
            return None
        on = max(rating.on, subscription.decided_on)
        owed = expected_of(rating.account, subscription, rating.catalogue, rating.history, rating.tariffs)
        return owed.coming(on + ONE_DAY, on, subscription.charged_until)[1]

    def _depending_on(self, subscription: Subscription) -> list[str]:
        """The services whose bundles require a tariff of another one."""
        if self._requiring is None:
            self._requiring = defaultdict(list)
            for entry in self.account.subscriptions.values():
                for tariff in bundle_tariffs(entry, self._rating.catalogue):
                    self._requiring[tariff].append(entry.code)
        found = dict.fromkeys(code for tariff in subscription.tariffs() for code in self._requiring.get(tariff, ()))
        return [code for code in found if code != subscription.code]

    def _summed(self) -> _Costs:
        """The costs as sums, made when a trial needs them first."""
        if self._costs is None:
            lines = (*self.account.pending, *_lines(self.decisions.values()))
            self._costs = self._moved(_Costs(NOTHING, NOTHING, {}), (), lines)
        return self._costs

    def _moved(self, costs: _Costs, before: Iterable[Charge], after: Iterable[Charge]) -> _Costs:
        """The costs with some lines in place of others, and of the sums those that are other ones then."""
        to_come, gross = costs.to_come, costs.gross
        sums: Sums = {}
        for line, sign in (*((line, -1) for line in before), *((line, 1) for line in after)):
            if not self.account.takes_at_once(line):
                continue
            key = subject_of(self.account, line), tax_group(line)
            known = sums.get(key) or costs.sums.get(key) or zero(line.amount.currency)
            sums[key] = known + line.amount if sign > 0 else known - line.amount
            if is_to_come(line, self._rating.on) and not self.account.is_postpaid(line.tariff):
                to_come += sign * line.amount.amount
        for (subject, group), amount in sums.items():
            known = costs.sums.get((subject, group)) or zero(amount.currency)
            gross += (gross_of(amount, group) - gross_of(known, group)).amount
        return _Costs(to_come, gross, sums)


def _lines(decisions: Iterable[Decision | None]) -> Iterator[Charge]:
    return (line for decision in decisions if decision is not None for line in decision[0])


def prepaid_grants(account: Account, on: date) -> UsageGrants:
    """The grants of the services that are paid before."""
    if account.prepaid is None or not account.prepaid.postpaid_tariffs:
        return account.grants
    return account.grants.without({code for code in account.subscriptions if is_postpaid_on(account, code, on)})


def is_postpaid_on(account: Account, code: str, on: date) -> bool:
    """Whether a service is billed afterwards, by its tariff of a day, though the account is prepaid."""
    if account.prepaid is None or not account.prepaid.postpaid_tariffs:
        return False
    segments = account.subscriptions[code].segments()
    return any(each.contains(on) and account.is_postpaid(each.in_force.tariff) for each in segments)


def _gross_of_documents(account: Account, bill: Bill | None) -> Money:
    """What the documents of a bill take of the balance at once."""
    gross = zero(account.currency)
    if bill is None:
        return gross
    documents, open_items = bill.documents, account.ledger.open_items
    waits = account.prepaid is not None and account.prepaid.postpaid_waits
    for amounts in documents.invoices:
        gross = gross if waits and amounts.is_postpaid else gross + amounts.gross
    for corrected, amounts in documents.credit_notes.items():
        is_waiting = corrected in open_items and open_items[corrected].settled_from is not None
        gross = gross if is_waiting else gross + amounts.gross
    waiting = [line for line in documents.waiting if account.takes_at_once(line)]
    return gross + invoice_amounts(waiting).gross if waiting else gross


def is_to_come(line: Charge, on: date) -> bool:
    """A fee, or what is off it, for days to come, which is not charged while the service waits."""
    return line.kind in ("recurring", "discount", "surcharge") and line.corrects is None and line.to_on > on
