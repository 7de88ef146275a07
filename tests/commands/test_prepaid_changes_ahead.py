"""A service that waits for money is back on the day on which a change makes what is there enough, by itself.

A month costs 30.00, 1.00 for each day of June, and 5.00 are there. A cent more comes on the 10th, so that the account
is decided between the news of a change and its day, the 15th, from which on there are 16 days of June.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.tariffs import Revision, Tariff
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionDiscountGranted,
    SubscriptionHeld,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionTariffChanged,
)
from commands.simulation import Entry, Outcome, RunOutcome, Scenario, ScenarioAccount, play
from tests.billing_core.price_lists import fee, monthly_from, off, on_top, tariff
from tests.commands.test_prepaid import june, learnt, told

NET, SMALL = tariff("net", fee("30.00")), tariff("small", fee("4.00"))
CHANGE_ON, CENT = june(15), (june(10), "0.01")


def lived(
    learnt_later: Sequence[Entry] = (), lists: Sequence[Tariff] = (NET, SMALL), other: str = "",
    paid: Sequence[tuple[date, str]] = ((june(1), "5.00"), CENT), terms: Prepaid | None = None,
) -> list[RunOutcome]:  # fmt: skip
    """The runs of 14, 15 and 30 June for a service on the list "net"; `other` is the list of one sold before it."""
    sold = {"S0": other, "S1": "net"} if other else {"S1": "net"}
    facts: list[SubscriptionActivated | PaymentReceived] = [
        SubscriptionActivated(effective_on=june(1), subscription=code, tariff=of) for code, of in sold.items()
    ]
    facts += [
        PaymentReceived(effective_on=on, customer="A1", source="desk", reference=str(number),
                        amount=Money(Decimal(amount), "EUR"))
        for number, (on, amount) in enumerate(paid)
    ]  # fmt: skip
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=0, prepaid=terms or Prepaid())
    entries = [*(Entry(fact.effective_on, fact, "") for fact in facts), *learnt_later]
    account = ScenarioAccount("A1", plan, entries, "")
    return play(Scenario("EUR", {each.code: each for each in lists}, [account], [june(14), june(15), june(30)], {}))


def test_a_cheaper_tariff_that_was_planned_brings_the_service_back_on_its_day():
    """16 days at 4.00 are 2.13. On the 10th 5 days at 30.00 go before them, 7.13 in all."""
    planned = learnt(june(5), SubscriptionTariffChanged(effective_on=CHANGE_ON, subscription="S1", tariff="small"))

    assert told(lived([planned])) == ["5.01 suspended", "15 Jun-01 Jul 2.13; 2.88 active", "2.88 active"]


def test_a_new_grid_begins_on_the_day_of_the_change():
    planned = learnt(june(5), SubscriptionTariffChanged(effective_on=CHANGE_ON, subscription="S1", tariff="net-own"))
    lists = tariff("net", fee("30.00", align="own")), tariff("net-own", fee("4.00", align="own"))

    assert told(lived([planned], lists, terms=Prepaid(resume_on="new-grid"))) == [
        "5.01 suspended", "15 Jun-15 Jul 4.00; 1.01 active", "1.01 active",
    ]  # fmt: skip


def test_a_change_that_leaves_too_little_brings_nothing_back_and_neither_do_the_days_that_pass():
    """16 days at 9.50 are 5.07. From the 16th on the rest costs less than 5.01, but nothing happens on these days."""
    planned = learnt(june(5), SubscriptionPriceChanged(effective_on=CHANGE_ON, subscription="S1",
                                                       agreed_prices={"monthly": Decimal("9.50")}))  # fmt: skip

    assert told(lived([planned])) == ["5.01 suspended"] * 3


@pytest.mark.parametrize("learnt_on", [june(5), june(14)])
def test_an_agreed_price_ends_and_the_cheaper_list_price_holds_again(learnt_on: date):
    agreed = learnt(learnt_on, SubscriptionPriceChanged(
        effective_on=june(2), subscription="S1", agreed_prices={"monthly": Decimal("60.00")}, agreed_until=CHANGE_ON,
    ))  # fmt: skip

    assert told(lived([agreed], [tariff("net", fee("9.00"))])) == [
        "5.01 suspended", "15 Jun-01 Jul 4.80; 0.21 active", "0.21 active",
    ]  # fmt: skip


DATED = tariff("net", monthly_from({"2020-01-01": "30.00", CHANGE_ON.isoformat(): "4.00"}))
REVISED = Tariff(code="net", name="Net", currency="EUR", components=NET.components,
                 revisions=(Revision(valid_from=CHANGE_ON, components=SMALL.components),))  # fmt: skip
DISCOUNTED = tariff("net", fee("30.00"), off("90", valid_from=CHANGE_ON))
SURCHARGED = tariff("net", fee("3.00"), on_top(None, amount="27.00", valid_to=CHANGE_ON))


@pytest.mark.parametrize(
    ("listed", "left"), [(DATED, "2.88"), (REVISED, "2.88"), (DISCOUNTED, "3.41"), (SURCHARGED, "3.41")]
)
def test_the_price_list_is_cheaper_from_a_day_on(listed: Tariff, left: str):
    """16 days at 4.00 are 2.13, at 3.00 they are 1.60."""
    outcomes = lived(lists=[listed])

    assert states(outcomes) == ["suspended", "active", "active"]
    assert account_of(outcomes[-1]).balance.amount == Decimal(left)


def test_the_discount_that_a_customer_was_granted_begins():
    granted = SubscriptionDiscountGranted(effective_on=june(5), subscription="S1",
                                          discount=off("90", valid_from=CHANGE_ON))  # fmt: skip

    assert states(lived([learnt(june(5), granted)])) == ["suspended", "active", "active"]


def test_a_bundle_begins_with_the_change_of_another_service():
    """The other service costs 10.00 and is paid; its change within charged days is compared when it is learnt."""
    both = [tariff("net", fee("30.00"), off("90", bundle=("tv2",))), tariff("tv", fee("10.00")),
            tariff("tv2", fee("10.00"))]  # fmt: skip
    changed = learnt(june(5), SubscriptionTariffChanged(effective_on=CHANGE_ON, subscription="S0", tariff="tv2"))

    assert states(lived([changed], both, other="tv", paid=[(june(1), "15.00"), CENT])) == [
        "suspended", "active", "active",
    ]  # fmt: skip


def test_a_change_that_is_cancelled_brings_nothing_back():
    planned = SubscriptionTariffChanged(effective_on=CHANGE_ON, subscription="S1", tariff="small")
    cancelled = SubscriptionChangeCancelled(effective_on=CHANGE_ON, subscription="S1", kind="change-tariff")

    assert states(lived([learnt(june(5), planned), learnt(june(7), cancelled)])) == ["suspended"] * 3


def test_a_day_that_was_noted_for_a_change_of_another_service_is_forgotten_with_the_change():
    """The other service is on hold. On the 19th 12 days cost 12.00, and 12.34 of credit are there."""
    held = SubscriptionHeld(effective_on=june(1), subscription="S0")
    agreed = SubscriptionPriceChanged(effective_on=june(1), subscription="S0", agreed_until=june(19),
                                      agreed_prices={"monthly": Decimal("30.00")})  # fmt: skip
    for_good = msgspec.structs.replace(agreed, effective_on=june(2), agreed_until=None)
    terms, later = Prepaid(credit_limit=Decimal("12.34")), [learnt(june(1), held), learnt(june(1), agreed)]

    assert states(lived(later, other="net", paid=(), terms=terms)) == ["suspended", "suspended", "active"]
    later.append(learnt(june(2), for_good))
    assert states(lived(later, other="net", paid=(), terms=terms)) == ["suspended"] * 3


def test_of_two_changes_the_second_is_looked_at_too():
    """Of what is 3 times as much from the 12th on, a tenth is left from the 15th on: 16 days cost 1.60."""
    more, less = (SubscriptionQuantityChanged(effective_on=on, subscription="S1", quantity=Decimal(quantity))
                  for on, quantity in ((june(12), "3"), (CHANGE_ON, "0.1")))  # fmt: skip

    assert states(lived([learnt(june(3), less), learnt(june(4), more)])) == ["suspended", "active", "active"]


def states(outcomes: Sequence[RunOutcome]) -> list[str]:
    """How the service is after each run."""
    return [account_of(outcome).state["S1"] for outcome in outcomes]


def account_of(outcome: RunOutcome) -> Outcome:
    return outcome.accounts["A1"]
