"""Charging is a difference: whatever was posted, it is turned into what is owed, day by day and to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging import difference as rules
from billing_core.charging import one_off_difference as one_off_rules
from billing_core.charging.charges import Charge, PostedCharge, explain, with_revisions
from billing_core.charging.expected import Expected
from billing_core.charging.one_off_difference import one_offs_after
from billing_core.charging.view import BillingView
from billing_core.kernel.money import Money
from billing_core.kernel.phrases import phrase
from billing_core.services.terms_in_force import TermsInForce
from billing_core.services.timeline import Segment
from billing_core.time.periods import BillingDay, Period
from tests.billing_core.books import covered_days
from tests.billing_core.price_lists import fee, monthly, once, tariff
from tests.billing_core.timelines import prices

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
ON = date(2026, 6, 15)


def june(day: int) -> date:
    """A day of June 2026; the 31st is 1 July."""
    return date(2026, 6, 1) + timedelta(days=day - 1)


def catalogue(net: str = "300.00", fast: str = "500.00") -> Catalogue:
    return {"net": tariff("net", monthly(net)), "fast": tariff("fast", monthly(fast), once("60.00"))}


def owed(*stretches: tuple[str, int, int], prices: Catalogue | None = None) -> list[Charge]:
    """The monthly fee of June for `("net", 1, 11)`: on tariff net from the 1st up to the 11th."""
    found = _owed(stretches, prices).periods(JUNE.from_on, JUNE.to_on - timedelta(days=1), ()) if stretches else ()
    return [charge for entry in found if entry.period == JUNE for charge in entry.charges]


def fees(*stretches: tuple[str, int, int], prices: Catalogue | None = None) -> list[Charge]:
    """The one-off fees; days may lie beyond June."""
    return _owed(stretches, prices).one_offs() if stretches else []


def _owed(stretches: Sequence[tuple[str, int, int]], prices: Catalogue | None) -> Expected:
    segments = on_tariffs(*stretches)
    began_on = segments[0].from_on
    view = BillingView("S1", began_on, began_on, None, segments, [BillingDay(date.min, 1)])
    return Expected(view, prices or catalogue())


def difference(expected: Sequence[Charge], posted: Sequence[PostedCharge]) -> list[Charge]:
    return with_revisions(rules.differences(expected, [entry.charge for entry in posted]), posted)


def one_off_difference(owed: Sequence[Charge], posted: Sequence[PostedCharge], on: date) -> list[Charge]:
    return with_revisions(one_off_rules.one_off_difference(owed, posted, on), posted)


def on_tariffs(*stretches: tuple[str, int, int]) -> list[Segment]:
    return [Segment(june(start), june(end), TermsInForce("active", code, {})) for code, start, end in stretches]


def on_record(*charges: Charge) -> list[PostedCharge]:
    return [PostedCharge(charge) for charge in charges]


def short(charges: Iterable[Charge]) -> list[str]:
    return [
        f"{charge.tariff} {charge.component} {charge.from_on:%d}-{charge.to_on:%d} {charge.amount.amount:f}"
        + (f" for {charge.corrects}" if charge.corrects else "")
        for charge in charges
    ]


# --- worked examples


def test_a_move_on_11_june():
    """300.00 was posted for June; moved to 500.00 on the 11th: -300 x 20/30 and 500 x 20/30."""
    (whole_month,) = owed(("net", 1, 31))
    assert whole_month.key == "S1/monthly/2026-06-01/2026-07-01/0"
    moved = owed(("net", 1, 11), ("fast", 11, 31))

    found = difference(moved, on_record(whole_month))

    assert short(found) == [
        "net monthly 11-01 -200.00 for S1/monthly/2026-06-01/2026-07-01/0",
        "fast monthly 11-01 333.33",
    ]
    assert [(charge.span.days, charge.whole_period, charge.revision) for charge in found] == [
        (20, JUNE, 0),
        (20, JUNE, 1),
    ]
    assert difference(moved, on_record(whole_month, *found)) == []


def test_nothing_posted_and_nothing_owed():
    assert difference([], []) == []
    assert difference(owed(("net", 1, 31)), []) == owed(("net", 1, 31))


def test_what_is_no_longer_owed_is_credited_in_full():
    (whole_month,) = owed(("net", 1, 31))

    assert short(difference([], on_record(whole_month))) == [
        "net monthly 01-01 -300.00 for S1/monthly/2026-06-01/2026-07-01/0"
    ]


def test_a_change_that_is_taken_back_is_charged_again_under_a_new_revision():
    (whole_month,) = owed(("net", 1, 31))
    credits = difference(owed(("net", 1, 11)), on_record(whole_month))
    again = difference(owed(("net", 1, 31)), on_record(whole_month, *credits))

    assert short(again) == ["net monthly 11-01 200.00"]
    assert again[0].key == "S1/monthly/2026-06-11/2026-07-01/1"
    keys = [charge.key for charge in (whole_month, *credits, *again)]
    assert len(set(keys)) == 3


def test_the_rest_of_a_line_on_another_document_stands_with_its_days():
    """300.00 in two: 299.99 with all of its days and 0.01 without any, which goes back with them."""
    (whole_month,) = owed(("net", 1, 31))
    with_days = msgspec.structs.replace(whole_month, amount=Money(Decimal("299.99"), "EUR"))
    rest = msgspec.structs.replace(whole_month, to_on=june(1), period=JUNE, amount=Money(Decimal("0.01"), "EUR"))
    posted = on_record(with_days, rest)

    assert difference([whole_month], posted) == []
    assert short(difference([], posted)) == [
        "net monthly 01-01 -0.01 for S1/monthly/2026-06-01/2026-06-01/0",
        "net monthly 01-01 -299.99 for S1/monthly/2026-06-01/2026-07-01/0",
    ]
    assert short(difference(owed(("net", 1, 11)), posted)) == [
        "net monthly 11-01 -200.00 for S1/monthly/2026-06-01/2026-07-01/0"
    ]


def test_a_gap_becomes_two_credits_where_it_spans_two_charges():
    """Days 1-10 and 21-30 stand on two charges; the middle of the month, 6 to 26, is taken out of both."""
    charges = owed(("net", 1, 11), ("net", 21, 31))

    found = difference(owed(("net", 1, 6), ("net", 26, 31)), on_record(*charges))

    assert short(found) == [
        "net monthly 06-11 -50.00 for S1/monthly/2026-06-01/2026-06-11/0",
        "net monthly 21-26 -50.00 for S1/monthly/2026-06-21/2026-07-01/0",
    ]


def test_whatever_is_left_has_its_own_cents():
    """10.00 a month, two times ten days: 10.00 - 6.67 = 3.33 and 3.33. Of each four days stay: 10.00 - 8.67 = 1.33 of
    the first, 1.33 of the last."""
    ten = catalogue(net="10.00")
    charges = owed(("net", 1, 11), ("net", 21, 31), prices=ten)
    assert [str(charge.amount) for charge in charges] == ["3.33 EUR", "3.33 EUR"]

    found = difference(owed(("net", 1, 5), ("net", 27, 31), prices=ten), on_record(*charges))

    assert short(found) == [
        "net monthly 05-11 -2.00 for S1/monthly/2026-06-01/2026-06-11/0",
        "net monthly 21-27 -2.00 for S1/monthly/2026-06-21/2026-07-01/0",
    ]
    assert [explain(charge).partition(", rounded")[0] for charge in found] == [
        "credit: 10.00 EUR a month x 6/30 days of the whole period, price list net",
        "credit: 10.00 EUR a month x 6/30 days of the whole period, price list net",
    ]


def test_the_same_days_that_cost_something_else_are_taken_back_and_charged_anew():
    """Ten of 30 days at 300.00 stand when the price list stops prorating: the days are the same, their price is not."""
    charges = owed(("net", 1, 11))
    whole = {"net": tariff("net", fee("300.00", proration="none"))}

    found = difference(owed(("net", 1, 11), prices=whole), on_record(*charges))

    assert short(found) == [
        "net monthly 01-11 -100.00 for S1/monthly/2026-06-01/2026-06-11/0",
        "net monthly 01-11 300.00",
    ]


# --- by amount


def used(amount: str, revision: int = 0, corrects: str | None = None) -> Charge:
    """A charge of June for usage."""
    (fee,) = owed(("net", 1, 31))
    return msgspec.structs.replace(
        fee, component="data", kind="usage", amount=Money(Decimal(amount), "EUR"), revision=revision, corrects=corrects
    )


def list_of(*charges: Charge) -> list[Charge]:
    return list(charges)


def test_what_is_missing_is_charged_beside_what_stands_and_what_is_too_much_is_taken_back():
    """102.00 of usage, later known to be 115.00, and the other way round."""
    more, less = used("115.00"), used("102.00")

    assert short(difference(list_of(more), on_record(less))) == ["net data 01-01 13.00"]
    taken_back = "for S1/data/2026-06-01/2026-07-01/0"
    assert short(difference(list_of(less), on_record(more))) == [f"net data 01-01 -13.00 {taken_back}"]
    assert difference(list_of(more), on_record(more)) == []
    assert short(difference([], on_record(more))) == [f"net data 01-01 -115.00 {taken_back}"]


def test_a_charge_of_which_nothing_is_left_is_not_credited_again():
    """5.00 and 3.00 were charged, the 3.00 taken back; of 5.00 now 3.00 are owed."""
    first, second = used("5.00"), used("3.00", revision=1)
    gone = used("-3.00", revision=2, corrects=second.key)

    found = difference(list_of(used("3.00")), on_record(first, second, gone))

    assert short(found) == ["net data 01-01 -2.00 for S1/data/2026-06-01/2026-07-01/0"]


def test_a_credit_does_not_tell_how_an_earlier_one_was_parted():
    """Ten days were credited in two parts, of which the second has no days."""
    (whole_month,) = owed(("net", 1, 31))
    (credit,) = difference(owed(("net", 1, 21)), on_record(whole_month))
    rest = msgspec.structs.replace(
        credit,
        to_on=credit.from_on,
        period=JUNE,
        amount=Money(Decimal("-40.00"), "EUR"),
        steps=(phrase("part-in-all", "-40.00 EUR", "-200.00 EUR"),),
    )
    kept = msgspec.structs.replace(credit, amount=Money(Decimal("-60.00"), "EUR"))

    (found,) = difference(owed(("net", 1, 11)), on_record(whole_month, kept, rest))

    assert short([found]) == ["net monthly 11-21 -100.00 for S1/monthly/2026-06-01/2026-07-01/0"]
    assert found.steps == ()
    (gone,) = difference([], on_record(whole_month, kept, rest))
    assert (str(gone.amount), gone.steps) == ("-200.00 EUR", ())


# --- one-off fees, over the whole subscription


def test_a_one_off_fee_is_the_same_fee_on_whatever_day():
    """Posted for the 11th: the service began on the 1st, on the 21st or in July, and the fee stands."""
    posted = on_record(*fees(("fast", 11, 31)))
    assert short(entry.charge for entry in posted) == ["fast installation 11-12 60.00"]

    for first, end in ((1, 31), (21, 31), (40, 50)):
        assert one_off_difference(fees(("fast", first, end)), posted, june(31)) == []


def test_a_one_off_fee_that_comes_later_waits_for_its_day():
    to_come = fees(("net", 1, 31), ("fast", 31, 61))

    assert one_off_difference(to_come, [], june(30)) == []
    assert short(one_off_difference(to_come, [], june(31))) == ["fast installation 01-02 60.00"]


def test_a_one_off_fee_that_is_owed_no_more_is_credited_once_and_charged_again_under_a_new_revision():
    posted = on_record(*fees(("fast", 11, 31)))

    credits = one_off_difference(fees(("net", 11, 31)), posted, june(31))
    assert short(credits) == ["fast installation 11-12 -60.00 for S1/installation/2026-06-11/2026-06-12/0"]
    assert one_off_difference([], [*posted, *on_record(*credits)], june(31)) == []
    again = one_off_difference(fees(("fast", 11, 31)), [*posted, *on_record(*credits)], june(31))
    assert [charge.key for charge in (*credits, *again)] == [
        "S1/installation/2026-06-11/2026-06-12/1",
        "S1/installation/2026-06-11/2026-06-12/2",
    ]


def test_a_one_off_fee_at_another_rate_is_another_fee():
    posted = on_record(*fees(("fast", 11, 31)))
    dearer = {"fast": tariff("fast", monthly("500.00"), once("80.00"))}

    assert short(one_off_difference(fees(("fast", 11, 31), prices=dearer), posted, june(31))) == [
        "fast installation 11-12 -60.00 for S1/installation/2026-06-11/2026-06-12/0",
        "fast installation 11-12 80.00",
    ]


def test_a_one_off_fee_of_its_own_day_stands_and_the_other_one_is_charged_or_credited():
    """Three resumptions at 8.00: what matches by its day is left alone, and the day that differs is the third one's."""
    first, second, third = (_resumption(day) for day in (1, 11, 21))

    assert short(one_off_difference([first, second, third], on_record(first, third), june(31))) == [
        "net again 11-12 8.00"
    ]
    assert short(one_off_difference([first, third], on_record(first, second, third), june(31))) == [
        "net again 11-12 -8.00 for S1/again/2026-06-11/2026-06-12/0"
    ]


