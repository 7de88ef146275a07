"""Usage that is rated record by record: its lines, to the cent, whatever came late or was rated again."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import Usage, require_components
from billing_core.catalogue.pricing import Destinations
from billing_core.charging.charges import explain
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.time.period_rules import MONTHLY_IN_ARREARS
from tests.billing_core.price_lists import monthly, tariff
from tests.billing_core.subscriber import PARTS, Subscriber, short, told

CALLS = Usage(code="calls", name="Calls", vat_rate=Decimal(0), pricing=Destinations(price_list="voice"))


def subscribed() -> Subscriber:
    subscriber = Subscriber(tariff("phone", monthly("5.00"), CALLS), tariff("other", monthly("5.00"), CALLS))
    subscriber.activate("phone", "2026-01-01")
    return subscriber


def calls_of(told_lines: list[str]) -> list[str]:
    return [line for line in told_lines if line.startswith("calls ")]


def test_the_amounts_of_records_are_rounded_once_as_their_sum():
    """0.0045 and 0.0049 round to 0.01 together, to 0.00 each."""
    subscriber = subscribed()
    subscriber.rate(("2026-01-03", 1, 60, "0.0045"), ("2026-01-09", 2, 3661, "0.0049"))

    (line,) = [charge for charge in subscriber.owed("2026-02-01") if charge.kind == "usage"]
    assert short([line]) == ["calls 01 Jan - 01 Feb: 0.01"]
    assert line.quantity == 3721
    assert explain(line) == "3 records, 1:02:01, 0.009400 before rounding, price list phone"


def test_a_day_that_is_rated_again_is_replaced():
    subscriber = subscribed()
    subscriber.rate(("2026-01-03", 2, 120, "1.00"))
    subscriber.rate(("2026-01-03", 3, 180, "1.50"))

    assert calls_of(short(subscriber.owed("2026-02-01"))) == ["calls 01 Jan - 01 Feb: 1.50"]


def test_a_call_that_comes_after_its_month_was_billed_is_a_line_of_its_own():
    subscriber = subscribed()
    subscriber.rate(("2026-01-30", 2, 120, "1.004"))
    subscriber.bill("2026-02-01")
    subscriber.rate(("2026-01-30", 3, 180, "1.506"))

    assert calls_of(told(subscriber.bill("2026-03-01"))) == [
        "calls 01 Jan - 01 Feb: 0.51, 3 records, 0:03:00, 1.506000 before rounding; "
        "1.00 EUR charged before, price list phone"
    ]


def test_rating_at_lower_prices_credits_what_was_charged():
    subscriber = subscribed()
    subscriber.rate(("2026-01-30", 2, 120, "1.00"))
    subscriber.bill("2026-02-01")
    subscriber.rate(("2026-01-30", 2, 120, "0.60"))

    lines = calls_of(told(subscriber.bill("2026-03-01")))
    assert len(lines) == 1
    assert lines[0].startswith("calls 01 Jan - 01 Feb: -0.40 of S1/calls/2026-01-01/2026-02-01/0")


def test_a_day_of_which_nothing_is_left_is_taken_back():
    subscriber = subscribed()
    subscriber.rate(("2026-01-30", 2, 120, "1.00"))
    subscriber.bill("2026-02-01")
    subscriber.rate(("2026-01-30", 0, 0, "0"))

    lines = calls_of(told(subscriber.bill("2026-03-01")))
    assert [line.split(" of ")[0] for line in lines] == ["calls 01 Jan - 01 Feb: -1.00"]
    assert subscriber.history.usage == {}


def test_the_lines_of_two_tariffs_at_one_price_sum_to_the_rounded_whole():
    """0.007 and 0.004: 0.01 for both, as 0.011 is; each alone would be 0.01 and 0.00."""
    subscriber = subscribed()
    subscriber.rate(("2026-01-03", 1, 60, "0.004"), ("2026-01-04", 1, 60, "0.003"))
    subscriber.change_tariff("other", "2026-01-16")
    subscriber.rate(("2026-01-20", 1, 60, "0.004"))

    assert calls_of(short(subscriber.owed("2026-02-01"))) == [
        "calls 01 Jan - 16 Jan: 0.01", "calls 16 Jan - 01 Feb: 0.00",
    ]  # fmt: skip


def test_rated_usage_goes_along_when_the_service_moves():
    subscriber, other = subscribed(), Subscriber(tariff("phone", monthly("5.00"), CALLS), number="A2")
    subscriber.rate(("2026-01-03", 1, 60, "1.00"), ("2026-01-20", 2, 120, "2.00"))
    subscriber.move_to(other, "2026-01-16")

    assert calls_of(short(subscriber.owed("2026-02-01"))) == ["calls 01 Jan - 16 Jan: 1.00"]
    assert calls_of(short(other.owed("2026-02-01"))) == ["calls 16 Jan - 01 Feb: 2.00"]


def test_calls_after_the_end_of_the_service_can_be_waived():
    subscriber = subscribed()
    subscriber.unpriced_usage = "waive"
    subscriber.rate(("2026-01-03", 1, 60, "1.00"), ("2026-01-20", 2, 120, "2.00"))
    subscriber.terminate("2026-01-10")

    assert calls_of(short(subscriber.owed("2026-02-01"))) == ["calls 01 Jan - 10 Jan: 1.00"]


def test_a_quantity_alone_is_refused():
    subscriber = subscribed()
    with pytest.raises(InvalidValue, match="is priced record by record, by price list voice; import its records"):
        subscriber.use("3", "2026-01-03", component="calls")
    subscriber.rate(("2026-01-03", 1, 60, "1.00"))
    with pytest.raises(RuleViolation, match="is priced record by record; correct its records or its price list"):
        subscriber.withdraw("60", "2026-01-03", component="calls")


def test_an_allowance_of_a_quantity_is_refused():
    component = msgspec.structs.replace(CALLS, period=MONTHLY_IN_ARREARS, allowance=Allowance(quantity=Decimal(5)))
    with pytest.raises(InvalidValue, match="a price list of destinations has packages"):
        require_components((component,), "phone")


DAYS = st.lists(st.tuples(st.integers(1, 28), st.integers(0, 90_000_000)), min_size=1, max_size=12)


@settings(deadline=None)
@given(DAYS, st.data())
def test_whenever_days_are_rated_again_and_billed_all_lines_sum_to_the_rounded_whole(
    ratings: list[tuple[int, int]], data: st.DataObject
):
    subscriber = subscribed()
    subscriber.bill("2026-01-01")
    for day, parts in ratings:
        if data.draw(st.booleans()):
            subscriber.bill(data.draw(st.sampled_from(["2026-02-01", "2026-02-10"])))
        amount = f"{parts}/{PARTS}"
        subscriber.rate((f"2026-01-{day:02}", 1 if parts else 0, 60 if parts else 0, amount))
    subscriber.bill("2026-03-01")

    whole = sum(dict(ratings).values())
    charged = sum(
        entry.charge.amount.amount for entry in subscriber.history.charges.values() if entry.charge.kind == "usage"
    )
    assert charged == Decimal(2 * whole * 100 // PARTS + 1 >> 1).scaleb(-2)
