"""Usage of a period: the quantities used in it, by the model that was in force when they were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.pricing import Graduated, Percentage, Tier, UsagePricing, Volume
from billing_core.catalogue.tariffs import Revision, revised
from billing_core.charging.charges import explain
from tests.billing_core.books import audit
from tests.billing_core.price_lists import fee, off, tariff, usage
from tests.billing_core.subscriber import Subscriber, short, told

TEN_FREE = Graduated(tiers=(Tier(up_to=Decimal(10), unit=Decimal(0)), Tier(unit=Decimal(1))))
TIERS = (
    Tier(up_to=Decimal(10), unit=Decimal(10), flat=Decimal(2)),
    Tier(unit=Decimal(5), flat=Decimal(3)),
)


def renamed(component: AnyComponent, name: str) -> AnyComponent:
    return msgspec.structs.replace(component, name=name)


def subscribed(*components: AnyComponent, on: str = "2026-01-01") -> Subscriber:
    subscriber = Subscriber(tariff("net", *components), tariff("fast", usage("2.00")))
    subscriber.activate("net", on)
    return subscriber


def test_what_was_used_in_a_month_is_charged_when_it_is_over():
    """12 units, graduated: 10 x 10 + 2 and 2 x 5 + 3 are 115.00."""
    subscriber = subscribed(usage(Graduated(tiers=TIERS)))
    subscriber.use("8", "2026-01-03")
    subscriber.use("4", "2026-01-31")
    subscriber.use("1", "2026-02-01")

    assert subscriber.owed("2026-01-31") == []
    (january,) = subscriber.owed("2026-02-28")
    assert short([january]) == ["data 01 Jan - 01 Feb: 115.00"]
    assert explain(january) == "used 12; 10 at 10 + flat 2; 2 at 5 + flat 3, price list net"
    assert short(subscriber.owed("2026-03-01"))[1:] == ["data 01 Feb - 01 Mar: 12.00"]


def test_a_month_without_usage_costs_nothing_unless_the_flat_fee_is_due_at_zero():
    without = subscribed(usage(Graduated(tiers=TIERS)))
    with_flat = subscribed(usage(Volume(tiers=TIERS, flat_at_zero=True)))

    assert without.owed("2026-03-01") == []
    assert short(with_flat.owed("2026-03-01")) == ["data 01 Jan - 01 Feb: 2.00", "data 01 Feb - 01 Mar: 2.00"]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Percentage(rate=Decimal(10), free_events=1), "5.00"),  # The first event, of 100, is free.
        (Percentage(rate=Decimal(10), free_volume=Decimal(120)), "3.00"),
    ],
)
def test_events_count_in_order_of_their_days(model: UsagePricing, expected: str):
    """50 on the 20th are learnt before 100 on the 10th."""
    subscriber = subscribed(usage(model))
    subscriber.use("50", "2026-01-20")
    subscriber.use("100", "2026-01-10")

    assert short(subscriber.owed("2026-02-01")) == [f"data 01 Jan - 01 Feb: {expected}"]


def test_the_usage_of_each_tariff_is_priced_on_its_own():
    subscriber = subscribed(usage("1.00"))
    subscriber.use("3", "2026-01-10")
    subscriber.change_tariff("fast", "2026-01-11")
    subscriber.use("3", "2026-01-11")

    assert short(subscriber.owed("2026-02-01")) == ["data 01 Jan - 11 Jan: 3.00", "data 11 Jan - 01 Feb: 6.00"]


def test_usage_under_another_rule_in_between_is_priced_by_that_one_alone():
    """Three units each under A, for a month, under B, for a week from the 11th to the 18th, and under A again."""
    weekly = tariff("weekly", usage("100.00", unit="week", align="own"), off("10", on="data"))
    subscriber = Subscriber(tariff("net", usage("1.00"), off("10", on="data")), weekly)
    subscriber.activate("net", "2026-01-01")
    subscriber.change_tariff("weekly", "2026-01-11")
    subscriber.change_tariff("net", "2026-01-13")
    for day in ("2026-01-05", "2026-01-12", "2026-01-20"):
        subscriber.use("3", day)

    assert short(subscriber.owed("2026-02-01")) == [
        "data 01 Jan - 11 Jan: 3.00",
        "data 13 Jan - 01 Feb: 3.00",
        "promo 01 Jan - 11 Jan: -0.30",
        "promo 13 Jan - 01 Feb: -0.30",
        "data 11 Jan - 13 Jan: 300.00",
        "promo 11 Jan - 13 Jan: -30.00",
    ]


def test_usage_while_a_service_is_held_is_usage():
    subscriber = subscribed(usage("1.00"), fee("31.00"))
    subscriber.hold("2026-01-11")
    subscriber.use("3", "2026-01-20")

    assert short(subscriber.owed("2026-02-01")) == ["data 01 Jan - 01 Feb: 3.00", "monthly 01 Jan - 11 Jan: 10.00"]


def test_the_last_usage_is_charged_on_the_day_of_the_end():
    subscriber = subscribed(usage("1.00"))
    subscriber.use("3", "2026-01-09")
    subscriber.terminate("2026-01-10")

    assert subscriber.owed("2026-01-09") == []
    assert short(subscriber.owed("2026-01-10")) == ["data 01 Jan - 10 Jan: 3.00"]


def test_usage_that_is_learnt_late_is_charged_beside_what_was():
    """The example: 102.00 for January, later known to be 115.00, is 13.00 more."""
    subscriber = subscribed(usage(Graduated(tiers=TIERS)))
    subscriber.use("10", "2026-01-10")
    subscriber.bill("2026-02-01")
    subscriber.use("2", "2026-01-31")

    assert told(subscriber.bill("2026-02-10")) == [
        "data 01 Jan - 01 Feb: 13.00, used 12; 10 at 10 + flat 2; 2 at 5 + flat 3; 102.00 EUR charged before, "
        "price list net",
        "invoice 1002: 13.00 + VAT 0.00 = 13.00, due 24 Feb",
    ]


def test_usage_that_was_charged_at_an_end_that_never_came_is_charged_when_its_period_is_over():
    """The account does not keep what was charged; the history still has it."""
    subscriber = subscribed(usage("1.00"), fee("31.00"))
    subscriber.use("3", "2026-01-09")
    subscriber.terminate("2026-01-11")
    subscriber.bill("2026-01-11")
    assert subscriber.account.usage == {}
    subscriber.cancel("terminate", "2026-01-11")
    subscriber.bill("2026-01-12")
    subscriber.bill("2026-02-01")

    posted = [entry.charge for entry in subscriber.history.charges.values() if entry.charge.kind == "usage"]
    assert short(posted) == [
        "data 01 Jan - 11 Jan: 3.00",
        "data 01 Jan - 11 Jan: -3.00",
        "data 01 Jan - 01 Feb: 3.00",
    ]
    audit(subscriber)


def test_usage_that_makes_it_cheaper_is_taken_back_from_what_was_charged():
    """By volume 10 units cost 102.00, 12 only 63.00."""
    subscriber = subscribed(usage(Volume(tiers=TIERS)))
    subscriber.use("10", "2026-01-10")
    subscriber.bill("2026-02-01")
    subscriber.use("2", "2026-01-31")

    assert [line.partition(",")[0] for line in told(subscriber.bill("2026-02-10"))] == [
        "data 01 Jan - 01 Feb: -39.00 of S1/data/2026-01-01/2026-02-01/0",
        "credit note 5001 for 1001: -39.00 + VAT 0.00 = -39.00",
        "39.00 of 5001 settles 1001",
    ]


def test_what_is_charged_on_a_day_is_not_charged_again_when_something_happens_on_it():
    """January is charged on 1 February; usage of that day belongs to February."""
    subscriber = subscribed(usage("1.00"))
    subscriber.use("3", "2026-01-10")
    subscriber.bill("2026-02-01")
    subscriber.use("4", "2026-02-01")

    assert [line for line in told(subscriber.bill("2026-02-01")) if "data" in line] == []
    assert told(subscriber.bill("2026-03-01"))[0].startswith("data 01 Feb - 01 Mar: 4.00")


# --- one price, whatever its name, its VAT rate and its tariff


def test_another_tariff_with_the_same_price_begins_no_free_units_anew():
    """10 free, then 1.00: 10 used on net are free, 10 used on other are the 11th to the 20th: 10.00."""
    subscriber = Subscriber(tariff("net", usage(TEN_FREE)), tariff("other", renamed(usage(TEN_FREE), "traffic")))
    subscriber.activate("net", "2026-04-01")
    subscriber.change_tariff("other", "2026-04-16")
    subscriber.use("10", "2026-04-10")
    subscriber.use("10", "2026-04-20")

    first, second = subscriber.owed("2026-05-01")
    assert short([first, second]) == ["data 01 Apr - 16 Apr: 0.00", "data 16 Apr - 01 May: 10.00"]
    assert explain(first) == "used 10; 10 at 0, price list net"
    assert explain(second) == (
        "used 10 after 10 before: 10 at 0, 10 at 1, less 0.00 EUR for those before, price list other"
    )


def test_a_revision_of_the_name_alone_does_not_cut_the_line():
    revision = Revision(valid_from=date(2026, 4, 16), components=(renamed(usage(TEN_FREE), "Data traffic"),))
    subscriber = Subscriber(revised(tariff("net", usage(TEN_FREE)), revision))
    subscriber.activate("net", "2026-04-01")
    subscriber.use("10", "2026-04-10")
    subscriber.use("10", "2026-04-20")

    (line,) = subscriber.owed("2026-05-01")
    assert short([line]) == ["data 01 Apr - 01 May: 10.00"]
    assert line.description == "Net: Data traffic"


def test_another_price_in_between_does_not_interrupt_the_first_one():
    """4 free: 3 used before and 3 used after a week at 5.00 a unit are 2 beyond the free ones."""
    four_free = Graduated(tiers=(Tier(up_to=Decimal(4), unit=Decimal(0)), Tier(unit=Decimal(1))))
    subscriber = Subscriber(tariff("net", usage(four_free)), tariff("dear", usage("5.00")))
    subscriber.activate("net", "2026-04-01")
    subscriber.change_tariff("dear", "2026-04-11")
    subscriber.change_tariff("net", "2026-04-18")
    for day in ("2026-04-05", "2026-04-12", "2026-04-20"):
        subscriber.use("3", day)

    assert short(subscriber.owed("2026-05-01")) == [
        "data 01 Apr - 11 Apr: 0.00",
        "data 11 Apr - 18 Apr: 15.00",
        "data 18 Apr - 01 May: 2.00",
    ]


def test_a_tariff_with_other_stubs_goes_on_with_the_same_free_units():
    """Both are charged by the month of the account; the second would leave out its last stub, which there is not."""
    other = tariff("other", usage(TEN_FREE, last_stub="none"))
    subscriber = Subscriber(tariff("net", usage(TEN_FREE)), other)
    subscriber.activate("net", "2026-04-01")
    subscriber.change_tariff("other", "2026-04-16")
    subscriber.use("10", "2026-04-10")
    subscriber.use("10", "2026-04-20")
    subscriber.bill_each_period(date(2026, 5, 2))

    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted) == ["data 01 Apr - 16 Apr: 0.00", "data 16 Apr - 01 May: 10.00"]
    audit(subscriber)


def test_net_and_gross_prices_are_two_prices():
    subscriber = Subscriber(tariff("net", usage(TEN_FREE)), tariff("gross", usage(TEN_FREE), with_vat=True))
    subscriber.activate("net", "2026-04-01")
    subscriber.change_tariff("gross", "2026-04-16")
    subscriber.use("10", "2026-04-10")
    subscriber.use("10", "2026-04-20")

    assert [line.amount.amount for line in subscriber.owed("2026-05-01")] == [0, 0]


def test_a_flat_fee_at_zero_is_due_once_in_a_period():
    """On the first of two tariffs with the same price; the units used on the second one are 2.00 more."""
    flat = Graduated(tiers=(Tier(unit=Decimal(1), flat=Decimal(5)),), flat_at_zero=True)
    subscriber = Subscriber(tariff("net", usage(flat)), tariff("other", usage(flat)))
    subscriber.activate("net", "2026-04-01")
    subscriber.change_tariff("other", "2026-04-16")
    subscriber.use("2", "2026-04-20")

    first, second = subscriber.owed("2026-05-01")
    assert short([first, second]) == ["data 01 Apr - 16 Apr: 5.00", "data 16 Apr - 01 May: 2.00"]
    assert explain(second) == (
        "used 2 after 0 before: 2 at 1 + flat 5, less 5.00 EUR for the days before, price list other"
    )


# --- usage on days without a price


def test_usage_after_an_end_that_is_learnt_late_has_the_last_price():
    subscriber = subscribed(usage("1.00"))
    subscriber.use("10", "2026-01-15")
    subscriber.use("3", "2026-01-20")
    subscriber.terminate("2026-01-16")

    (line,) = subscriber.owed("2026-01-16")
    assert short([line]) == ["data 01 Jan - 16 Jan: 13.00"]
    assert explain(line) == "used 13; 13 at 1.00; 3 of it used on days without a price, price list net"


def test_usage_before_an_activation_that_is_learnt_late_has_the_first_price():
    """3 used and charged in January; then it turns out that the service began in February."""
    subscriber = subscribed(usage("1.00"))
    subscriber.use("3", "2026-01-20")
    subscriber.bill("2026-02-01")
    subscriber.correct_activation("2026-02-11")
    subscriber.bill("2026-02-12")
    subscriber.bill("2026-03-01")

    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted) == [
        "data 01 Jan - 01 Feb: 3.00",
        "data 01 Jan - 01 Feb: -3.00",
        "data 11 Feb - 01 Mar: 3.00",
    ]
    audit(subscriber)


@pytest.mark.parametrize("is_billed_before", [False, True])
def test_usage_has_the_last_price_also_if_that_lies_months_back(is_billed_before: bool):
    """On net up to 16 March, on plain from then on; 3 used on net in April, and then April never was on net."""
    plain = tariff("plain", fee("30.00", charged_in="arrears"))
    subscriber = Subscriber(tariff("net", usage("1.00")), plain)
    subscriber.activate("net", "2026-03-01")
    subscriber.change_tariff("plain", "2026-03-16")
    subscriber.change_tariff("net", "2026-04-05")
    subscriber.bill("2026-04-01")
    subscriber.use("3", "2026-04-10")
    if is_billed_before:
        subscriber.bill("2026-05-01")
    subscriber.cancel("change-tariff", "2026-04-05")
    subscriber.bill("2026-05-02")

    posted = [entry.charge for entry in subscriber.history.charges.values() if entry.charge.kind == "usage"]
    assert "data 01 Mar - 16 Mar: 3.00" in short(posted)
    assert sum(charge.amount.amount for charge in posted) == 3
    assert subscriber.account.usage == {}
    audit(subscriber)


def test_usage_of_a_component_that_is_in_force_again_has_the_price_of_its_day_again():
    """The change that is cancelled above takes place after all: what was charged in March is taken back."""
    plain = tariff("plain", fee("30.00", charged_in="arrears"))
    subscriber = Subscriber(tariff("net", usage("1.00")), plain)
    subscriber.activate("net", "2026-03-01")
    subscriber.change_tariff("plain", "2026-03-16")
    subscriber.change_tariff("net", "2026-04-05")
    subscriber.bill("2026-04-05")
    subscriber.use("3", "2026-04-10")
    subscriber.cancel("change-tariff", "2026-04-05")
    subscriber.bill("2026-04-12")
    subscriber.change_tariff("net", "2026-04-05")
    subscriber.bill("2026-05-01")

    posted = [entry.charge for entry in subscriber.history.charges.values() if entry.charge.kind == "usage"]
    assert short(posted) == [
        "data 01 Mar - 16 Mar: 3.00",
        "data 01 Mar - 16 Mar: -3.00",
        "data 05 Apr - 01 May: 3.00",
    ]
    audit(subscriber)


# --- usage that is withdrawn


def test_usage_that_is_withdrawn_after_it_was_billed_is_taken_back():
    subscriber = subscribed(usage(TEN_FREE))
    subscriber.use("10", "2026-01-10")
    subscriber.use("5", "2026-01-20")
    subscriber.bill("2026-02-01")
    subscriber.withdraw("10", "2026-01-10")

    assert subscriber.bill("2026-02-10")
    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted) == ["data 01 Jan - 01 Feb: 5.00", "data 01 Jan - 01 Feb: -5.00"]


def test_usage_that_is_withdrawn_before_it_was_billed_is_not_charged():
    subscriber = subscribed(usage("1.00"))
    subscriber.use("10", "2026-01-10")
    subscriber.use("10", "2026-01-10")
    subscriber.withdraw("10", "2026-01-10")

    subscriber.bill("2026-02-01")
    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted) == ["data 01 Jan - 01 Feb: 10.00"]


# --- allowances


CARRIED = Allowance(quantity=Decimal(10), carried_periods=2, most_carried=Decimal(15))


def test_unused_units_are_carried_over_as_in_the_example():
    """4, none, 12 and 30 used in four months, 10 included: 7 of the 30 are beyond 13 carried and 10 included ones."""
    subscriber = subscribed(usage("1.00", allowance=CARRIED))
    for quantity, day in (("4", "2026-01-10"), ("12", "2026-03-10"), ("30", "2026-04-10")):
        subscriber.use(quantity, day)
    subscriber.bill_each_period(date(2026, 5, 2))

    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted) == [
        "data 01 Jan - 01 Feb: 0.00",
        "data 01 Mar - 01 Apr: 0.00",
        "data 01 Apr - 01 May: 7.00",
    ]
    assert [explain(charge) for charge in posted] == [
        "used 4: 0 carried over, 4 included, 0 priced, price list net",
        "used 12: 12 carried over, 0 included, 0 priced, price list net",
        "used 30: 13 carried over, 10 included, 7 priced; 7 at 1.00, price list net",
    ]
    audit(subscriber)


def test_usage_learnt_late_takes_units_from_the_periods_that_followed():
    """6 more used in January leave nothing of it: March has only the 10 of February, April 18 carried and included."""
    subscriber = subscribed(usage("1.00", allowance=CARRIED))
    for quantity, day in (("4", "2026-01-10"), ("12", "2026-03-10"), ("30", "2026-04-10")):
        subscriber.use(quantity, day)
    subscriber.bill_each_period(date(2026, 5, 2))
    subscriber.use("6", "2026-01-20")
    subscriber.bill("2026-05-03")

    # March: 10 carried of February and 2 of its own, so 8 are left for April: 30 - 8 - 10 = 12 priced.
    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted)[-1:] == ["data 01 Apr - 01 May: 5.00"]
    assert sum(charge.amount.amount for charge in posted) == 12


def test_another_price_begins_its_allowance_anew():
    """10 units are left of January, but February has another price with an allowance of its own."""
    dear = tariff("dear", usage("2.00", allowance=CARRIED))
    subscriber = Subscriber(tariff("net", usage("1.00", allowance=CARRIED)), dear)
    subscriber.activate("net", "2026-01-01")
    subscriber.change_tariff("dear", "2026-02-01")
    subscriber.use("15", "2026-02-10")

    assert short(subscriber.owed("2026-03-01")) == ["data 01 Feb - 01 Mar: 10.00"]


def test_another_tariff_with_the_same_price_goes_on_with_its_allowance():
    """10 left of January and 10 of February: 5 of 25 are priced; 20 used up to the 16th, 5 on the other tariff."""
    other = tariff("other", usage("1.00", allowance=CARRIED))
    subscriber = Subscriber(tariff("net", usage("1.00", allowance=CARRIED)), other)
    subscriber.activate("net", "2026-01-01")
    subscriber.change_tariff("other", "2026-02-16")
    subscriber.use("18", "2026-02-10")
    subscriber.use("7", "2026-02-20")

    first, second = subscriber.owed("2026-03-01")
    assert short([first, second]) == ["data 01 Feb - 16 Feb: 0.00", "data 16 Feb - 01 Mar: 5.00"]
    assert explain(second) == (
        "used 7 after 18 before (in all 10 carried over, 10 included, 5 priced): 5 at 1.00, "
        "less 0.00 EUR for those before, price list other"
    )


def test_a_month_without_the_component_ends_what_is_carried_over():
    plain = tariff("plain", fee("30.00"))
    subscriber = Subscriber(tariff("net", usage("1.00", allowance=CARRIED)), plain)
    subscriber.activate("net", "2026-01-01")
    subscriber.change_tariff("plain", "2026-02-01")
    subscriber.change_tariff("net", "2026-03-01")
    subscriber.use("15", "2026-03-10")

    lines = [line for line in subscriber.owed("2026-04-01") if line.kind == "usage"]
    assert short(lines) == ["data 01 Mar - 01 Apr: 5.00"]
