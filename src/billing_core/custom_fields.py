"""Custom fields: what the house itself wants to know of a customer, a service or a ticket, defined as data.

Decides which definitions are right, which values a subject may have, and how values that were kept are read. Values
belong to the streams of their subjects; what a value must look like is decided in `kernel.field_rules`. The definitions
of a kind of subject hold from the day on which they are published; each publication is the next version. A value
that a later version forbids stays and is read with the reason; only a value that is set anew must be right.

    version 1   door_code: text
    set         door_code "12 A"               kept
    version 2   door_code: text, pattern \\d{4}
    read        door_code "12 A", problem "must match the pattern \\d{4}"
    set         door_code "12 B"               refused
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.field_rules import FieldKind, FieldRule, accepted, faults_of_rule
from billing_core.kernel.repetitions import first_repeated

FieldSubject = Literal["customer", "service", "ticket"]
CUSTOMER_KINDS = ("person", "company")
LANGUAGE = re.compile(r"[a-z]{2,3}")
MOST_FIELDS = 200
MOST_LABEL = 200

# --- values and events


class FieldDefinition(FieldRule, frozen=True, kw_only=True, omit_defaults=True):
    """A field with its labels by language, as in `en: Door code`.

    It `applies_to` some kinds alone if it names them: of customers `person` or `company`, of services the codes of
    products, of tickets the kinds. `default` is taken if a new subject has no value. Values of a searchable field find
    their subject. A retired one keeps its values and takes no others. Fields stand in the order of forms.
    """

    labels: dict[str, str]
    applies_to: tuple[str, ...] = ()
    group: str = ""
    default: str = ""
    is_required: bool = False
    is_searchable: bool = False
    is_shown_to_customer: bool = False
    is_retired: bool = False


@event("custom-fields-published")
class CustomFieldsPublished(Event, frozen=True, kw_only=True):
    """The fields of a kind of subject from now on, complete and in the order of forms; it is the next version."""

    subject: FieldSubject
    fields: tuple[FieldDefinition, ...]


# --- state


class FieldSet(msgspec.Struct, frozen=True):
    """The fields of a kind of subject in the newest version, since which day; version 0 if none was published."""

    subject: FieldSubject
    version: int = 0
    since_on: date | None = None
    fields: tuple[FieldDefinition, ...] = ()

    def asked_of(self, kinds: Collection[str]) -> tuple[FieldDefinition, ...]:
        """The fields that a subject of these kinds may have."""
        return tuple(field for field in self.fields if not field.is_retired and _applies(field, kinds))


def apply_fields(known: FieldSet | None, fact: Event) -> FieldSet | None:
    """Fold one event of the stream of a kind of subject."""
    if not isinstance(fact, CustomFieldsPublished):
        return known
    return FieldSet(fact.subject, known.version + 1 if known else 1, fact.effective_on, fact.fields)


# --- decisions: definitions


def publish_fields(known: FieldSet, fields: tuple[FieldDefinition, ...], on: date) -> list[Event]:
    """The next version: the named fields, and after them those that were published before and are not named.

    So no field is ever lost, as values of it may be kept; one that is not needed any more is retired. Fields that are
    published like this and in this order already change nothing.

        known door, floor; named gate, door     -> gate, door, floor
        known door, floor; named door           -> nothing changes
    """
    named = {field.code for field in fields}
    if fields == tuple(field for field in known.fields if field.code in named):
        return []
    whole = (*fields, *(field for field in known.fields if field.code not in named))
    if faults := list(faults_of(known.subject, whole)):
        raise InvalidValue("; ".join(faults), field="fields")
    return [CustomFieldsPublished(effective_on=on, subject=known.subject, fields=whole)]


def faults_of(subject: FieldSubject, fields: Sequence[FieldDefinition]) -> Iterator[str]:
    """What is wrong with definitions, each fault with its field."""
    if len(fields) > MOST_FIELDS:
        yield f"more than {MOST_FIELDS}"
    if twice := first_repeated(field.code for field in fields):
        yield f"{twice[1]} stands there twice"
    for field in fields:
        yield from (f"{field.code}, {place[0]}: {reason}" for place, reason in faults_of_rule(field))
        yield from (f"{field.code}, {fault}" for fault in _faults_of_definition(subject, field))


def _faults_of_definition(subject: FieldSubject, field: FieldDefinition) -> Iterator[str]:
    if not field.labels:
        yield "labels: one is needed, as in `en: Door code`"
    for language, label in field.labels.items():
        if not LANGUAGE.fullmatch(language):
            yield f"labels: {language!r} is no code of a language such as en"
        if not label.strip() or not label.isprintable() or len(label) > MOST_LABEL:
            yield f"labels, {language}: must be 1 to {MOST_LABEL} letters on one line"
    unknown = [kind for kind in field.applies_to if subject == "customer" and kind not in CUSTOMER_KINDS]
    if unknown:
        yield f"applies_to: {unknown[0]!r} is no kind of customer; these are {', '.join(CUSTOMER_KINDS)}"
    if field.default and not any(faults_of_rule(field)):
        try:
            accepted(field, field.default)
        except InvalidValue as error:
            yield f"default: {error.message}"


# --- decisions: values


def new_values(known: FieldSet, kinds: Collection[str], given: Mapping[str, str]) -> dict[str, str]:
    """The values of a new subject: those given and the defaults; every field that is required has one."""
    asked = known.asked_of(kinds)
    values = {field.code: accepted(field, field.default) for field in asked if field.default}
    values |= {code: value for code, value in accepted_changes(known, kinds, given).items() if value is not None}
    for field in asked:
        if field.is_required and field.code not in values:
            raise InvalidValue(f"is required: {label_of(field)}", field=_name(field.code), value="")
    return values


def accepted_changes(
    known: FieldSet, kinds: Collection[str], changes: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Changes of values in the form in which they are kept; None or an empty text clears one.

    >>> door = FieldDefinition(code="door", labels={"en": "Door"}, kind="number")
    >>> accepted_changes(FieldSet("customer", 1, None, (door,)), ["person"], {"door": " 12 "})
    {'door': '12'}
    """
    return {code: _accepted(known, kinds, code, value or "") for code, value in changes.items()}


