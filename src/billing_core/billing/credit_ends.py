"""The end of a credit on a prepaid account: the services that go when the balance lies below its floor without it.

The services that were sold last are suspended first, until the balance, with what is credited of the unused days, is
at the floor again or no service is left. A balance exactly at the floor is still served.

    credit of 20.00 up to 9 March, 31.00 a month charged on 1 March from a balance of 11.00: -20.00

    10 March    floor 0.00, balance -20.00: suspended for insufficient funds, 22 of 31 days are credited: 2.00
    (11.00 paid on 9 March, -9.00: suspended too, as a credit of 22.00 makes 13.00 at the floor or above)
    (20.00 paid on 9 March, 0.00: still served)

Also says how much money a prepaid account lacks to have its waiting services back.
"""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.billing.prepaid_plan import Plan, is_postpaid_on
from billing_core.billing.run import Rating
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.money import Money, zero
from billing_core.services.events import NO_MONEY, SubscriptionEvent, SubscriptionResumed, SubscriptionSuspended
from billing_core.services.subscriptions import Subscription


def suspended_without_credit(
    account: Account, catalogue: Catalogue, history: BillingHistory, on: date
) -> list[SubscriptionEvent]:
    """The suspensions of a prepaid account whose credit has ended; none if its balance is at the floor or above."""
    floor = account.floor_on(on)
    if floor is None or floor <= account.money_on(on).amount:
        return []
    plan = _plan(account, catalogue, history, on)
    for code, subscription in reversed(account.subscriptions.items()):
        if plan.facts and floor <= plan.left():
            break
        if _is_active(subscription, on) and not is_postpaid_on(account, code, on):
            suspended = SubscriptionSuspended(effective_on=on, subscription=code, reason=NO_MONEY)
            plan.accept(plan.tried(code, suspended))
    return plan.facts


def missing_money(account: Account, catalogue: Catalogue, history: BillingHistory, on: date) -> Money:
    """What a prepaid account lacks to have all services back that wait for money; zero if none does.

    A service of 30.00 waits, the balance is 20.00    10.00; 15.00 if the plan resumes at 35.00
    """
    nothing = zero(account.currency)
    floor, terms = account.floor_on(on), account.prepaid
    waiting = [code for code, each in account.subscriptions.items() if each.waits_for_money_on(on) == on]
    if floor is None or terms is None or not waiting:
        return nothing
    plan = _plan(account, catalogue, history, on)
    resume_at = account.resume_at_on(on)
    threshold = nothing.amount if resume_at is None else resume_at - plan.left()
    anchor = on if terms.resume_on == "new-grid" else None
    for code in waiting:
        back = SubscriptionResumed(effective_on=on, subscription=code, anchored_on=anchor, reason=NO_MONEY)
        plan.accept(plan.tried(code, back))
    return Money(max(nothing.amount, threshold, floor - plan.left()), account.currency)


def _plan(account: Account, catalogue: Catalogue, history: BillingHistory, on: date) -> Plan:
    return Plan(Rating(account, catalogue, on, history, None, TariffsOfAccount(account.subscriptions)))


def _is_active(subscription: Subscription, on: date) -> bool:
    return any(each.contains(on) and each.in_force.status == "active" for each in subscription.segments())
