"""What stands together in a step of the wizard: the fields of each service, or all fields of another step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from adapters.pages.forms import Choice, Field
from adapters.pages.onboarding.steps import place_of
from adapters.pages.page import N_
from adapters.pages.visit import Visit

Filled = tuple[Field, Any, Sequence[Choice]]
NUMBERED = N_("Service %(number)s")


class Part(NamedTuple):
    """Fields that stand together, with their values; the only part of a step has no title.

    `place` is that of the service, as in `services.0`.
    """

    title: str
    place: str
    fields: Sequence[Filled]


class Line(NamedTuple):
    """A field as the last step shows it."""

    label: str
    value: str


def parts_of(filled: Iterable[Filled], visit: Visit) -> list[Part]:
    """The fields of a step, those of each service together."""
    found = [(place, list(fields)) for place, fields in groupby(filled, lambda each: place_of(each[0].name))]
    if len(found) < 2:
        return [Part("", place, fields) for place, fields in found]
    say = visit.written.gettext
    return [Part(say(NUMBERED, number=number), *each) for number, each in enumerate(found, start=1)]


def titled(parts: Iterable[Part], visit: Visit) -> list[Filled]:
    """The fields by names that tell those of several services apart."""
    return [
        (_titled(field, part, visit) if part.title else field, value, choices)
        for part in parts for field, value, choices in part.fields
    ]  # fmt: skip


def _titled(field: Field, part: Part, visit: Visit) -> Field:
    return field._replace(label=f"{part.title}: {visit.translated(field.label)}")


def lines(part: Part) -> list[Line]:
    """What a part says, for the last step."""
    return [
        Line(field.label, _said(field, value, choices)) for field, value, choices in part.fields
        if value not in ("", False)
    ]  # fmt: skip


def _said(field: Field, value: Any, choices: Sequence[Choice]) -> str:
    if value is True:
        return "\N{CHECK MARK}"
    return next((choice.label for choice in choices if choice.value == value), str(value))
