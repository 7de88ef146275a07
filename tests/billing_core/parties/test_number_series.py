"""The numbers of documents: sound series, opened when needed, the next one when one is used up."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.parties.number_series import NumberSeries, NumberSeriesOpened, NumbersTaken
from billing_core.parties.numbering import NumberSeriesFull, open_number_series, series_for
from billing_core.parties.sellers import SellerRegistered, apply_seller, register_seller
from tests.billing_core.parties.examples import LATER, NORTH, ON, SERIES


def test_a_number_is_the_prefix_and_the_running_number_padded():
    assert NumberSeries(prefix="1", width=9).number(7) == "1000000007"
    assert NumberSeries(prefix="26", width=4).number(9999) == "269999"


@pytest.mark.parametrize(
    ("series", "field", "value", "message"),
    [
        (NumberSeries(prefix="A", width=9), "series invoice", "A/9", "a prefix of digits"),
        (NumberSeries(prefix="\u0661", width=9), "series invoice", "\u0661/9", "a prefix of digits"),
        (NumberSeries(prefix="²", width=9), "series invoice", "²/9", "a prefix of digits"),
        (NumberSeries(prefix="", width=9), "series invoice", "/9", "a prefix of digits"),
        (NumberSeries(prefix="1Y", width=8), "series invoice", "1Y/8", "in which YY or YYYY is the year"),
        (NumberSeries(prefix="YYYY1YY", width=4), "series invoice", "YYYY1YY/4", "in which YY or YYYY is the year"),
        (NumberSeries(prefix="1YYYY", width=6), "series invoice", "1YYYY/6", "10 digits in all at most"),
        (NumberSeries(prefix="YY", width=8), "series invoice, prefix", "YY", "two documents could have one number"),
        (NumberSeries(prefix="1", width=3), "series invoice", "1/3", "a width of 4 or more"),
        (NumberSeries(prefix="1", width=10), "series invoice", "1/10", "10 digits in all at most"),
        (NumberSeries(prefix="2026", width=7), "series invoice", "2026/7", "10 digits in all at most"),
        (NumberSeries(prefix="5", width=9), "series invoice, prefix", "5", "two documents could have one number"),
        (NumberSeries(prefix="50", width=8), "series invoice, prefix", "50", "two documents could have one number"),
    ],
)
def test_a_number_series_that_could_go_wrong_is_refused(series: NumberSeries, field: str, value: str, message: str):
    """With the prefixes 5 and 50, credit note 5000000001 and invoice 5000000001 would be two documents."""
    seller = msgspec.structs.replace(NORTH, series={**SERIES, "invoice": series})

    with pytest.raises(InvalidValue, match=message) as caught:
        register_seller(None, seller, ON)

    assert caught.value.field == field
    assert value in str(caught.value.value)


def test_a_kind_of_document_gets_its_series_when_it_is_first_needed():
    young = msgspec.structs.replace(NORTH, series={"invoice": SERIES["invoice"]})
    assert register_seller(None, young, ON) == [SellerRegistered(effective_on=ON, seller=young)]
    with pytest.raises(RuleViolation) as refused:
        series_for(young, "credit-note", 1, LATER, NumbersTaken())
    assert str(refused.value) == (
        "document 'credit-note': seller north has no number series for this kind of document; open one with "
        "`open-number-series`"
    )

    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=SERIES["credit-note"])
    assert open_number_series(young, opened, NumbersTaken(last=0)) == [opened]
    grown = apply_seller(young, opened)
    assert (
        grown == NORTH and series_for(grown, "credit-note", 999_999_999, LATER, NumbersTaken()) == SERIES["credit-note"]
    )
    assert open_number_series(grown, opened, NumbersTaken(last=7)) == []
    assert register_seller(grown, young, LATER) == register_seller(grown, NORTH, LATER) == []


@pytest.mark.parametrize("series", [NumberSeries(prefix="6", width=9), NumberSeries(prefix="5", width=10)])
def test_a_series_goes_on_once_it_is_opened(series: NumberSeries):
    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=series)
    with pytest.raises(AlreadyExists, match="has the prefix 5 and the width 9"):
        open_number_series(NORTH, opened, NumbersTaken(last=999_999_998))


def test_the_next_series_begins_after_the_last_number_of_the_one_before():
    """The series 26/4 ends with 269999, the 9999th credit note; the 10000th is the first of 27/4."""
    first, next_one = NumberSeries(prefix="26", width=4), NumberSeries(prefix="27", width=4)
    seller = msgspec.structs.replace(NORTH, series={"credit-note": first})
    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=next_one)
    with pytest.raises(AlreadyExists, match="its numbers continue until they are used up"):
        open_number_series(seller, opened, NumbersTaken(last=9998))
    assert series_for(seller, "credit-note", 9999, LATER, NumbersTaken()).number(9999) == "269999"
    with pytest.raises(NumberSeriesFull, match="seller north has used up the numbers of its series with the prefix 26"):
        series_for(seller, "credit-note", 10_000, LATER, NumbersTaken())

    (fact,) = open_number_series(seller, opened, NumbersTaken(last=9999))

    grown = apply_seller(seller, fact)
    assert grown is not None
    series = series_for(grown, "credit-note", 19_998, LATER, NumbersTaken())
    assert (series.first, series.number(10_000), series.number(19_998)) == ("270001", "270001", "279999")
    with pytest.raises(NumberSeriesFull, match="the prefix 27"):
        series_for(grown, "credit-note", 19_999, LATER, NumbersTaken())
    assert open_number_series(grown, opened, NumbersTaken(last=12_000)) == []
    assert register_seller(grown, seller, LATER) == [], "the seller as it was registered at first"


def test_a_series_that_is_opened_later_is_as_sound_as_the_first_ones():
    young = msgspec.structs.replace(NORTH, series={"invoice": SERIES["invoice"]})
    for series in (NumberSeries(prefix="12", width=9), NumberSeries(prefix="5", width=3)):
        opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=series)
        with pytest.raises(InvalidValue, match="series"):
            open_number_series(young, opened, NumbersTaken(last=0))


def test_numbers_with_the_year_begin_again_with_each_year():
    """412 numbers were taken in 2026: the 413th is the first of 2027."""
    series = NumberSeries(prefix="1YY", width=7)
    seller = msgspec.structs.replace(NORTH, series={"invoice": series})
    in_2026 = NumbersTaken(last=412, issued_on=date(2026, 12, 31))
    assert series_for(seller, "invoice", 412, date(2026, 12, 31), in_2026).number(412) == "1260000412"

    before_any_of_2027 = series_for(seller, "invoice", 413, date(2027, 1, 1), in_2026)
    assert before_any_of_2027.number(413) == before_any_of_2027.first == "1270000001"

    in_2027 = NumbersTaken(last=415, issued_on=date(2027, 1, 1), before_year=412)
    assert series_for(seller, "invoice", 415, date(2027, 3, 1), in_2027).number(415) == "1270000003"
    assert NumberSeries(prefix="YYYY", width=6).of_year(date(2027, 3, 1), in_2027).number(415) == "2027000003"


def test_a_series_with_the_year_is_full_within_its_year_alone():
    """The 9999 numbers of 2026 are taken; the next one follows them in 2026, and 2027 has as many again."""
    seller = msgspec.structs.replace(NORTH, series={"invoice": NumberSeries(prefix="1YY", width=4)})
    taken = NumbersTaken(last=9999, issued_on=date(2026, 11, 30))
    with pytest.raises(NumberSeriesFull):
        series_for(seller, "invoice", 10_000, date(2026, 12, 1), taken)
    assert series_for(seller, "invoice", 19_998, date(2027, 1, 1), taken).number(19_998) == "1279999"

    wider = NumberSeriesOpened(effective_on=date(2026, 12, 1), seller="north", kind="invoice",
                               series=NumberSeries(prefix="2YY", width=7))  # fmt: skip
    (fact,) = open_number_series(seller, wider, taken)
    grown = apply_seller(seller, fact)
    assert grown is not None
    assert series_for(grown, "invoice", 10_000, date(2026, 12, 1), taken).number(10_000) == "2260000001"
    later = NumbersTaken(last=10_005, issued_on=date(2027, 1, 2), before_year=10_003)
    assert series_for(grown, "invoice", 10_005, date(2027, 1, 2), later).number(10_005) == "2270000002"
    with pytest.raises(AlreadyExists, match="its numbers continue"):
        open_number_series(seller, msgspec.structs.replace(wider, effective_on=date(2027, 1, 1)), taken)


def patterns() -> st.SearchStrategy[NumberSeries]:
    prefixes = st.from_regex("[0-9]{0,2}(YY|YYYY)?[0-9]{0,2}", fullmatch=True).filter(bool)
    return st.builds(NumberSeries, prefix=prefixes, width=st.integers(4, 6))


@given(one=patterns(), other=patterns(), years=st.tuples(st.integers(2000, 2099), st.integers(2000, 2099)),
       numbers=st.tuples(st.integers(1, 9999), st.integers(1, 9999)))  # fmt: skip
def test_series_that_cannot_share_a_number_never_give_the_same(
    one: NumberSeries, other: NumberSeries, years: tuple[int, int], numbers: tuple[int, int]
):
    as_long = one.claim_key.partition(":")[0] == other.claim_key.partition(":")[0]
    first, second = (
        series.of_year(date(year, 1, 1), NumbersTaken()).number(number)
        for series, year, number in zip((one, other), years, numbers, strict=True)
    )

    assert one.could_share(other.prefix) == other.could_share(one.prefix)
    assert first != second or (as_long and one.could_share(other.prefix))
