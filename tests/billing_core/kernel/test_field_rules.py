"""A field takes answers of its kind, keeps each in one form, and says what it expects of the others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.field_rules import MOST_LETTERS, FieldKind, FieldRule, accepted, faults_of_rule


def rule(kind: FieldKind, **others: object) -> FieldRule:
    return FieldRule(code="x", kind=kind, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        (rule("text"), "  Key is with the neighbour ", "Key is with the neighbour"),
        (rule("text", pattern=r"\d{4}"), "0042", "0042"),
        (rule("number", least=Decimal(-2), most=Decimal(40)), " 40 ", "40"),
        (rule("date"), "2026-02-28", "2026-02-28"),
        (rule("yes-no"), "no", "no"),
        (rule("choice", choices=("home", "office")), "office", "office"),
        (rule("phone"), "+371 (2000) 00-01", "+37120000001"),
        (rule("email"), "anna.k@mail.customer.example", "anna.k@mail.customer.example"),
        (rule("url"), "https://customer.example/plan?floor=2", "https://customer.example/plan?floor=2"),
    ],
)
def test_an_answer_is_kept_in_one_form(field: FieldRule, text: str, kept: str):
    assert accepted(field, text) == kept


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        (rule("text"), "a" * (MOST_LETTERS + 1), "is longer than 4,000 letters"),
        (rule("text", pattern=r"\d{4}"), "00421", r"must match the pattern \d{4}"),
        (rule("number", least=Decimal(-2), most=Decimal(40)), "40.01", "must be -2 to 40"),
        (rule("number"), "1e3", "must be a number such as 12.5"),
        (rule("number"), "NaN", "must be a number such as 12.5"),
        (rule("date"), "2026-02-29", "must be a date such as 2026-06-11"),
        (rule("date"), "20260228", "must be a date such as 2026-06-11"),
        (rule("yes-no"), "Yes", "must be one of: yes, no"),
        (rule("choice", choices=("home", "office")), "shop", "must be one of: home, office"),
        (rule("phone"), "20000001", "must be a telephone number with its country, such as +371 20000001"),
        (rule("phone"), "+371 2000000x", "must be a telephone number with its country, such as +371 20000001"),
        (rule("email"), "anna@localhost", "must be an e-mail address such as anna@customer.example"),
        (rule("email"), "anna@@x.example", "must be an e-mail address such as anna@customer.example"),
        (rule("url"), "javascript:alert(1)", "must be an address such as https://customer.example"),
        (rule("url"), "https://", "must be an address such as https://customer.example"),
        (rule("url"), "https://x.example/a b", "must be an address such as https://customer.example"),
    ],
)
def test_another_answer_is_refused_with_field_and_value(field: FieldRule, text: str, expected: str):
    with pytest.raises(InvalidValue) as refused:
        accepted(field, text)
    assert (refused.value.message, refused.value.field) == (expected, "x")
    assert refused.value.value in (text, "a" * 40 + "...")


@pytest.mark.parametrize(
    ("field", "places"),
    [
        (FieldRule(code="Door"), ["code"]),
        (rule("choice"), ["choices"]),
        (rule("text", choices=("a",)), ["choices"]),
        (rule("date", least=Decimal(1)), ["least"]),
        (rule("number", least=Decimal(2), most=Decimal(1)), ["least"]),
        (rule("number", pattern="1"), ["pattern"]),
        (rule("text", pattern="("), ["pattern"]),
        (rule("text", pattern="a" * 201), ["pattern"]),
        (rule("text", pattern="a"), []),
    ],
)
def test_a_rule_that_makes_no_sense_is_named_by_its_attribute(field: FieldRule, places: list[str]):
    assert [place[0] for place, _ in faults_of_rule(field)] == places
