"""Custom fields in forms: those that the house has defined, without a line of code for each."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.pages.forms import Choice, Field, Kind
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.custom_fields import ListFieldDefinitions
from billing_core.custom_fields import FieldDefinition, FieldSubject, FieldValue
from billing_core.kernel.field_rules import NO, YES

WORD = "custom_fields"
KINDS: dict[str, Kind] = {
    "number": "amount", "date": "day", "yes-no": "choice", "choice": "choice", "phone": "tel", "email": "email",
}  # fmt: skip
ANSWERS = (Choice(YES, N_("Yes")), Choice(NO, N_("No")))


def custom_fields(visit: Visit, subject: FieldSubject, *, clears: bool = False, word: str = WORD) -> tuple[Field, ...]:
    """The fields of a kind of subject in the order of forms; a retired one is not asked for."""
    if not visit.may(ListFieldDefinitions):
        return ()
    found = visit.ask(ListFieldDefinitions, subject=subject).items
    return tuple(_field(each, visit.language, word, clears=clears) for each in found if not each.is_retired)


def values_of(values: Iterable[FieldValue], word: str = WORD) -> dict[str, str]:
    """The values of a subject, as its form begins with them."""
    return {f"{word}.{each.code}": each.value or "" for each in values}


def _field(definition: FieldDefinition, language: str, word: str, *, clears: bool) -> Field:
    label = definition.labels.get(language) or next(iter(definition.labels.values()), definition.code)
    choices = ANSWERS if definition.kind == "yes-no" else [Choice(each, each) for each in definition.choices]
    is_required = definition.is_required and not definition.applies_to
    return Field(f"{word}.{definition.code}", label, KINDS.get(definition.kind, "text"), definition.group, choices,
                 is_required, clears, width=6)  # fmt: skip
