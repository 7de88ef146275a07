"""Whom a revision concerns, and that a late one is charged as if it had been known."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.billing.repricing import (
    Repricing,
    concerns,
    in_force_or_none,
    kept_components,
    reprice,
    repricing,
    with_prices,
)
from billing_core.catalogue.components import AnyComponent, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision, Tariff, revised
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import InvalidValue
from billing_core.services.events import NO_MONEY
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change, TermsInForce
from billing_core.time.period_rules import PeriodRule
from tests.billing_core.price_lists import monthly, tariff
from tests.billing_core.subscriber import Subscriber

MARCH, APRIL, JUNE = date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1)
NET = tariff("net", monthly("20.00", code="fee"))


def cheaper_or_dearer(price: str, on: date = APRIL, net: Tariff = NET) -> Repricing:
    return repricing(net, with_prices(net, {"fee": Decimal(price)}, on))


def standing(tariff: str = "net", agreed: dict[str, Decimal] | None = None, **details: object) -> TermsInForce:
    return msgspec.structs.replace(TermsInForce("active", tariff, agreed or {}), **details)


# --- whom


def test_who_is_on_the_tariff_at_the_list_price_is_concerned():
    change = cheaper_or_dearer("22.00")

    assert concerns(change, standing())
    assert not concerns(change, standing("tv"))
    agreed = standing(agreed={"fee": Decimal(18)})
    assert not concerns(change, agreed)
    assert kept_components(change, agreed) == ["fee"]
    assert kept_components(change, standing()) == []


def test_a_change_of_more_than_the_price_concerns_whoever_agreed_one():
    other_vat = repricing(NET, Revision(valid_from=APRIL, components=(monthly("20.00", "10", code="fee"),)))

    assert concerns(other_vat, standing(agreed={"fee": Decimal(18)}))


def test_an_option_concerns_those_who_chose_it():
    def sport(price: str) -> AnyComponent:
        prices = (Price(amount=Decimal(price), valid_from=date(2020, 1, 1)),)
        return Recurring(code="sport", name="Sport", vat_rate=Decimal(0), prices=prices, is_option=True)

    tv = tariff("tv", monthly("9.00"), sport("5.00"))
    change = repricing(tv, with_prices(tv, {"sport": Decimal(6)}, APRIL))

    assert concerns(change, standing("tv", options=("sport",)))
    assert not concerns(change, standing("tv"))


def subscription(charged_until: date | None, next_due_on: date | None = None, *later: Change) -> Subscription:
    activated = Change(date(2026, 1, 1), "activate", "net")
    due_on = next_due_on or charged_until
    return Subscription("S1", [activated, *later], next_due_on=due_on, charged_until=charged_until)


@pytest.mark.parametrize(
    ("entry", "from_on", "compared_from"),
    [
        (subscription(JUNE), APRIL, APRIL),
        (subscription(APRIL), APRIL, None),  # Nothing was charged for these days yet.
        (subscription(None), APRIL, None),
        (subscription(JUNE, None, Change(date(2026, 4, 10), "change-tariff", "tv")), APRIL, APRIL),
        (subscription(JUNE, None, Change(MARCH, "change-tariff", "tv")), APRIL, None),
        (subscription(JUNE, None, Change(date(2026, 5, 1), "change-tariff", "net")), MARCH, MARCH),
        (subscription(JUNE, None, Change(MARCH, "terminate")), APRIL, None),
        (subscription(JUNE, None, Change(MARCH, "change-price", "", {"fee": Decimal(18)},
                                         agreed_until=date(2026, 5, 1))), APRIL, date(2026, 5, 1)),
    ],
)  # fmt: skip
def test_what_was_charged_is_compared_from_the_first_day_that_costs_something_else(
    entry: Subscription, from_on: date, compared_from: date | None
):
    found = reprice(entry, [cheaper_or_dearer("22.00", from_on)])

    assert [fact.effective_on for fact in found] == ([] if compared_from is None else [compared_from])


def test_a_new_fee_that_is_due_sooner_is_looked_at_sooner():
    """A weekly fee from 10 April on: the subscription, charged until 1 May, would be looked at only then."""
    weekly = Recurring(code="support", name="Support", vat_rate=Decimal(0), period=PeriodRule(unit="week"),
                       prices=(Price(amount=Decimal(3), valid_from=MARCH),))  # fmt: skip
    revision = Revision(valid_from=date(2026, 4, 10), components=(monthly("20.00", code="fee"), weekly))
    change = repricing(NET, revision)

    (fact,) = reprice(subscription(APRIL, date(2026, 5, 1)), [change])
    assert fact.effective_on == date(2026, 4, 10)
    assert reprice(subscription(APRIL, date(2026, 4, 10)), [change]) == []


def test_a_service_that_waits_for_money_is_looked_at_on_the_day_of_the_change():
    """It is charged until 1 April and waits since: nothing else is due on the days that cost less then."""
    waits = Change(APRIL, "suspend", reason=NO_MONEY, charge_percent=Decimal(0), lifted_by="money")
    back = Change(date(2026, 4, 5), "resume", reason=NO_MONEY, lifted_by="money")
    cheaper = cheaper_or_dearer("2.00", date(2026, 4, 10))

    (fact,) = reprice(subscription(APRIL, date(2026, 5, 1), waits), [cheaper])
    assert fact.effective_on == date(2026, 4, 10)
    assert reprice(subscription(APRIL, date(2026, 5, 1), waits, back), [cheaper]) == []


# --- the revision


def test_the_same_revision_is_found_again_in_a_tariff_that_knows_it():
    change = cheaper_or_dearer("22.00")
    known = revised(NET, change.revision)

    assert repricing(known, change.revision) == change
    assert with_prices(known, {"fee": Decimal("22.00")}, APRIL) == change.revision


@pytest.mark.parametrize(
    ("code", "told"), [("rent", "is none of its components, fee, calls"), ("calls", "has prices for classes")]
)
def test_a_price_that_cannot_be_set_alone(code: str, told: str):
    prices = (Price(amount=Decimal(1), valid_from=MARCH, customer_class="business"),)
    calls = Recurring(code="calls", name="Calls", vat_rate=Decimal(0), prices=prices)

    with pytest.raises(InvalidValue, match=told):
        with_prices(tariff("net", monthly("20.00", code="fee"), calls), {code: Decimal(2)}, APRIL)


def test_what_holds_on_a_day():
    entry = subscription(JUNE, None, Change(APRIL, "terminate"))

    assert in_force_or_none(entry, MARCH) == standing()
    assert in_force_or_none(entry, APRIL) is None


# --- a late revision


@given(
    price=st.sampled_from(["0.00", "19.99", "33.33", "1000.00"]),
    begins=st.integers(0, 60),
    from_day=st.integers(-20, 120),
    learnt_after=st.integers(0, 4),
)
def test_a_revision_that_is_learnt_late_is_charged_as_if_it_had_been_known(
    price: str, begins: int, from_day: int, learnt_after: int
):
    activated_on = date(2026, 1, 1) + timedelta(days=begins)
    from_on = activated_on + timedelta(days=from_day)
    change = cheaper_or_dearer(price, from_on)
    revised_net = revised(NET, change.revision)
    runs = [date(2026, month, 5) for month in range(3, 9)]

    late, early = Subscriber(NET), Subscriber(revised_net)
    for anna in (late, early):
        anna.activate("net", activated_on)
    for number, on in enumerate(runs):
        if number == learnt_after:
            late.catalogue = {"net": revised_net}
            late.record(reprice(late.account.subscriptions["S1"], [change]))
        late.bill(on)
        early.bill(on)

    assert charged(late) == charged(early)


def charged(anna: Subscriber) -> Decimal:
    return sum(
        (charge.amount.amount for fact in anna.events if isinstance(fact, ChargesPosted) for charge in fact.charges),
        Decimal(0),
    )