def _resumption(day: int) -> Charge:
    (sample,) = fees(("fast", day, 31))
    return msgspec.structs.replace(sample, tariff="net", component="again", amount=Money(Decimal("8.00"), "EUR"))


def test_what_stands_on_record_is_what_was_charged_and_not_credited():
    (fee,) = fees(("fast", 11, 31))
    (credit,) = one_off_difference([], on_record(fee), june(31))

    assert one_offs_after([], [fee]) == ["installation"]
    assert one_offs_after(["installation", "move"], [credit]) == ["move"]
    assert one_offs_after(["installation"], [credit, fee]) == ["installation"]
    assert one_offs_after(["installation"], []) == ["installation"]


def test_a_credit_that_stands_on_two_documents_takes_a_one_off_fee_off_once():
    (fee,) = fees(("fast", 11, 31))
    (credit,) = one_off_difference([], on_record(fee), june(31))
    rest = msgspec.structs.replace(credit, to_on=credit.from_on)

    assert one_offs_after(["installation", "installation"], [credit, rest]) == ["installation"]


# --- whatever was posted before


@st.composite
def stages(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Stretches of June on one of two tariffs, with gaps between them or not."""
    cuts = sorted(draw(st.sets(st.sampled_from([1, 2, 5, 8, 11, 14, 16, 21, 24, 27, 30, 31]), min_size=2, max_size=8)))
    states = draw(st.lists(st.sampled_from(["net", "net", "fast", ""]), min_size=len(cuts), max_size=len(cuts)))
    return [(code, start, end) for code, start, end in zip(states, cuts, cuts[1:], strict=False) if code]


@pytest.mark.slow
@given(
    net=prices,
    fast=prices,
    stages=st.lists(stages(), min_size=1, max_size=5),
)
@example(  # Parts of a fee that are worth nothing, or a cent, when they are rounded one by one.
    net="0.05",
    fast="300.00",
    stages=[
        [("net", 1, 2)],
        [("fast", 1, 5), *(("net", start, end) for start, end in pairwise([5, 8, 11, 14, 16, 21, 24]))],
        [("net", 1, 2), ("net", 2, 8)],
        [("fast", 1, 2), ("net", 2, 5)],
    ],
)
@settings(max_examples=400)
def test_posted_and_difference_make_what_is_expected(net: str, fast: str, stages: list[list[tuple[str, int, int]]]):
    posted: list[PostedCharge] = []
    for stage in stages:
        monthly_fees = owed(*stage, prices=catalogue(net, fast))
        one_offs = fees(*stage, prices=catalogue(net, fast))
        should = [*monthly_fees, *one_offs]

        posted += on_record(*difference(monthly_fees, posted))
        posted += on_record(*one_off_difference(one_offs, posted, JUNE.to_on))

        charges = [entry.charge for entry in posted]
        assert len({charge.key for charge in charges}) == len(charges)
        assert_days_are_covered_as_expected(charges, should)
        assert_no_charge_is_credited_beyond_its_amount(charges)
        assert net_by_price(charges) == net_by_price(should)
        assert difference(monthly_fees, posted) == []
        assert one_off_difference(one_offs, posted, JUNE.to_on) == []


def net_by_price(charges: Sequence[Charge]) -> dict[tuple[str, Decimal], Decimal]:
    """Whatever the tariff: what costs the same in another one stands as it was posted."""
    net: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for charge in charges:
        net[charge.component, charge.unit_price] += charge.amount.amount
    return {price: amount for price, amount in net.items() if amount}


def assert_days_are_covered_as_expected(charges: Sequence[Charge], should: Sequence[Charge]) -> None:
    covered, wanted = covered_days(charges), covered_days(should)
    found, expected = covered["S1", "monthly"], wanted["S1", "monthly"]
    assert set(found.values()) <= {0, 1}
    assert {day for day in found | expected if found[day] != expected[day]} == set()
    times = covered["S1", "installation"].total()
    assert times == wanted["S1", "installation"].total()
    assert times in (0, 1)


def assert_no_charge_is_credited_beyond_its_amount(charges: Sequence[Charge]) -> None:
    for charge in charges:
        if charge.corrects is None:
            left = left_of(charge, charges)
            assert 0 <= left <= charge.amount.amount
            assert left == 0 or standing_days(charge, charges)


def left_of(charge: Charge, charges: Sequence[Charge]) -> Decimal:
    return charge.amount.amount + sum(line.amount.amount for line in charges if line.corrects == charge.key)


def standing_days(charge: Charge, charges: Sequence[Charge]) -> set[tuple[str, date]]:
    lines = [line for line in charges if charge.key in (line.key, line.corrects)]
    return {(charge.component, day) for cover in covered_days(lines).values() for day, times in cover.items() if times}
