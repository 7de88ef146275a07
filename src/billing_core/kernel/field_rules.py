"""Rules of fields: which answers a field accepts, and the one form in which an answer is kept.

Forms of tickets and the fields that the house defines itself take their answers by these rules. An answer is kept as
text, so that it reads the same in the log, on a page and in a file:

    text     "Key is with the neighbour"      as typed, without space around it; within `pattern`, if there is one
    number   "-19.5"                          a decimal within `least` and `most`
    date     "2026-06-11"                     ISO 8601
    yes-no   "yes" or "no"
    choice   one of `choices`
    phone    "+37120000001"                   E.164, typed with or without spaces, brackets and hyphens
    email    "anna@customer.example"
    url      "https://customer.example/plan"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from billing_core.kernel.errors import InvalidValue

FieldKind = Literal["text", "number", "date", "yes-no", "choice", "phone", "email", "url"]
FIELD_CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_LETTERS = 4_000
MOST_PATTERN = 200
YES, NO = "yes", "no"
PHONE = re.compile(r"\+[1-9]\d{6,14}")
PHONE_SIGNS = str.maketrans("", "", " ()/.-")
EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")


class FieldRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a field accepts. `pattern` is a regular expression that the whole text must match."""

    code: str
    kind: FieldKind = "text"
    choices: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    pattern: str = ""


# --- answers


def accepted(field: FieldRule, text: str) -> str:
    """The answer in the form in which it is kept, or an `InvalidValue` that says what is expected.

    >>> accepted(FieldRule(code="power", kind="number", least=Decimal(-27), most=Decimal(-8)), " -19.50 ")
    '-19.50'
    >>> accepted(FieldRule(code="door", kind="phone"), "+371 2000-0001")
    '+37120000001'
    """
    text = text.strip()
    if len(text) > MOST_LETTERS:
        raise InvalidValue(f"is longer than {MOST_LETTERS:,} letters", field=field.code, value=f"{text[:40]}...")
    match field.kind:
        case "number":
            _require_number(field, text)
        case "date":
            _require_date(field, text)
        case "yes-no":
            _require_one_of(field, text, (YES, NO))
        case "choice":
            _require_one_of(field, text, field.choices)
        case "phone":
            _require_phone(field, text)
            text = text.translate(PHONE_SIGNS)
        case "email":
            _require_form(field, text, EMAIL, "must be an e-mail address such as anna@customer.example")
        case "url":
            _require_url(field, text)
        case "text" if field.pattern:
            _require_form(field, text, re.compile(field.pattern), f"must match the pattern {field.pattern}")
    return text


def _require_number(field: FieldRule, text: str) -> None:
    try:
        number = Decimal(text)
    except ArithmeticError:
        number = Decimal("nan")
    if not text.isascii() or not number.is_finite() or "e" in text.lower():
        raise InvalidValue("must be a number such as 12.5", field=field.code, value=text)
    if (field.least is not None and number < field.least) or (field.most is not None and number > field.most):
        raise InvalidValue(f"must be {_range(field)}", field=field.code, value=text)


def _range(field: FieldRule) -> str:
    if field.most is None:
        return f"at least {field.least:f}"
    return f"at most {field.most:f}" if field.least is None else f"{field.least:f} to {field.most:f}"


def _require_date(field: FieldRule, text: str) -> None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or text != found.isoformat():
        raise InvalidValue("must be a date such as 2026-06-11", field=field.code, value=text)


def _require_one_of(field: FieldRule, text: str, allowed: tuple[str, ...]) -> None:
    if text not in allowed:
        raise InvalidValue(f"must be one of: {', '.join(allowed)}", field=field.code, value=text)


def _require_form(field: FieldRule, text: str, form: re.Pattern[str], expected: str) -> None:
    if not form.fullmatch(text):
        raise InvalidValue(expected, field=field.code, value=text)


def _require_phone(field: FieldRule, text: str) -> None:
    if not PHONE.fullmatch(text.translate(PHONE_SIGNS)):
        raise InvalidValue("must be a telephone number with its country, such as +371 20000001", field=field.code,
                           value=text)  # fmt: skip


def _require_url(field: FieldRule, text: str) -> None:
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        is_right = False
    if not is_right:
        raise InvalidValue("must be an address such as https://customer.example", field=field.code, value=text)


# --- the rule itself

Fault = tuple[tuple[str | int, ...], str]


def faults_of_rule(rule: FieldRule) -> Iterator[Fault]:
    """What is wrong with a rule: the attribute, and the reason."""
    if not FIELD_CODE.fullmatch(rule.code):
        yield ("code",), f"{rule.code!r} must be 1 to 50 of a to z, digits and _, first a letter"
    if (rule.kind == "choice") != bool(rule.choices):
        yield ("choices",), "are needed by a choice, and by it alone"
    if rule.kind != "number" and (rule.least is not None or rule.most is not None):
        yield ("least",), "least and most are for numbers"
    if rule.least is not None and rule.most is not None and rule.least > rule.most:
        yield ("least",), "must not be greater than most"
    if rule.pattern and (reason := _fault_of_pattern(rule)):
        yield ("pattern",), reason


def _fault_of_pattern(rule: FieldRule) -> str:
    if rule.kind != "text":
        return "is for texts only"
    if len(rule.pattern) > MOST_PATTERN:
        return f"is longer than {MOST_PATTERN} letters"
    try:
        re.compile(rule.pattern)
    except re.error as error:
        return f"is no regular expression: {error}"
    return ""
