"""Kinds of contract and their templates."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from billing_core.contracts.kinds import (
    ContractKind,
    KindWithTemplates,
    Section,
    Template,
    applies_to,
    apply_kind,
    define_kind,
    filled,
    publish_template,
    require_annex_sections,
)
from billing_core.contracts.terms import Term
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation

ON = date(2026, 5, 15)
KIND = ContractKind(code="internet", name="Internet at home")
PLAIN = Template(title="Contract {{ contract.number }}", sections=(Section(heading="Subject", text="Internet"),))


def known(*templates: Template) -> KindWithTemplates:
    state = apply_kind(None, define_kind(None, KIND, ON)[0])
    for template in templates:
        assert state is not None
        (fact,) = publish_template(state, "en", template, ON)
        state = apply_kind(state, fact)
    assert state is not None
    return state


def test_a_placeholder_is_replaced_by_its_value_and_a_value_is_never_read_as_one():
    values = {"customer.name": "{{ seller.name }}", "seller.name": "North"}
    assert filled("{{customer.name}} and {{ seller.name }}", values) == "{{ seller.name }} and North"


def test_each_publication_is_another_version_and_the_same_again_is_none():
    other = msgspec.structs.replace(PLAIN, title="Agreement {{ contract.number }}")
    state = known(PLAIN, other)

    assert state.newest("en") == 2
    assert [state.template("en", version).title for version in (1, 2)] == [PLAIN.title, other.title]
    assert publish_template(state, "en", other, ON) == []
    with pytest.raises(NotFound, match="has no template in it, but in: en"):
        state.newest("cs")


def test_a_kind_that_is_defined_again_keeps_its_templates():
    state = known(PLAIN)
    changed = ContractKind(code="internet", name="Internet", term=Term(fixed_months=24))
    (fact,) = define_kind(state, changed, ON)
    after = apply_kind(state, fact)

    assert after is not None and (after.kind, after.newest("en")) == (changed, 1)
    assert define_kind(after, changed, ON) == []


@pytest.mark.parametrize(
    ("template", "field", "value"),
    [
        (msgspec.structs.replace(PLAIN, title=" "), "title", " "),
        (msgspec.structs.replace(PLAIN, sections=()), "sections", "0"),
        (msgspec.structs.replace(PLAIN, lead="{{ customer.age }}"), "lead", "customer.age"),
        (msgspec.structs.replace(PLAIN, annex_title="{{ x }}"), "annex title", "x"),
        (msgspec.structs.replace(PLAIN, sections=(Section(heading=""),)), "section 1, heading", ""),
    ],
)
def test_a_template_that_cannot_be_printed_is_refused(template: Template, field: str, value: str):
    with pytest.raises(BillingError) as refused:
        publish_template(known(), "en", template, ON)
    assert (refused.value.field, refused.value.value) == (field, value)


@pytest.mark.parametrize("text", ["{% for x in y %}", "{{ customer.name", "customer.name }}", "{{ {{ customer.name }}"])
def test_a_template_holds_no_code_and_no_half_placeholder(text: str):
    template = msgspec.structs.replace(PLAIN, sections=(Section(heading="Subject", text=text),))
    with pytest.raises(InvalidValue):
        publish_template(known(), "en", template, ON)


def test_a_template_without_sections_for_annexes_prints_none():
    require_annex_sections(msgspec.structs.replace(PLAIN, annex_sections=PLAIN.sections))
    with pytest.raises(RuleViolation, match="has no sections for annexes"):
        require_annex_sections(PLAIN)


def test_a_section_is_printed_for_the_terms_to_which_it_applies():
    fixed, indefinite = Term(fixed_months=24, minimum_months=12), Term()
    sections = [Section(heading="x", applies=each) for each in ("always", "fixed", "indefinite", "minimum")]

    assert [applies_to(section, fixed) for section in sections] == [True, True, False, True]
    assert [applies_to(section, indefinite) for section in sections] == [True, False, True, False]
