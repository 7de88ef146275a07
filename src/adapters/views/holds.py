"""Whether a service can be put on hold, what speaks against it, and what it costs."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.views.query import Query, Reading
from billing_core.accounts.debtor import overdue_debt
from billing_core.kernel.money import Money
from billing_core.services.events import SubscriptionHeld
from billing_core.services.hold_conditions import HoldObjection
from billing_core.services.holds import objections_to
from billing_core.services.terms import in_force_on
from commands.accounts import load_account
from commands.platform.ports import Transaction
from commands.self_care.hold_offers import HoldOffer, hold_offer
from commands.services.subscriptions import subscription_of, tariffs_of


class CheckHold(Query, frozen=True, kw_only=True):
    """Whether a customer may have a service on hold from the date `on`, today unless it is named, until `until`.

    Every reason against it is answered, and the prices, without holding anything.
    """

    account: str
    subscription: str
    on: date | None = None
    until: date | None = None


class HoldCheck(msgspec.Struct):
    """Whether the hold is possible, on which days, and on which terms.

    `possible_on` is the first day on which it could begin, if another day helps. `offer` is None if the tariff has no
    terms for a hold.
    """

    is_possible: bool
    objections: list[HoldObjection]
    possible_on: date | None
    begins_on: date
    until: date | None
    debt: Money
    offer: HoldOffer | None


def check_hold(query: CheckHold, reading: Reading) -> HoldCheck:
    """The answer, on the facts of now."""
    found: HoldCheck = reading.app.bus.look(lambda transaction: _checked(query, transaction, reading.today))
    return found


def _checked(query: CheckHold, transaction: Transaction, today: date) -> HoldCheck:
    account, _ = load_account(transaction, query.account)
    subscription = subscription_of(account, query.subscription)
    catalogue, debt = tariffs_of(subscription, transaction), overdue_debt(account, today)
    begins_on = query.on or today
    held = SubscriptionHeld(effective_on=begins_on, subscription=subscription.code)
    objections = objections_to(subscription, held, query.until, catalogue, debt, today)
    in_force = in_force_on(subscription, max(today, subscription.activated_on))
    days = [each.possible_on for each in objections]
    is_a_matter_of_days = days and None not in days
    return HoldCheck(
        is_possible=not objections, objections=objections,
        possible_on=max(day for day in days if day is not None) if is_a_matter_of_days else None,
        begins_on=begins_on, until=query.until, debt=debt,
        offer=hold_offer(account, subscription.code, catalogue[in_force.tariff], in_force, today),
    )  # fmt: skip
