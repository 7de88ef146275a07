"""Prepaid accounts: a period's fee is taken from the balance at its start if there is enough, else the service waits.

On each day on which something is due:

1. A service that was suspended for money is resumed, if the balance has come to the threshold and covers what is then
   due: the rest of the period on the old grid, or a whole period on a new one that begins on this day. It is looked at
   when money comes and where a hold of it ends, and never for a day that is over, for it was not there on it.
2. What is due is charged if the balance covers it: balance - fee >= floor, where the floor is the threshold to suspend
   at, or what the credit limit allows. A balance exactly at the floor is still served.
3. Where it does not, the services that were sold last are suspended first, from this day on; or, where the plan sells
   days, from the day up to which the money lasts. What is owed for a service that was used is charged in any case, and
   so is what goes on for one that is on hold or suspended for another reason: no payment may lift that.

How money and people get along on one timeline is in `services.timeline`.

Worked example: 30.00 a month (30 days), balance 20.00.

    whole periods   nothing is charged, suspended from the 1st
    days            [1st, 21st) 20.00 charged, suspended from the 21st; 10.00 paid on the 25th buy [25th, 1st) for 6.00
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec

from billing_core.accounts.account import Account
from billing_core.accounts.plans import Prepaid
from billing_core.billing.run import Bill, bill_due
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import Charge, Reached
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory, invoice_amounts
from billing_core.services.events import (
    NO_MONEY,
    SubscriptionEvent,
    SubscriptionResumed,
    SubscriptionSuspended,
)
from billing_core.services.subscriptions import Subscription


class _Plan(msgspec.Struct):
    """An account as planned, the changes that make it so, and the bill that it would get."""

    account: Account
    facts: list[SubscriptionEvent]
    bill: Bill | None


def decide_prepaid(
    account: Account,
    catalogue: Catalogue,
    on: date,
    history: BillingHistory | None = None,
    today: date = date.min,
    memo: MemoOfIdenticalSubscriptions | None = None,
) -> Bill | None:
    """The bill of a prepaid account on a day, with the services it suspends or resumes; None where nothing is due.

    A service that waits for money on a day that is over is seen to today: it was not there, so nobody buys that day.
    """
    decider = _Decider(catalogue, on, history, memo)
    plan = decider.planned(account, [])
    waiting = [entry.code for entry in account.subscriptions.values() if entry.waits_for_money_on(on) == on]
    for code in waiting if today <= on else ():
        plan = decider.resumed(plan, code) or plan
    plan = decider.afforded(plan)
    if plan.bill is None:
        return None
    looks = _looks(plan, waiting if on < today else [], on, today)
    if not plan.facts and not looks:
        return plan.bill
    return msgspec.structs.replace(plan.bill, facts=tuple(plan.facts), reached=plan.bill.reached | looks)


def _looks(plan: _Plan, for_today: Collection[str], on: date, today: date) -> dict[str, Reached]:
    """The subscriptions that are due again because there may be money for them by then, with when they are."""
    assert plan.bill is not None
    found = {}
    for code, reached in plan.bill.reached.items():
        looks_on = today if code in for_today else _begins_to_wait_on(plan.account.subscriptions[code], on)
        if looks_on is not None:
            found[code] = msgspec.structs.replace(reached, next_due_on=min(reached.next_due_on or looks_on, looks_on))
    return found


def _begins_to_wait_on(subscription: Subscription, on: date) -> date | None:
    """The later day on which a service begins to wait, where its days or a hold end; the money may be there then."""
    if subscription.waits_for_money_on(on) is None:
        return None
    begins = (entry for before, entry in pairwise(subscription.segments()) if before.standing.reason != NO_MONEY)
    return next((entry.from_on for entry in begins if entry.standing.reason == NO_MONEY and on < entry.from_on), None)


class _Decider:
    """Tries plans against the balance of one day."""

    def __init__(
        self,
        catalogue: Catalogue,
        on: date,
        history: BillingHistory | None,
        memo: MemoOfIdenticalSubscriptions | None,
    ) -> None:
        self._catalogue = catalogue
        self._on = on
        self._history = history
        self._memo = memo

    def planned(self, account: Account, facts: list[SubscriptionEvent]) -> _Plan:
        """An account with the bill that it would get."""
        return _Plan(account, facts, bill_due(account, self._catalogue, self._on, self._history, self._memo))

    def resumed(self, plan: _Plan, code: str) -> _Plan | None:
        """The plan with a service back, if the money is enough to have it."""
        terms = _terms(plan.account)
        if terms.resume_at is not None and _left(plan) < terms.resume_at:
            return None
        anchor = self._on if terms.resume_on == "new-grid" else None
        back = SubscriptionResumed(effective_on=self._on, subscription=code, anchored_on=anchor, reason=NO_MONEY)
        tried = self._with(plan, back)
        if self._is_covered(tried):
            return tried
        return self._with_days(tried, code) if terms.covers == "days" else None

    def afforded(self, plan: _Plan) -> _Plan:
        """The plan without the services that the money does not pay for."""
        while not self._is_covered(plan):
            code = self._sold_last(plan)
            if code is None:
                return plan
            days = self._with_days(plan, code) if _terms(plan.account).covers == "days" else None
            plan = days or self._without(plan, code, self._on)
        return plan

    def _is_covered(self, plan: _Plan) -> bool:
        """Whether nothing is taken for days to come, or there is enough for it beside all else that is owed."""
        to_come = sum(line.amount.amount for line in _lines(plan) if _is_to_come(line, self._on))
        return not to_come > 0 or _terms(plan.account).floor <= _left(plan)

    def _sold_last(self, plan: _Plan) -> str | None:
        """The subscription whose fee is the last on the bill, of those that only go on for money."""
        stopped = {fact.subscription for fact in plan.facts if isinstance(fact, SubscriptionSuspended)}
        fees = [line for line in _lines(plan) if _is_fee(line, self._on) and line.subscription not in stopped]
        for fee in reversed(fees):
            begins_on = max(fee.from_on, self._on)
            segments = plan.account.subscriptions[fee.subscription].segments()
            if any(entry.contains(begins_on) and entry.standing.status == "active" for entry in segments):
                return fee.subscription
        return None

    def _with_days(self, plan: _Plan, code: str) -> _Plan | None:
        """The plan with as many days of a service as the money buys; None where it buys none."""
        assert plan.bill is not None
        charged_until = plan.bill.reached[code].charged_until
        ends_on = min(charged_until, plan.account.subscriptions[code].segments()[-1].to_on or charged_until)
        fewest, most = 0, (ends_on - self._on).days
        best: _Plan | None = None
        while most - fewest > 1:
            days = (fewest + most) // 2
            tried = self._without(plan, code, self._on + timedelta(days=days))
            if self._is_covered(tried):
                fewest, best = days, tried
            else:
                most = days
        return best

    def _without(self, plan: _Plan, code: str, on: date) -> _Plan:
        """The plan without a service from a day on."""
        return self._with(plan, SubscriptionSuspended(effective_on=on, subscription=code, reason=NO_MONEY))

    def _with(self, plan: _Plan, fact: SubscriptionEvent) -> _Plan:
        return self.planned(plan.account.with_changes([fact]), [*plan.facts, fact])


def _terms(account: Account) -> Prepaid:
    assert account.prepaid is not None
    return account.prepaid


def _left(plan: _Plan) -> Decimal:
    """The balance after the bill, with VAT; what waits for a later invoice counts as taken."""
    left = plan.account.ledger.balance
    if plan.bill is not None:
        documents = plan.bill.documents
        waiting = [invoice_amounts(documents.waiting)] if documents.waiting else []
        for amounts in (*documents.invoices, *documents.credit_notes.values(), *waiting):
            left = left - amounts.gross
    return left.amount


def _lines(plan: _Plan) -> tuple[Charge, ...]:
    return plan.bill.charges if plan.bill is not None else ()


def _is_to_come(line: Charge, on: date) -> bool:
    """A fee, or what is off it, for days to come, which is not charged where the service waits."""
    return line.kind in ("recurring", "discount", "surcharge") and line.corrects is None and line.to_on > on


def _is_fee(line: Charge, on: date) -> bool:
    return line.kind == "recurring" and line.amount.amount > 0 and _is_to_come(line, on)
