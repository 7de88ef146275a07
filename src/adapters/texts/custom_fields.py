"""Custom fields, in words."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.custom_fields import CustomFieldsPublished, FieldDefinition, FieldValue, label_of


def values_text(values: Mapping[str, str]) -> str:
    """`door 12, gate 7`."""
    return ", ".join(f"{code} {value}" for code, value in values.items()) or "none"


def value_text(shown: FieldValue) -> str:
    """`Door code: 12 (must be a number such as 12.5)`, the label in English if it has one."""
    label = shown.labels.get("en") or next(iter(shown.labels.values()))
    problem = f" ({shown.problem})" if shown.problem else ""
    return f"{label}: {shown.value or 'none'}{problem}"


def definition_text(field: FieldDefinition) -> str:
    """What a field accepts, and of whom it is asked."""
    marks = (
        ("required", field.is_required), ("searchable", field.is_searchable),
        ("shown to the customer", field.is_shown_to_customer), ("retired", field.is_retired),
    )  # fmt: skip
    parts = [
        f"{field.kind} of {', '.join(field.choices)}" if field.choices else field.kind,
        *([f"at least {field.least:f}"] if field.least is not None else []),
        *([f"at most {field.most:f}"] if field.most is not None else []),
        *([f"pattern {field.pattern}"] if field.pattern else []),
        *([f"of {', '.join(field.applies_to)} alone"] if field.applies_to else []),
        *([f"by default {field.default}"] if field.default else []),
        *(mark for mark, holds in marks if holds),
    ]
    return f"{label_of(field)}: {', '.join(parts)}"


def _published(fact: CustomFieldsPublished) -> str:
    codes = ", ".join(field.code for field in fact.fields)
    return f"{counted(len(fact.fields), 'custom field')} of a {fact.subject} published{f': {codes}' if codes else ''}"


SENTENCES: Sentences = {CustomFieldsPublished: _published}
