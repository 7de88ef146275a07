"""The numbers of documents: sound series, opened when needed, the next one when one is used up."""

from __future__ import annotations

import msgspec
import pytest

from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.parties.number_series import NumberSeries, NumberSeriesOpened
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
        series_for(young, "credit-note", 1)
    assert str(refused.value) == (
        "document 'credit-note': seller north has no number series for this kind of document; open one with "
        "`open-number-series`"
    )

    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=SERIES["credit-note"])
    assert open_number_series(young, opened, 0) == [opened]
    grown = apply_seller(young, opened)
    assert grown == NORTH and series_for(grown, "credit-note", 999_999_999) == SERIES["credit-note"]
    assert open_number_series(grown, opened, 7) == []
    assert register_seller(grown, young, LATER) == register_seller(grown, NORTH, LATER) == []


@pytest.mark.parametrize("series", [NumberSeries(prefix="6", width=9), NumberSeries(prefix="5", width=10)])
def test_a_series_goes_on_once_it_is_opened(series: NumberSeries):
    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=series)
    with pytest.raises(AlreadyExists, match="has the prefix 5 and the width 9"):
        open_number_series(NORTH, opened, 999_999_998)


def test_the_next_series_begins_after_the_last_number_of_the_one_before():
    """The series 26/4 ends with 269999, the 9999th credit note; the 10000th is the first of 27/4."""
    first, next_one = NumberSeries(prefix="26", width=4), NumberSeries(prefix="27", width=4)
    seller = msgspec.structs.replace(NORTH, series={"credit-note": first})
    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=next_one)
    with pytest.raises(AlreadyExists, match="its numbers continue until they are used up"):
        open_number_series(seller, opened, 9998)
    assert series_for(seller, "credit-note", 9999).number(9999) == "269999"
    with pytest.raises(NumberSeriesFull, match="seller north has used up the numbers of its series with the prefix 26"):
        series_for(seller, "credit-note", 10_000)

    (fact,) = open_number_series(seller, opened, 9999)

    grown = apply_seller(seller, fact)
    assert grown is not None
    series = series_for(grown, "credit-note", 19_998)
    assert (series.first, series.number(10_000), series.number(19_998)) == ("270001", "270001", "279999")
    with pytest.raises(NumberSeriesFull, match="the prefix 27"):
        series_for(grown, "credit-note", 19_999)
    assert open_number_series(grown, opened, 12_000) == []
    assert register_seller(grown, seller, LATER) == [], "the seller as it was registered at first"


def test_a_series_that_is_opened_later_is_as_sound_as_the_first_ones():
    young = msgspec.structs.replace(NORTH, series={"invoice": SERIES["invoice"]})
    for series in (NumberSeries(prefix="12", width=9), NumberSeries(prefix="5", width=3)):
        opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=series)
        with pytest.raises(InvalidValue, match="series"):
            open_number_series(young, opened, 0)
