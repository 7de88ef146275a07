"""Amounts are exact: one rounding, half-up, and no cent is lost when an amount is split."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import (
    Money,
    minor_unit,
    parse_amount,
    parse_decimal,
    parse_price,
    require_amount,
    rounded,
    rounded_to_sum,
    split,
    total,
    zero,
)
from tests.billing_core.kernel.currencies import CURRENCIES, currencies

fractions = st.fractions(min_value=-100_000, max_value=100_000, max_denominator=400)
decimals = st.decimals(min_value=-100_000, max_value=100_000, places=6)


def euros(*amounts: str) -> list[Money]:
    return [Money(Decimal(amount), "EUR") for amount in amounts]


@st.composite
def whole_amounts(draw: st.DrawFn) -> Money:
    currency = draw(currencies)
    return Money(draw(st.integers(-1_000_000, 1_000_000)) * minor_unit(currency), currency)


weight_lists = st.lists(st.integers(0, 400), min_size=1, max_size=12).filter(any)

# --- adding and comparing


def test_amounts_of_one_currency_are_added_subtracted_and_compared():
    ten, three = euros("10.00", "3.10")

    assert [ten + three, ten - three, -three] == euros("13.10", "6.90", "-3.10")
    assert three < ten
    assert ten <= Money(Decimal(10), "EUR")
    assert max(ten, three) == ten
    assert str(ten) == "10.00 EUR"


@pytest.mark.parametrize("combine", ["__add__", "__sub__", "__lt__", "__le__"])
def test_two_currencies_are_never_combined(combine: str):
    euro, crown = Money(Decimal("10.00"), "EUR"), Money(Decimal("250.00"), "CZK")

    with pytest.raises(InvalidValue, match="the currencies differ, convert one of them first") as caught:
        getattr(euro, combine)(crown)

    assert (caught.value.field, caught.value.value) == ("amount", "10.00 EUR")
    assert "250.00 CZK" in str(caught.value)


def test_the_sum_of_nothing_is_zero_with_the_currencys_own_decimals():
    assert total([], "EUR") == zero("EUR")
    assert str(zero("EUR")) == "0.00 EUR"
    assert str(zero("JPY")) == "0 JPY"
    assert total(euros("0.10", "0.20"), "EUR") == Money(Decimal("0.30"), "EUR")


def test_an_amount_in_another_currency_does_not_slip_into_a_sum():
    with pytest.raises(InvalidValue, match="currencies differ"):
        total(euros("1.00"), "USD")


def test_an_unknown_currency_is_refused():
    with pytest.raises(InvalidValue, match="unknown currency; give a current ISO 4217 code") as caught:
        minor_unit("EUX")

    assert (caught.value.field, caught.value.value) == ("currency", "EUX")


def test_every_currency_has_its_minor_unit():
    for currency in CURRENCIES:
        assert minor_unit(currency) * 10 ** minor_digits(currency) == 1
        assert zero(currency).amount.as_tuple() == minor_unit(currency).as_tuple()._replace(digits=(0,))
    assert [str(minor_unit(currency)) for currency in ("EUR", "JPY", "KWD", "CLF")] == ["0.01", "1", "0.001", "0.0001"]


# --- the one rounding


@pytest.mark.parametrize(
    ("exact", "currency", "amount"),
    [
        (Decimal("246.774193"), "EUR", "246.77"),
        (Decimal("0.005"), "EUR", "0.01"),
        (Decimal("-0.005"), "EUR", "-0.01"),
        (Decimal("0.004999"), "EUR", "0.00"),
        (Decimal("1.015"), "EUR", "1.02"),
        (Decimal("1.025"), "EUR", "1.03"),
        (Decimal("0.5"), "JPY", "1"),
        (Decimal("0.0005"), "KWD", "0.001"),
        (Fraction(450 * 17, 31), "EUR", "246.77"),
        (Fraction(1, 200), "EUR", "0.01"),
        (Fraction(-1, 200), "EUR", "-0.01"),
        (Fraction(2, 3), "EUR", "0.67"),
        (Fraction(10**20 + 1, 2), "JPY", "50000000000000000001"),
    ],
)
def test_half_up_to_the_minor_unit(exact: Decimal | Fraction, currency: str, amount: str):
    assert str(rounded(exact, currency)) == f"{amount} {currency}"


@given(exact=st.one_of(fractions, decimals), currency=currencies)
def test_rounding_is_symmetrical_and_never_off_by_more_than_half_a_unit(exact: Decimal | Fraction, currency: str):
    amount = rounded(exact, currency)

    assert rounded(-exact, currency) == -amount
    assert abs(Fraction(amount.amount) - Fraction(exact)) <= Fraction(minor_unit(currency)) / 2
    assert amount.amount == amount.amount.quantize(minor_unit(currency))


@given(exact=decimals, currency=currencies)
def test_a_rational_and_a_decimal_round_alike(exact: Decimal, currency: str):
    assert rounded(Fraction(exact), currency) == rounded(exact, currency)


@given(cents=st.integers(-100_000, 100_000))
def test_a_tie_goes_away_from_zero(cents: int):
    tie = Fraction(2 * cents + 1, 200)

    assert abs(Fraction(rounded(tie, "EUR").amount)) == abs(tie) + Fraction(1, 200)


# --- splitting


def test_a_hundred_split_in_three():
    assert split(euros("100.00")[0], [1, 1, 1]) == euros("33.34", "33.33", "33.33")


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        ("0.05", [1, 1, 1], ["0.02", "0.02", "0.01"]),
        ("-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("300.00", [10, 20], ["100.00", "200.00"]),
        ("10.00", [1, 0, 2], ["3.33", "0.00", "6.67"]),
        ("0.01", [1, 2], ["0.00", "0.01"]),
        ("0.00", [3, 4], ["0.00", "0.00"]),
        ("7.77", [5], ["7.77"]),
    ],
)
def test_split_by_largest_remainder(whole: str, weights: list[int], parts: list[str]):
    assert split(euros(whole)[0], weights) == euros(*parts)


@given(whole=whole_amounts(), weights=weight_lists)
def test_parts_sum_to_the_whole_and_each_is_within_a_unit_of_its_share(whole: Money, weights: list[int]):
    parts = split(whole, weights)

    assert len(parts) == len(weights)
    assert total(parts, whole.currency) == whole
    unit = Fraction(minor_unit(whole.currency))
    for part, weight in zip(parts, weights, strict=True):
        share = Fraction(whole.amount) * weight / sum(weights)
        assert abs(Fraction(part.amount) - share) < unit
        assert part.amount * whole.amount >= 0, "no part has another sign than the whole"


@given(whole=whole_amounts(), weights=weight_lists)
def test_who_has_the_larger_weight_never_gets_the_smaller_part(whole: Money, weights: list[int]):
    parts = [abs(part.amount) for part in split(whole, weights)]

    for weight, part in zip(weights, parts, strict=True):
        for other_weight, other_part in zip(weights, parts, strict=True):
            assert weight <= other_weight or part >= other_part


@given(whole=whole_amounts(), weight=st.integers(1, 100), number=st.integers(1, 12))
def test_among_equals_the_earlier_parts_get_the_units_that_are_left(whole: Money, weight: int, number: int):
    parts = [abs(part.amount) for part in split(whole, [weight] * number)]

    assert parts == sorted(parts, reverse=True)


@given(whole=whole_amounts(), weights=weight_lists)
def test_a_negative_amount_is_split_like_its_opposite(whole: Money, weights: list[int]):
    assert split(-whole, weights) == [-part for part in split(whole, weights)]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3]])
def test_weights_that_say_nothing_are_refused(weights: list[int]):
    with pytest.raises(InvalidValue, match="non-negative and not all zero") as caught:
        split(euros("1.00")[0], weights)

    assert (caught.value.field, caught.value.value) == ("weights", str(weights))


@given(parts=st.lists(fractions, min_size=1, max_size=8), currency=currencies)
def test_exact_parts_are_rounded_to_their_rounded_sum(parts: list[Fraction], currency: str):
    whole = rounded(sum(parts, Fraction(0)), currency)

    found = rounded_to_sum(parts, whole)

    assert total(found, currency) == whole
    for part, exact in zip(found, parts, strict=True):
        assert abs(Fraction(part.amount) - exact) <= Fraction(minor_unit(currency))


def test_parts_that_are_far_from_the_sum_are_refused():
    with pytest.raises(InvalidValue, match="do not round to this sum") as caught:
        rounded_to_sum([Fraction(1), Fraction(2)], euros("3.03")[0])

    assert (caught.value.field, caught.value.value) == ("amount", "3.03 EUR")


# --- what people type


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("12.50", "EUR", "12.50"), (" 7 ", "EUR", "7.00"), ("1500", "JPY", "1500"), ("-3.5", "EUR", "-3.50"),
     ("1.234", "KWD", "1.234"), ("3.000", "KWD", "3.000"), ("12.5", "CLF", "12.5000"), ("-0.10", "RSD", "-0.10")],
)  # fmt: skip
def test_an_amount_is_read_with_the_currencys_decimals(text: str, currency: str, amount: str):
    assert str(parse_amount(text, currency, "amount")) == f"{amount} {currency}"


@pytest.mark.parametrize(
    ("text", "currency", "message"),
    [
        ("3.000", "EUR", "has more decimals than EUR, which has 2; write 3.00, or write 3000.00 if the point marks"),
        ("-3.000", "EUR", "write -3.00, or write -3000.00 if the point marks thousands"),
        ("13.000", "JPY", "has more decimals than JPY, which has 0; write 13, or write 13000 if the point marks"),
        ("12.345", "EUR", "which has 2; round it to 2 decimals, or write 12345.00 if the point marks thousands"),
        ("12.3456", "EUR", "which has 2; round it to 2 decimals$"),
        ("0.000000", "EUR", "which has 2; write 0.00$"),
        ("13.0", "JPY", "which has 0; write 13$"),
        ("1.5", "JPY", "which has 0; round it to 0 decimals$"),
        ("1.0000", "KWD", "which has 3; write 1.000$"),
        ("3.000", "XXX", "has no minor unit"),
        ("12,50", "EUR", "is not a number; write it as 12.50"),
        ("", "EUR", "is not a number"),
        ("abc", "EUR", "is not a number"),
        ("1_000", "EUR", "is not a number"),
        ("1e3", "EUR", "is not a number"),
        ("٣", "EUR", "is not a number"),
        ("NaN", "EUR", "is not a number"),
        ("Infinity", "EUR", "is not a number"),
        ("1000000000000", "EUR", "must be a number below 10\\^12"),
        ("1000000000000000", "EUR", "must be below 10\\^15"),
    ],
)
def test_an_amount_that_is_none_is_refused_with_field_and_value(text: str, currency: str, message: str):
    with pytest.raises(InvalidValue, match=message) as caught:
        parse_amount(text, currency, "fee")

    assert (caught.value.field, caught.value.value) == (("currency", currency) if currency == "XXX" else ("fee", text))


@given(currency=currencies, units=st.integers(-(10**9), 10**9), decimals=st.integers(0, 6))
def test_an_amount_is_taken_exactly_if_it_is_written_with_no_more_decimals_than_its_currency(
    currency: str, units: int, decimals: int
):
    """Also with zeros alone: what is written is counted, not what it is worth."""
    written = Decimal(units).scaleb(-decimals)
    text = f"{written:f}"

    if decimals <= minor_digits(currency):
        assert parse_amount(text, currency, "fee") == require_amount(written, currency, "fee")
        assert parse_amount(text, currency, "fee") == Money(written, currency)
        assert str(parse_amount(text, currency, "fee")) == f"{written:.{minor_digits(currency)}f} {currency}"
    else:
        for refused in (lambda: parse_amount(text, currency, "fee"), lambda: require_amount(written, currency, "fee")):
            with pytest.raises(InvalidValue, match=f"has more decimals than {currency}") as caught:
                refused()
            assert (caught.value.field, caught.value.value) == ("fee", text)


@given(amount=whole_amounts())
def test_an_amount_that_was_rounded_is_written_and_read_back(amount: Money):
    text, _, currency = str(amount).partition(" ")

    assert str(parse_amount(text, currency, "fee")) == str(amount)


@given(currency=currencies, value=st.decimals(min_value=-1000, max_value=1000, places=3))
def test_what_a_refusal_says_to_write_is_taken(currency: str, value: Decimal):
    """Each amount that the message offers is worth what was written, as decimals or as thousands."""
    try:
        require_amount(value, currency, "fee")
    except InvalidValue as refused:
        offered = [word.rstrip(",") for word in refused.message.split("write ")[1:]]
        taken = [parse_amount(words.split(",")[0].split(" ")[0], currency, "fee").amount for words in offered]
        assert taken in ([value, value * 1000], [value * 1000])
        assert (value in taken) == (value == rounded(value, currency).amount)
    else:
        assert minor_digits(currency) >= 3


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+12", "-1E+12"])
def test_a_value_that_is_no_amount_is_refused(value: str):
    with pytest.raises(InvalidValue, match="must be a number below 10\\^12"):
        require_amount(Decimal(value), "EUR", "fee")


def test_a_value_in_another_notation_is_the_same_amount():
    assert str(require_amount(Decimal("1E+3"), "EUR", "fee")) == "1000.00 EUR"
    assert str(require_amount(Decimal("25E-1"), "EUR", "fee")) == "2.50 EUR"


@pytest.mark.parametrize("text", ["0", "0.000001", "999999999999.999999", "19.90"])
def test_a_price_has_up_to_six_decimals(text: str):
    assert parse_price(text, "price") == Decimal(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-0.01", "must not be negative"),
        ("0.0000001", "at most 6 decimals"),
        ("1e12", "not a number"),
        ("1000000000000", "below 10\\^12"),
        ("x", "not a number"),
    ],
)
def test_a_price_that_is_none_is_refused_with_field_and_value(text: str, message: str):
    with pytest.raises(InvalidValue, match=message) as caught:
        parse_price(text, "monthly price")

    assert (caught.value.field, caught.value.value) == ("monthly price", text)


@given(value=decimals)
def test_what_was_written_is_read_back(value: Decimal):
    assert parse_decimal(f"{value:f}", "value") == value
