from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.work.expressions import Value, evaluate, is_true, names_in, parse

FACTS: dict[str, Value] = {
    "power": Decimal("-19.5"), "district": "north", "paid": False, "account.currency": "CZK",
    "done_on": date(2026, 6, 11), "since_on": date(2026, 6, 10), "unknown": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-27 <= power <= -8", True),
        ("power > -8", False),
        ("district in ('north', 'east')", True),
        ("district not in ['north']", False),
        ("not paid and account.currency == 'CZK'", True),
        ("done_on > since_on", True),
        ("unknown == none", True),
        ("missing is none", True),
        ("true", True),
        ("0.1 + 0.2", Decimal("0.3")),
        ("0.12345678901234567890 * 1", Decimal("0.12345678901234567890")),
        ("2 * (3 - 1) / 4", Decimal(1)),
        ("'yes' if paid else 'no'", "no"),
        ("paid and missing > 3", False),  # what is not asked needs no value
        ("district", "north"),
        ("ceil(45 / 15)", Decimal(3)),
        ("ceil(46 / 15) * 12.50", Decimal("50.00")),
        ("ceil(-power)", Decimal(20)),
        ("ceil(0)", Decimal(0)),
    ],
)
def test_an_expression_has_the_value_that_was_worked_out_by_hand(text: str, value: Value) -> None:
    assert evaluate(parse(text), FACTS) == value


@pytest.mark.parametrize(
    "text",
    [
        "open('x')", "district.upper()", "(1).real", "'a'.x", "lambda: 1", "[x for x in y]", "f'{a}'", "a := 1",
        "facts[0]", "a ** 9", "__import__('os')", "1; 2", "", "a b", "1j", "b'x'", "...", "~a", "{1: 2}", "*a",
        "ceil()", "ceil(1, 2)", "ceil(*a)", "ceil(x=1)", "ceil.x(1)", "a.ceil(1)", "ceil(open(1))", "floor(1)",
        "not " * 60 + "a", "(" * 300 + "a" + ")" * 300, "a" * 1_001, "a\nb",
    ],
)  # fmt: skip
def test_what_is_no_plain_expression_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="expression"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["missing > 3", "district + 1", "district < 3", "1 / 0", "not district", "paid + 1", "district in 'north'",
     "ceil(district)", "ceil(missing)",
     "1e999999 * 1e999999"],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_an_error_that_shows_the_expression(text: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be worked out") as refused:
        evaluate(parse(text), FACTS)
    assert text in str(refused.value)


def test_a_condition_must_be_true_or_false() -> None:
    assert is_true(parse("power < 0"), FACTS)
    with pytest.raises(InvalidValue, match="must be true or false"):
        is_true(parse("district"), FACTS)


def test_the_facts_that_are_asked_for_are_known_before() -> None:
    assert names_in(parse("a.b > 1 and c in (d, 'e') or not true")) == {"a.b", "c", "d"}
    assert names_in(parse("ceil(a / 15)")) == {"a"}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_number_is_the_decimal_that_is_written(number: Decimal) -> None:
    assert evaluate(parse(f"{number:f}"), {}) == number
