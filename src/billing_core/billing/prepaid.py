"""Prepaid accounts: a period's fee is taken from the balance at its start if there is enough, else the service waits.

On each day on which something is due:

1. A service that was suspended for insufficient funds is resumed, if the balance has reached the threshold and covers
   the charges then due: the rest of the period on the old grid, or a whole period on a new one that begins on this day.
   This is decided for the first day on which there may be enough: when money comes in or becomes free, when something
   is due on the account, and when a change of one of its services takes effect (`changes_ahead`). Days that pass bring
   back nothing: no rest of a period is sold because it gets shorter. It is never decided for a past day, on which the
   service was not active.
2. Charges due are posted if the balance of that day covers them: balance - fee >= floor. Money counts from the day on
   which it was received. The floor is the threshold of suspension, or zero less the credit limit, less temporary credit
   and what is promised. A balance exactly at the floor is still served.
3. If it does not, the services that were sold last are suspended first, from this day on; or, if the plan sells days,
   from the day up to which the money lasts. Charges for a service that was used are posted in any case, and so are
   those of a service on hold or suspended for another reason: no payment ends that.

Services that are billed afterwards (`Prepaid.postpaid_tariffs`) depend on no balance; what is open for them takes of it
once it is due, unless the plan says otherwise (`Account.money_on`).

How money and people get along on one timeline is in `services.timeline`.

Worked example: 30.00 a month (30 days), balance 20.00.

    whole periods   nothing is charged, suspended from the 1st
    days            [1st, 21st) 20.00 charged, suspended from the 21st; 10.00 paid on the 25th buy [25th, 1st) for 6.00

The balance is 5.00, and a tariff of 4.00 was agreed on from the 16th on:

    1st             15 days at 30.00 and 15 at 4.00 cost 17.00: suspended
    16th            15 days at 4.00 cost 2.00: resumed, though no money came
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from billing_core.accounts.account import Account
from billing_core.accounts.plans import Prepaid
from billing_core.billing.changes_ahead import next_change_on
from billing_core.billing.prepaid_plan import Plan, Trial, is_to_come
from billing_core.billing.run import Bill, Rating
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.charging.charges import BilledThrough, Charge
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.events import NO_MONEY, SubscriptionEvent, SubscriptionResumed, SubscriptionSuspended


def decide_prepaid(
    account: Account,
    catalogue: Catalogue,
    on: date,
    history: BillingHistory | None = None,
    today: date = date.min,
    memo: MemoOfIdenticalSubscriptions | None = None,
) -> Bill | None:
    """The bill of a prepaid account on a day, with the services it suspends or resumes; None if nothing is due.

    A service that waits for money on a past day is decided today: it was not active, so that day is not charged. So is
    one that is suspended on a past day for which money came in too late.
    """
    plan = Plan(Rating(account, catalogue, on, history, memo, TariffsOfAccount(account.subscriptions)))
    waiting = _waiting(account, on)
    for code in waiting if today <= on else ():
        _resume(plan, code, on)
    _suspend_unpaid(plan, on)
    bill = plan.bill()
    if bill is None:
        return None
    for_today = _waiting(plan.account, on) if account.ledger.received_after(on).amount > 0 else waiting
    looks_on = today if on < today and for_today else _looks_on(plan.account, catalogue, on)
    again = _due_again(plan, bill, looks_on, on)
    if not plan.facts and not again:
        return bill
    return msgspec.structs.replace(bill, facts=tuple(plan.facts), billed_through=bill.billed_through | again)


def _waiting(account: Account, on: date) -> list[str]:
    """The services that wait for money on a day."""
    return [entry.code for entry in account.subscriptions.values() if entry.waits_for_money_on(on) == on]


def _resume(plan: Plan, code: str, on: date) -> None:
    """Plan to have a service back, if the money is enough to have it, also if its days were charged before."""
    terms = _terms(plan)
    resume_at = plan.account.resume_at_on(on)
    if resume_at is not None and plan.left() < resume_at:
        return
    anchor = on if terms.resume_on == "new-grid" else None
    back = SubscriptionResumed(
        effective_on=on, subscription=code, anchored_on=anchor, reason=NO_MONEY, lifted_by="money"
    )
    trial: Trial | None = plan.tried(code, back)
    if not plan.is_at_floor(trial):
        trial = _with_days(plan, code, on, back) if terms.covers == "days" else None
    if trial is not None:
        plan.accept(trial)


def _suspend_unpaid(plan: Plan, on: date) -> None:
    """Plan to be without the services that the money does not pay for."""
    if plan.is_covered():
        return
    for code in _sold_last(plan, on):
        days = _with_days(plan, code, on) if _terms(plan).covers == "days" else None
        plan.accept(days or plan.tried(code, _suspended(code, on)))
        if plan.is_covered():
            return


def _sold_last(plan: Plan, on: date) -> Iterator[str]:
    """The services that depend on the balance, those whose fees are last on the bill first."""
    for code in reversed(list(plan.account.subscriptions)):
        charges, _ = plan.decisions.get(code, ((), None))
        segments = plan.account.subscriptions[code].segments() if charges else []
        begins = [max(line.from_on, on) for line in charges
                  if _is_fee(line, on) and not plan.account.is_postpaid(line.tariff)]  # fmt: skip
        if any(
            entry.contains(begins_on) and entry.in_force.status == "active"
            for begins_on in begins
            for entry in segments
        ):
            yield code


def _with_days(plan: Plan, code: str, on: date, *facts: SubscriptionEvent) -> Trial | None:
    """As many days of a service, after some changes of it, as the money buys; None if it buys none."""
    whole = plan.tried(code, *facts)
    charged_until = whole.charged_until()
    if charged_until is None:
        return None
    ends_on = min(charged_until, whole.subscription.segments()[-1].to_on or charged_until)
    fewest, most = 0, (ends_on - on).days
    best: Trial | None = None
    while most - fewest > 1:
        days = (fewest + most) // 2
        trial = plan.tried(code, *facts, _suspended(code, on + timedelta(days=days)))
        if plan.is_covered(trial):
            fewest, best = days, trial
        else:
            most = days
    return best


def _suspended(code: str, on: date) -> SubscriptionSuspended:
    return SubscriptionSuspended(effective_on=on, subscription=code, reason=NO_MONEY, lifted_by="money")


def _looks_on(account: Account, catalogue: Catalogue, on: date) -> date | None:
    """The first later day on which the money may be enough by what is planned for the services of the account."""
    services = account.subscriptions.values()
    since = [waits_on for entry in services if (waits_on := entry.waits_for_money_on(on)) is not None]
    return next_change_on(services, catalogue, max(min(since), on + ONE_DAY)) if since else None


def _due_again(plan: Plan, bill: Bill, looks_on: date | None, on: date) -> dict[str, BilledThrough]:
    """The services that wait for money by then, each due again on the day of the next look, if nothing is due before.

    A day that was noted for a change which was taken back since is forgotten.
    """
    found = {}
    for code, subscription in plan.account.subscriptions.items():
        known = bill.billed_through.get(code)
        if subscription.waits_for_money_on(on) is None or (known := known or plan.due_next(code)) is None:
            continue
        next_due_on = min((day for day in (known.next_due_on, looks_on) if day is not None), default=None)
        if code in bill.billed_through or next_due_on != subscription.next_due_on:
            found[code] = msgspec.structs.replace(known, next_due_on=next_due_on)
    return found


def _terms(plan: Plan) -> Prepaid:
    assert plan.account.prepaid is not None
    return plan.account.prepaid


def _is_fee(line: Charge, on: date) -> bool:
    return line.kind == "recurring" and line.amount.amount > 0 and is_to_come(line, on)
