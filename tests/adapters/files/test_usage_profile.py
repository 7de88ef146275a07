"""A usage profile that cannot be used is refused as a whole: every fault with its line and how to mend it."""

from __future__ import annotations

import pytest

from adapters.files.profile_files import load_usage_profile, shipped_text
from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_sources.usage_file import numbers_in
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.usage.mediation.deliveries import Numbers
from tests.adapters.files.usage_reading import profile_of

GOOD = """
name: own
about: Calls
form: csv
take: {state: OK}
fields:
  key: id
  kind: {value: call}
  subscriber: caller
  component: {value: calls}
  started_at: {column: at, form: "%Y-%m-%d %H:%M:%S", zone: UTC}
  seconds: {column: length}
  bytes_in: {column: volume, unit: MB}
"""


def test_the_columns_that_are_used_are_known():
    assert list(profile_of(GOOD).used_columns) == ["state", "id", "caller", "at", "length", "volume"]


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("key: id", "", "fields.key: is missing"),
        ("form: csv", "form: xlsx", "line 4, form 'xlsx': must be"),
        ("form: csv", "form: csv\ncolour: red", "line 5, colour 'red': is not known here"),
        ("form: csv", "form: csv\nseparator: ';;'", "line 5, separator ';;': must be one character of ASCII"),
        ("form: csv", "form: csv\nencoding: klingon", "line 5, encoding 'klingon': is not an encoding"),
        ("form: csv", "form: csv\nheader: false", "columns: list them for csv without a header"),
        ("form: csv", "form: csv\ncolumns: [a]", "columns: list them for csv without a header"),
        ("form: csv", "form: csv\nheader: false\ncolumns: [id, id]", "columns: id stands twice"),
        ("form: csv", "form: csv\nheader: false\ncolumns: [id]", "the column state is used, but not among id"),
        ("form: csv", "form: fixed", "places: the columns of a fixed form have places"),
        ("form: csv", "form: fixed\nplaces: {id: 9-2}", "places.id '9-2': must be the first and the last character"),
        ("form: csv", "form: csv\nignore_lines: '('", "ignore_lines '(': is not a regular expression"),
        ("%d %H", "%d %Q", "line 11, fields.started_at.form '%Y-%m-%d %Q:%M:%S': is not the form of a time"),
        ("%Y-", "", "is not the form of a time"),
        ("zone: UTC", "zone: Prague", "line 11, fields.started_at.zone 'Prague': is not a time zone"),
        (", zone: UTC", "", "line 11, fields.started_at: needs the zone of its clock"),
        ("{column: at,", "{value: now,", "fields.started_at: write column or text"),
        ("subscriber: caller", "subscriber: {column: a, value: b}", "write one of column, text and value"),
        ("subscriber: caller", "subscriber: {}", "fields.subscriber: write column, text or value"),
        ("subscriber: caller", "subscriber: '{a} {b'", "has a brace without its other half"),
        ("subscriber: caller", "subscriber: {column: a, number: {country: XX}}", "is not a country with numbers"),
        ("subscriber: caller", "subscriber: {column: a, pattern: '(a)(b)'}", "must have at most one group"),
        ("subscriber: caller", "subscriber: {column: a, pattern: 'a(?=b)'}", "must not look ahead or behind"),
        ("subscriber: caller", "subscriber: {rules: [{when: {}, value: b}]}", "when: must not be empty"),
        ("subscriber: caller", "subscriber: {rules: [{when: {a: b}}]}", "rules[0]: write column, text or value"),
        ("{state: OK}", "{state: {}}", "take.state: says nothing"),
        ("{column: length}", "{column: length, form: minutes}", "must be 'seconds', 'milliseconds'"),
        ("unit: MB", "unit: TB", "line 13, fields.bytes_in.unit 'TB': must be"),
        ("{column: volume,", "{column: volume, value: 1,", "fields.bytes_in: write either column or value"),
    ],
)
def test_a_profile_that_cannot_be_used(good: str, bad: str, fault: str):
    assert good in GOOD
    with pytest.raises(InvalidValue) as refused:
        profile_of(GOOD.replace(good, bad, 1))
    assert fault.replace("'", "") in refused.value.message.replace("'", "")


def test_all_faults_of_a_profile_are_named_at_once():
    with pytest.raises(InvalidValue) as refused:
        profile_of(GOOD.replace("zone: UTC", "zone: Prague").replace("unit: MB", "unit: TB").replace("key: id", ""))
    for fault in ("fields.key: is missing", "'Prague': is not a time zone", "'TB': must be"):
        assert fault in refused.value.message


def test_an_unknown_profile_names_those_that_there_are():
    with pytest.raises(NotFound, match="use one of 3cx, accounts, asterisk"):
        load_usage_profile("asterix")
    with pytest.raises(NotFound, match="use one of 3cx"):
        shipped_text(UsageProfile, "../bank_profiles/fio")


@pytest.mark.parametrize(
    ("name", "pattern", "numbers"),
    [
        ("calls-000017.csv", "calls-([0-9]+)", Numbers(17, 17)),
        ("calls-000017.csv", "[0-9]{6}", Numbers(17, 17)),
        ("calls.csv", "calls-([0-9]+)", None),
        ("calls-000017.csv", "", None),
        ("calls-a.csv", "calls-(.)", None),
    ],
)
def test_the_number_of_a_file_stands_in_its_name(name: str, pattern: str, numbers: Numbers | None):
    assert numbers_in(name, pattern) == numbers
