"""The house defines what it wants to know, and values fit the definitions of the day on which they are set."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.custom_fields import (
    CustomFieldsPublished,
    FieldDefinition,
    FieldSet,
    accepted_changes,
    apply_fields,
    new_values,
    publish_fields,
    shown_values,
)
from billing_core.kernel.errors import InvalidValue

ON = date(2026, 3, 1)
PERSON, COMPANY = ["person"], ["company"]


def field(code: str, **others: Any) -> FieldDefinition:
    return FieldDefinition(code=code, **({"labels": {"en": code.title()}} | others))


DOOR = field("door")
FLOOR = field("floor", kind="number", least=Decimal(0), default="0")
SEGMENT = field("segment", kind="choice", choices=("small", "large"), applies_to=("company",), is_required=True)
KNOWN = FieldSet("customer", 1, ON, (DOOR, FLOOR, SEGMENT))


def test_fields_are_published_as_versions_and_the_same_once_more_changes_nothing():
    known = FieldSet("customer")
    for version, fields in enumerate([(DOOR,), (DOOR, FLOOR)], start=1):
        (published,) = publish_fields(known, fields, ON)
        assert published == CustomFieldsPublished(effective_on=ON, subject="customer", fields=fields)
        found = apply_fields(known if known.version else None, published)
        assert found is not None
        known = found
        assert (known.version, known.since_on, known.fields) == (version, ON, fields)
    assert publish_fields(known, (DOOR, FLOOR), date(2026, 3, 2)) == []


def test_a_field_that_is_not_named_stays_after_those_that_are():
    gate, retired = field("gate"), field("floor", is_retired=True, kind="number")
    for named, whole in (
        ((gate, DOOR), (gate, DOOR, FLOOR, SEGMENT)),
        ((SEGMENT, DOOR), (SEGMENT, DOOR, FLOOR)),
        ((retired,), (retired, DOOR, SEGMENT)),
    ):
        (published,) = publish_fields(KNOWN, named, ON)
        assert isinstance(published, CustomFieldsPublished)
        assert published.fields == whole
    assert publish_fields(KNOWN, (DOOR, SEGMENT), ON) == []
    assert publish_fields(KNOWN, (), ON) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ((DOOR, DOOR), "door stands there twice"),
        ((field("Door"),), "Door, code: 'Door' must be 1 to 50 of a to z"),
        ((field("door", labels={}),), "door, labels: one is needed"),
        ((field("door", labels={"english": "Door"}),), "'english' is no code of a language"),
        ((field("door", labels={"en": " "}),), "labels, en: must be 1 to 200 letters"),
        ((field("door", applies_to=("dog",)),), "applies_to: 'dog' is no kind of customer; these are person, company"),
        ((field("door", kind="number", default="a"),), "door, default: must be a number such as 12.5"),
        ((field("door", kind="choice"),), "door, choices: are needed by a choice"),
        (tuple(field(f"f{number}") for number in range(201)), "more than 200"),
    ],
)
def test_definitions_that_make_no_sense_are_refused(wrong: tuple[FieldDefinition, ...], fault: str):
    with pytest.raises(InvalidValue) as refused:
        publish_fields(FieldSet("customer"), wrong, ON)
    assert fault in refused.value.message


def test_the_kinds_of_services_and_tickets_are_not_listed_here():
    assert publish_fields(FieldSet("ticket"), (field("door", applies_to=("fault",)),), ON)


def test_a_new_subject_has_what_was_given_and_the_defaults():
    assert new_values(KNOWN, PERSON, {"door": " 12 "}) == {"floor": "0", "door": "12"}
    assert new_values(KNOWN, COMPANY, {"segment": "small", "floor": "3"}) == {"floor": "3", "segment": "small"}
    assert new_values(FieldSet("customer"), PERSON, {}) == {}


@pytest.mark.parametrize(
    ("kinds", "given", "name", "reason"),
    [
        (COMPANY, {}, "segment", "is required: Segment"),
        (COMPANY, {"segment": " "}, "segment", "is required: Segment; it cannot be cleared"),
        (COMPANY, {"segment": "huge"}, "segment", "must be one of: small, large"),
        (PERSON, {"segment": "small"}, "segment", "the field is of company alone; leave it out"),
        (PERSON, {"gate": "1"}, "gate", "no such field is defined; `billing fields` lists them"),
        (PERSON, {"floor": "-1"}, "floor", "must be at least 0"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_field(
    kinds: list[str], given: dict[str, str], name: str, reason: str
):
    with pytest.raises(InvalidValue) as refused:
        new_values(KNOWN, kinds, given)
    assert (refused.value.field, refused.value.message) == (f"custom_fields.{name}", reason)
    assert refused.value.value == given.get(name, "")


def test_a_change_names_fields_and_an_empty_one_is_cleared():
    assert accepted_changes(KNOWN, PERSON, {"door": "", "floor": None}) == {"door": None, "floor": None}


def test_a_value_that_a_later_version_forbids_stays_readable_with_the_reason():
    later = FieldSet("customer", 2, ON, (
        field("door", pattern=r"\d{4}"), field("floor", is_retired=True, kind="number"),
        field("segment", kind="choice", choices=("s",), applies_to=("company",)), field("gate"),
    ))  # fmt: skip
    kept = {"door": "12 A", "floor": "3", "segment": "small"}

    shown = {each.code: (each.value, each.problem) for each in shown_values(later, PERSON, kept)}
    assert shown == {
        "door": ("12 A", r"must match the pattern \d{4}"),
        "floor": ("3", "the field is retired and takes no values any more; leave it out"),
        "segment": ("small", "the field is of company alone; leave it out"),
        "gate": (None, ""),
    }
    with pytest.raises(InvalidValue, match="retired"):
        accepted_changes(later, PERSON, {"floor": "3"})
    assert accepted_changes(later, PERSON, {"floor": None}) == {"floor": None}
