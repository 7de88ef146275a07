"""A form that was filled in: from its fields to the words of a command, and from faults back to its fields.

The names of fields are those of the API's body, dotted for what is in it deeper down:

    name=Eva  address.city=Brno  ->  {"name": "Eva", "address": {"city": "Brno"}}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from adapters.edge.faults import REASONS, found_in, location_of, reason
from adapters.edge.shapes import shapes_of
from adapters.files.plain_values import Unreadable, plain_values
from adapters.pages.forms import Field, FilledIn
from adapters.pages.refusals import message_of, said_of
from adapters.pages.typed import amount_typed, day_typed
from adapters.pages.uploads import kept_files
from adapters.pages.visit import Visit
from billing_core.kernel.errors import BillingError, InvalidValue

CONFIRMED = "confirmed"
READS: dict[str, Callable[[str, Visit], Any]] = {
    "list": lambda text, visit: _lines(text),
    "days": lambda text, visit: [day_typed(line, visit.today) for line in _lines(text)],
    "amounts": lambda text, visit: [amount_typed(line) for line in _lines(text)],
    "pairs": lambda text, visit: _pairs(text),
    "lines": lambda text, visit: text.replace("\r\n", "\n"),
    "day": lambda text, visit: day_typed(text, visit.today),
    "amount": lambda text, visit: amount_typed(text),
    "yaml": lambda text, visit: _yaml(text),
}
MOST_ROWS = 100
WORDS = re.compile(r"\{([a-z_]+)\}")


class Words(dict[str, Any]):
    """The words of a command. What asks for one that was left empty is refused, as the command itself would be."""

    def __missing__(self, word: str) -> Any:
        raise InvalidValue(REASONS["missing"], field=word.replace("_", " "))


def words_of(form: FilledIn, visit: Visit) -> Words:
    """The words of the command that the form gives."""
    words = Words()
    known = {word for shape in shapes_of(form.struct) for word in shape.words}
    fixed = form.fixed(visit) if callable(form.fixed) else form.fixed
    for name, value in fixed.items():
        _put(words, name, value)
    for field in form.fields:
        if field.kind in WHOLE:
            words |= {word: value for word, value in WHOLE[field.kind](field, visit).items() if word in known}
        elif (value := _value(field, visit)) is not None:
            _put(words, field.name, value)
    if CONFIRMED in visit.posted:
        words[CONFIRMED] = True
    for name in WORDS.findall(form.path):
        if name in known:
            _put(words, name, visit.path[name])
    return words


def as_typed(form: FilledIn, visit: Visit) -> dict[str, Any]:
    """The values of the fields as they were typed, to be shown again."""
    return {field.name: _texts(field, visit) for field in form.fields}


def rows_typed(field: Field, visit: Visit) -> list[dict[str, str]]:
    """The rows of a field as they were typed, the empty ones left out: `components.0.code` is of the first row."""
    first, *_ = field.columns
    places = [f"{field.name}.{number}" for number in range(MOST_ROWS)]
    filled = [place for place in places if visit.first(f"{place}.{first.name}").strip()]
    return [{each.name: visit.first(f"{place}.{each.name}").strip() for each in field.columns} for place in filled]


def rows_read(field: Field, visit: Visit) -> list[dict[str, Any]]:
    """The rows of a field for the command; an empty word of a row is left out."""
    kinds = {each.name: READS.get(each.kind) for each in field.columns}
    return [
        {name: read(text, visit) if (read := kinds[name]) else text for name, text in row.items() if text}
        for row in rows_typed(field, visit)
    ]


def _texts(field: Field, visit: Visit) -> Any:
    if field.kind == "choices":
        return [str(value) for value in visit.posted.get(field.name, ())]
    if field.kind == "check":
        return field.name in visit.posted
    if field.kind == "from":
        return {"when": visit.first(f"{field.name}.when"), "day": visit.first(field.name)}
    if field.kind == "rows":
        return rows_typed(field, visit)
    return visit.first(field.name)


def _value(field: Field, visit: Visit) -> Any:
    """The value of a field for the command; None leaves the word out."""
    typed = _texts(field, visit)
    if field.kind == "rows":
        return rows_read(field, visit) or _cleared(field)
    if field.kind in ("check", "choices"):
        return typed
    text = typed.strip()
    if not text:
        return _cleared(field)
    reads = READS.get(field.kind)
    return reads(text, visit) if reads else text


def _from(field: Field, visit: Visit) -> dict[str, Any]:
    """From when a change holds; what is today is left out."""
    match visit.first(f"{field.name}.when"):
        case "period":
            return {"from_next_period": True}
        case "day":
            return {field.name: day_typed(visit.first(field.name), visit.today)}
    return {}


def _one_file(field: Field, visit: Visit) -> dict[str, Any]:
    """A file for a command that attaches one: the words `content_hash` and `name`."""
    return dict(next(iter(kept_files(field.name, visit)), {}))


def _files(field: Field, visit: Visit) -> dict[str, Any]:
    files = kept_files(field.name, visit)
    return {field.name: files} if files else {}


def _yaml(text: str) -> Any:
    """The value that a text in YAML says."""
    try:
        return plain_values(text, null_is_none=True).value
    except Unreadable as error:
        raise InvalidValue(str(error)) from None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pairs(text: str) -> dict[str, str]:
    """The values by name of lines `name = value`; a line without a value has an empty one."""
    lines = (line.partition("=") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in lines}


def _cleared(field: Field) -> Any:
    if not field.clears:
        return None
    return [] if field.kind in ("list", "rows") else {} if field.kind == "pairs" else ""


def _put(words: dict[str, Any], name: str, value: Any) -> None:
    *above, last = name.split(".")
    for word in above:
        words = words.setdefault(word, {})
    words[last] = value


def faults_of(error: Exception, form: FilledIn, words: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with which field; under no name what is wrong with the whole."""
    if isinstance(error, ValidationError):
        found: dict[str, list[str]] = {}
        for fault in error.errors():
            place = ".".join(map(str, found_in(words, location_of(fault))))
            named = _field_at(place, form.fields)
            said = reason(fault) if named else f"{place}: {reason(fault)}"
            found.setdefault(named, []).append(said)
        return {name: "; ".join(said) for name, said in found.items()}
    if isinstance(error, BillingError):
        named = _field_called(error.field or "", form.fields)
        return {named: message_of(error) if named else said_of(error)}
    return {"": str(error)}


def _field_at(place: str, fields: Iterable[Field]) -> str:
    """The field of a place or of what it is a part of."""
    return next((field.name for field in fields if place == field.name or place.startswith(f"{field.name}.")), "")


def _field_called(called: str, fields: Iterable[Field]) -> str:
    """The field that a rule names in its own words: `customer name` is `customer.name`, `billing day` `billing_day`."""
    for field in fields:
        last = field.name.rpartition(".")[2].replace("_", " ")
        if called == last or called.endswith(f" {last}"):
            return field.name
    return ""


# Kinds of fields that are not one word of the command.
WHOLE: dict[str, Callable[[Field, Visit], dict[str, Any]]] = {"from": _from, "file": _one_file, "files": _files}
