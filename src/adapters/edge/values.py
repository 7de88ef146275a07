"""Single values as people write them: dates, exact decimals, texts, lists of names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from msgspec import UnsetType
from pydantic import AfterValidator, BeforeValidator, Field

from adapters.edge.faults import NOT_WHOLE, FaultAt
from adapters.edge.words import VALUES, Without
from billing_core.kernel.dates import ALWAYS, require_day
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import parse_decimal

WHOLE_NUMBER = re.compile(r"[-+]?[0-9]+")


class Kept(NamedTuple):
    """Marks a field whose value keeps a rule of the core: `quantity: Annotated[Decimal, Kept(require_quantity)]`."""

    rule: Callable[[Any], object]

    def check(self, value: Any) -> Any:
        """The value itself; what the rule refuses is a fault of the value."""
        try:
            self.rule(value)
        except BillingError as refused:
            raise ValueError(refused.message) from None
        return value


def _not_empty(values: Any) -> None:
    if not values:
        raise ValueError("must not be empty")


AT_LEAST_ONE = Kept(_not_empty)


def _written_as_date(value: object) -> object:
    """A date comes as a date or as 2026-11-01; pydantic alone would also read a number as seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        return value
    raise ValueError("is not a date; write it as 2026-11-01")


def _written_as_instant(value: object) -> object:
    """An instant comes with its time zone; the plus of one stands in a URL as %2B."""
    if isinstance(value, datetime):
        return value
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError("is not an instant; write it as 2026-11-01T08:00:00Z or 2026-11-01T10:00:00+02:00")
    return instant


def _within_reach(on: date) -> date:
    try:
        return require_day(on, "date")
    except InvalidValue as refused:
        raise ValueError(refused.message) from None


def _within_reach_or_always(on: date) -> date:
    return on if on == ALWAYS else _within_reach(on)


def _written_as_decimal(value: object) -> object:
    """A price comes as text or a whole number: a binary fraction would have lost its cents before it came here."""
    if isinstance(value, float):
        raise ValueError('is a binary fraction; write it in quotes, as "19.90"')
    if not isinstance(value, str):
        return value
    try:
        return parse_decimal(value, "")
    except InvalidValue as refused:
        raise ValueError(refused.message) from None


def _written_as_whole_number(value: object) -> object:
    """Digits only; pydantic alone would also read 1_000, 1.0, digits of other scripts, and true."""
    if isinstance(value, bool | float) or (isinstance(value, str) and not WHOLE_NUMBER.fullmatch(value.strip())):
        raise ValueError(NOT_WHOLE)
    return value


def _written_as_names(value: object) -> object:
    """Names, days and numbers come as a list, or as one text with commas between them."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _storable(text: str) -> str:
    """A text that the database can keep: the character NUL cannot be."""
    if "\0" in text:
        raise ValueError("has the character NUL, which cannot be kept")
    return text


def _no_text_is_no_value(value: object) -> object:
    return None if value == "" else value


AnyText = Annotated[str, AfterValidator(_storable)]
Text = Annotated[str, Field(min_length=1), AfterValidator(_storable)]
ExactDecimal = Annotated[Decimal, BeforeValidator(_written_as_decimal)]
WholeNumber = Annotated[int, BeforeValidator(_written_as_whole_number)]
Instant = Annotated[datetime, BeforeValidator(_written_as_instant)]
BusinessDate = Annotated[date, BeforeValidator(_written_as_date), AfterValidator(_within_reach)]
# The day from which something holds, or `ALWAYS`.
FirstDay = Annotated[date, BeforeValidator(_written_as_date), AfterValidator(_within_reach_or_always)]
# Kinds of values without a comma in them, so that several may be written with commas between them.
PLAIN = (date, Decimal, int)
Names = Annotated[tuple[Text, ...], BeforeValidator(_written_as_names)]

KINDS: dict[Any, Any] = {str: AnyText, int: WholeNumber, Decimal: ExactDecimal, date: BusinessDate, datetime: Instant}
# Says the type by which a struct is read, or a union of some, written without some attributes.
Structs = Callable[[Any, frozenset[str]], Any]


def read_as(kind: Any, structs: Structs, without: frozenset[str] = frozenset()) -> Any:
    """The type by which pydantic reads a value of this type."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _read_annotated(parts[0], parts[1:], structs)
    if origin in (Union, UnionType):
        return _read_union(parts, structs, without)
    if origin is Literal:
        return _read_choice(parts)
    if origin is tuple:
        several: Any = Names if parts[0] is str else tuple[read_as(parts[0], structs), ...]  # type: ignore[misc]
        with_commas = get_origin(parts[0]) is Literal or parts[0] in PLAIN
        return Annotated[several, BeforeValidator(_written_as_names)] if with_commas else several
    if origin is not None and issubclass(origin, Mapping):
        name = Text if parts[0] is str else read_as(parts[0], structs)
        return dict[name, read_as(parts[1], structs)]  # type: ignore[misc, valid-type]
    return structs(kind, without) if hasattr(kind, "__struct_fields__") else KINDS.get(kind, kind)


def _read_annotated(kind: Any, marks: tuple[Any, ...], structs: Structs) -> Any:
    """A type with marks: rules that its value keeps, attributes that are not written, and what pydantic knows."""
    without = frozenset[str]().union(*(mark.attributes for mark in marks if isinstance(mark, Without)))
    read = read_as(kind, structs, without)
    for mark in marks:
        if isinstance(mark, Kept):
            read = Annotated[read, AfterValidator(mark.check)]
        elif isinstance(mark, BeforeValidator):
            read = Annotated[read, mark]
    return read


def _read_union(parts: tuple[Any, ...], structs: Structs, without: frozenset[str]) -> Any:
    """An optional value, one of several structs, or both; an empty text is no value. What may be unset need not be
    written.
    """
    several = tuple(part for part in parts if part not in (NoneType, UnsetType))
    read = read_as(several[0], structs, without) if len(several) == 1 else structs(Union[several], without)  # noqa: UP007
    if NoneType not in parts:
        return read
    return Annotated[read | None, BeforeValidator(_no_text_is_no_value)]


def _read_choice(values: tuple[Any, ...]) -> Any:
    """One of some words; a few are written otherwise than they are stored."""
    stored = {VALUES[value]: value for value in values if value in VALUES}
    if not stored:
        return Literal[values]
    words: Any = Literal[tuple(VALUES.get(value, value) for value in values)]
    return Annotated[words, AfterValidator(lambda word: stored.get(word, word))]


def read_length(written: object) -> str:
    """The length of a period as it is compared: `month` and `1 month` are the same, as are `2 week` and `2 weeks`."""
    found = re.fullmatch(r"(?:([0-9]{1,6}) +)?(day|week|month|year)s?", written) if isinstance(written, str) else None
    if found is None:
        raise FaultAt((), "is not the length of a period; write 1 month, 30 days, 2 weeks or 1 year")
    interval = int(found[1] or 1)
    return f"{interval} {found[2]}{'' if interval == 1 else 's'}"


Length = Annotated[str, BeforeValidator(read_length)]
