"""A tariff is revised from later dates on; what was published never changes."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import (
    Revision,
    Tariff,
    TariffPublished,
    TariffRevised,
    apply_tariff,
    components_on,
    publish_tariff,
    require_tariff,
    revise_tariff,
    revised,
)
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from tests.billing_core.price_lists import monthly, once, tariff

NET = tariff("net", monthly("20.00"))
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def from_day(on: date, *components: AnyComponent) -> Revision:
    return Revision(valid_from=on, components=components)


def apply(existing: Tariff, revision: Revision) -> Tariff:
    state: Tariff | None = existing
    for fact in revise_tariff(existing, revision):
        state = apply_tariff(state, fact)
    assert state is not None
    return state


def test_a_revision_holds_from_its_day_and_what_was_before_it_stays():
    net = apply(apply(NET, from_day(MARCH, monthly("22.00"))), from_day(APRIL, monthly("25.00"), once("5.00")))

    assert components_on(net, date(2026, 2, 28)) == (monthly("20.00"),)
    assert components_on(net, MARCH) == (monthly("22.00"),)
    assert components_on(net, APRIL) == (monthly("25.00"), once("5.00"))
    require_tariff(net)


def test_the_event_says_the_day_and_the_components():
    revision = from_day(MARCH, monthly("22.00"))
    assert revise_tariff(NET, revision) == [
        TariffRevised(effective_on=MARCH, tariff="net", components=revision.components)
    ]


def test_what_is_no_news_gives_no_event():
    net = apply(apply(NET, from_day(MARCH, monthly("22.00"))), from_day(APRIL, monthly("25.00")))

    assert revise_tariff(net, from_day(MARCH, monthly("22.00"))) == []
    assert revise_tariff(net, from_day(date(2026, 5, 1), monthly("25.00"))) == []


@pytest.mark.parametrize("on", [date(2026, 2, 1), MARCH])
def test_a_revision_never_changes_what_is_published(on: date):
    net = apply(NET, from_day(MARCH, monthly("22.00")))

    with pytest.raises(RuleViolation, match="is revised from 2026-03-01 on already"):
        revise_tariff(net, from_day(on, monthly("23.00")))


def test_a_code_stays_the_kind_of_thing_it_was():
    with pytest.raises(InvalidValue, match="was recurring before and cannot become one-off"):
        revise_tariff(NET, from_day(MARCH, once("22.00", code="monthly")))


def test_an_unsound_revision_is_refused():
    with pytest.raises(InvalidValue, match="at least one component"):
        revise_tariff(NET, from_day(MARCH))
    with pytest.raises(RuleViolation, match="choose a later date"):
        require_tariff(revised(revised(NET, from_day(MARCH, monthly("22.00"))), from_day(MARCH, monthly("23.00"))))


def test_a_revised_tariff_is_still_the_one_that_was_published():
    net = apply(NET, from_day(MARCH, monthly("22.00")))

    assert publish_tariff(net, NET, MARCH) == []
    with pytest.raises(AlreadyExists, match="revise it from a date on"):
        publish_tariff(net, tariff("net", monthly("22.00")), MARCH)
    assert apply_tariff(None, TariffPublished(effective_on=MARCH, tariff=NET)) == NET
