"""Texts of rows: of a column, of several, fixed, or by the first rule that fits; and the part of them that counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.files.csv_profile import COLUMN_IN_TEXT
from adapters.files.usage_fields import Condition, Conditions, Source, TextField
from adapters.files.usage_sources.lines import Marks
from adapters.files.usage_sources.numbers import normalised

Columns = Mapping[str, pa.StringArray]


def text_of(field: TextField, columns: Columns, count: int) -> pa.StringArray:
    """The texts of a field; null if no rule fits and the field has no source of its own."""
    made = texts_of(field, columns, count) if field.is_given else pa.nulls(count, pa.string())
    for rule in reversed(field.rules):
        fits = pa.array(are_as(rule.when, columns, count))
        made = pc.if_else(fits, texts_of(rule, columns, count), made)
    if field.pattern:
        made = part_that_counts(field.pattern, made)
    return normalised(made, field.number) if field.number else made


def texts_of(source: Source, columns: Columns, count: int) -> pa.StringArray:
    """The texts of one source."""
    if source.column:
        return columns[source.column]
    if source.text is None:
        return pa.array([source.value]).take(pa.array(np.zeros(count, np.int8)))
    parts = COLUMN_IN_TEXT.split(source.text)
    pieces = [columns[part] if number % 2 else part for number, part in enumerate(parts) if number % 2 or part]
    if len(pieces) == 1:
        return pieces[0]
    return pc.binary_join_element_wise(*pieces, "")


def part_that_counts(pattern: str, texts: pa.StringArray) -> pa.StringArray:
    """What the pattern, or its group, finds first; the whole text if it finds nothing.

    `^SIP/([^-]+)-` finds `north` in `SIP/north-00000a1f`.
    """
    grouped = pattern if re.compile(pattern).groups else f"({pattern})"
    before = "" if pattern.startswith("^") else ".*?"
    return pc.replace_substring_regex(texts, f"^{before}(?:{grouped}).*$", r"\1")


def are_as(conditions: Conditions, columns: Columns, count: int) -> Marks:
    """Which records are as all of the conditions say."""
    marks = (_is_as(condition, columns[column]) for column, condition in conditions.items())
    return reduce(np.logical_and, marks, np.ones(count, bool))


def _is_as(condition: Condition, texts: pa.StringArray) -> Marks:
    marks = np.ones(len(texts), bool)
    if condition.one_of:
        marks &= np.asarray(pc.is_in(texts, pa.array(condition.one_of)))
    if condition.none_of:
        marks &= ~np.asarray(pc.is_in(texts, pa.array(condition.none_of)))
    if condition.filled is not None:
        marks &= np.asarray(pc.greater(pc.binary_length(texts), 0)) == condition.filled
    if condition.matches:
        marks &= np.asarray(pc.match_substring_regex(texts, condition.matches))
    return marks