def _accepted(known: FieldSet, kinds: Collection[str], code: str, text: str) -> str | None:
    field = next((field for field in known.fields if field.code == code), None)
    if not text.strip() and field is not None:
        if field.is_required and not field.is_retired and _applies(field, kinds):
            raise InvalidValue(f"is required: {label_of(field)}; it cannot be cleared", field=_name(code), value=text)
        return None
    if reason := _problem(field, kinds, text):
        raise InvalidValue(reason, field=_name(code), value=text)
    assert field is not None
    return accepted(field, text)


def _problem(field: FieldDefinition | None, kinds: Collection[str], text: str) -> str:
    """Why a field does not take a value now; empty if it does."""
    if field is None:
        return "no such field is defined; `billing fields` lists them"
    if field.is_retired:
        return "the field is retired and takes no values any more; leave it out"
    if not _applies(field, kinds):
        return f"the field is of {', '.join(field.applies_to)} alone; leave it out"
    try:
        accepted(field, text)
    except InvalidValue as error:
        return error.message
    return ""


def _applies(field: FieldDefinition, kinds: Collection[str]) -> bool:
    return not field.applies_to or any(kind in kinds for kind in field.applies_to)


def _name(code: str) -> str:
    return f"custom_fields.{code}"


# --- values as they are shown


class FieldValue(msgspec.Struct, frozen=True):
    """A field of a subject with its value, None if it has none; `problem` says why it would not be taken today."""

    code: str
    labels: dict[str, str]
    kind: FieldKind
    group: str
    value: str | None
    problem: str
    is_shown_to_customer: bool


def shown_values(known: FieldSet, kinds: Collection[str], values: Mapping[str, str]) -> list[FieldValue]:
    """All fields that the subject may have and those of which a value is kept, in the order of forms."""
    asked = {field.code for field in known.asked_of(kinds)}
    return [
        FieldValue(field.code, field.labels, field.kind, field.group, value,
                   _problem(field, kinds, value) if value is not None else "", field.is_shown_to_customer)
        for field in known.fields
        if (value := values.get(field.code)) is not None or field.code in asked
    ]  # fmt: skip


def label_of(field: FieldDefinition, language: str = "en") -> str:
    """The label in a language, else the first one."""
    return field.labels.get(language) or next(iter(field.labels.values()))
