"""Fields of a usage profile: how a text, a time, a duration and an amount are made of the columns of a record.

`usage_profile` has the vocabulary by example; `usage_sources` reads by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BeforeValidator

from adapters.edge.values import AT_LEAST_ONE, Kept
from adapters.files.csv_profile import COLUMN_IN_TEXT, TextOfColumns
from adapters.files.yaml_documents import FilePart

# The directives of a written time, each with its number of digits.
DIGITS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
DIRECTIVE = re.compile("%.?")
EPOCHS = {"epoch seconds": 1_000_000, "epoch milliseconds": 1_000, "epoch microseconds": 1}
ISO = "iso"
MOST_OF_A_PATTERN = 200
UNITS = {
    "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
}  # fmt: skip


def _require_time_form(form: str) -> None:
    if form in EPOCHS or form == ISO:
        return
    found = DIRECTIVE.findall(form)
    has_day = {"%m", "%d"} <= set(found) and ("%Y" in found or "%y" in found)
    if not has_day or len(set(found)) < len(found) or not set(found) <= DIGITS.keys() or not form.isascii():
        raise ValueError(
            f"is not the form of a time; write {', '.join([ISO, *EPOCHS])}, or its parts as in %d.%m.%Y %H:%M:%S"
        )


def _require_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise ValueError("is not a time zone; write for example Europe/Prague or UTC")


def _require_pattern(pattern: str) -> None:
    """Patterns are of the kind that both Python and the reader of columns know: nothing looks ahead or behind."""
    if len(pattern) > MOST_OF_A_PATTERN:
        raise ValueError(f"must not be longer than {MOST_OF_A_PATTERN} characters")
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if groups > 1 or re.search(r"\(\?[=!<P]|\\[1-9]", pattern):
        raise ValueError("must have at most one group, without a name, and must not look ahead or behind")


def _require_country(country: str) -> None:
    from phonenumbers import SUPPORTED_REGIONS  # It is large, and few profiles need it.

    if country not in SUPPORTED_REGIONS:
        raise ValueError("is not a country with numbers; write for example CZ")


Pattern = Annotated[str, Kept(_require_pattern)]
Zone = Annotated[str, Kept(_require_zone)]
Texts = Annotated[tuple[str, ...], AT_LEAST_ONE]


class Condition(FilePart, frozen=True, kw_only=True):
    """What a column must be: one of some texts, none of some, filled or not, or as a pattern finds it."""

    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    filled: bool | None = None
    matches: Pattern = ""

    def __post_init__(self) -> None:
        if not (self.one_of or self.none_of or self.filled is not None or self.matches):
            raise ValueError("says nothing; write one_of, none_of, filled or matches")


def _as_condition(written: Any) -> Any:
    """What a column must be may be written alone, or as a list."""
    if isinstance(written, str):
        return {"one_of": [written]}
    return {"one_of": written} if isinstance(written, list) else written


def as_source(written: Any) -> Any:
    """A field may be written as its column, or as a text with columns in braces."""
    if not isinstance(written, str):
        return written
    return {"text": written} if "{" in written else {"column": written}


Conditions = Mapping[str, Annotated[Condition, BeforeValidator(_as_condition)]]


class Source(FilePart, frozen=True, kw_only=True):
    """Where a text comes from: a column, a text with columns in braces, or a fixed value."""

    column: str = ""
    text: TextOfColumns | None = None
    value: str | None = None

    @property
    def is_given(self) -> bool:
        return bool(self.column) or self.text is not None or self.value is not None

    def require_one(self) -> None:
        """At most one of the three is written."""
        if bool(self.column) + (self.text is not None) + (self.value is not None) > 1:
            raise ValueError("write one of column, text and value")

    def columns(self) -> Iterator[str]:
        """The columns that it needs."""
        if self.column:
            yield self.column
        if self.text is not None:
            yield from COLUMN_IN_TEXT.findall(self.text)


class Rule(Source, frozen=True, kw_only=True):
    """A source that holds if the columns are as it says."""

    when: Annotated[Conditions, AT_LEAST_ONE]

    def __post_init__(self) -> None:
        self.require_one()
        if not self.is_given:
            raise ValueError("write column, text or value")

    def columns(self) -> Iterator[str]:
        """The columns that it needs."""
        yield from self.when
        yield from super().columns()


class NumberForm(FilePart, frozen=True, kw_only=True):
    """How a telephone number becomes digits of E.164.

    What begins with one of the `international` prefixes loses it. Anything else that the `country` knows as a number of
    its own, and not as a short one, gets the country's code. What is neither stays as it is.
    """

    international: Texts = ("+", "00")
    country: Annotated[str, Kept(_require_country)] = ""


class TextField(Source, frozen=True, kw_only=True):
    """A text: of the first rule that fits, else of its own source. `pattern` finds the part that counts."""

    rules: tuple[Rule, ...] = ()
    pattern: Pattern = ""
    number: NumberForm | None = None

    def __post_init__(self) -> None:
        self.require_one()
        if not self.is_given and not self.rules:
            raise ValueError("write column, text or value")

    def columns(self) -> Iterator[str]:
        """The columns that it needs."""
        for rule in self.rules:
            yield from rule.columns()
        yield from super().columns()


class TimeField(Source, frozen=True, kw_only=True):
    """An instant: `iso` (with its offset, or in the zone), since 1970 (`epoch seconds`), or a form such as `%d.%m.%Y`.

    A time that the clocks of the zone show twice is the earlier one. One that they skip is refused. A day without a
    time is noon.
    """

    form: Annotated[str, Kept(_require_time_form)] = ISO
    zone: Zone = ""

    def __post_init__(self) -> None:
        self.require_one()
        if self.value is not None or not self.is_given:
            raise ValueError("write column or text")
        if not self.zone and self.form not in (*EPOCHS, ISO):
            raise ValueError("needs the zone of its clock; write for example zone: Europe/Prague")


class DurationField(FilePart, frozen=True, kw_only=True):
    """A duration, rounded to whole seconds if it is finer: by default up, so that a second begun counts."""

    column: str
    form: Literal["seconds", "milliseconds", "microseconds", "hh:mm:ss"] = "seconds"
    rounding: Literal["up", "down", "nearest"] = "up"

    def columns(self) -> Sequence[str]:
        """The columns that it needs."""
        return (self.column,)


class AmountField(FilePart, frozen=True, kw_only=True):
    """An amount of a column, or a fixed one. Bytes are written in a unit: `MB` is a million, `MiB` is 1024 x 1024."""

    column: str = ""
    value: Decimal | None = None
    unit: Literal["B", "KB", "MB", "GB", "KiB", "MiB", "GiB"] = "B"
    decimal: Literal[".", ","] = "."

    def __post_init__(self) -> None:
        if bool(self.column) == (self.value is not None):
            raise ValueError("write either column or value")

    def columns(self) -> Sequence[str]:
        """The columns that it needs."""
        return (self.column,) if self.column else ()
