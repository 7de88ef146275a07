"""A tariff is revised from later dates on; what was published never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from billing_core.billing.repricing import repricings
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import (
    Revision,
    Tariff,
    TariffPublished,
    TariffRevised,
    apply_tariff,
    close_tariff,
    components_on,
    publish_tariff,
    reopen_tariff,
    replace_revision,
    require_on_sale,
    require_tariff,
    revise_tariff,
    revised,
    withdraw_revision,
)
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
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


# --- replaced, withdrawn, closed


def folded(existing: Tariff, events: Sequence[Event]) -> Tariff:
    state: Tariff | None = existing
    for fact in events:
        state = apply_tariff(state, fact)
    assert state is not None
    return state


def test_the_last_revision_is_replaced_or_withdrawn_until_something_is_charged_by_it():
    net = apply(apply(NET, from_day(MARCH, monthly("22.00"))), from_day(APRIL, monthly("250.00")))

    right = folded(net, replace_revision(net, from_day(APRIL, monthly("25.00")), None))
    assert components_on(right, APRIL) == (monthly("25.00"),)
    assert replace_revision(right, from_day(APRIL, monthly("25.00")), "A1") == []
    left = folded(right, withdraw_revision(right, APRIL, None))
    assert components_on(left, APRIL) == components_on(left, MARCH) == (monthly("22.00"),)
    again = apply(left, from_day(APRIL, monthly("24.00")))
    assert components_on(again, APRIL) == (monthly("24.00"),)
    require_tariff(again)
    for refused in (
        lambda: replace_revision(net, from_day(APRIL, monthly("25.00")), "A1"),
        lambda: withdraw_revision(net, APRIL, "A1"),
    ):
        with pytest.raises(RuleViolation, match="account A1 was charged by it already; add a revision from a later"):
            refused()


def test_only_the_last_revision_may_go():
    net = apply(apply(NET, from_day(MARCH, monthly("22.00"))), from_day(APRIL, monthly("25.00")))

    with pytest.raises(RuleViolation, match="revised again from 2026-04-01 on; withdraw that revision first"):
        withdraw_revision(net, MARCH, None)
    with pytest.raises(NotFound, match="no revision from this date"):
        replace_revision(net, from_day(date(2026, 5, 1), monthly("25.00")), None)
    with pytest.raises(InvalidValue, match="was recurring before"):
        replace_revision(net, from_day(APRIL, once("22.00", code="monthly")), None)


def test_a_closed_tariff_is_sold_until_the_day_before_and_again_once_reopened():
    closed = folded(NET, close_tariff(NET, APRIL))

    assert close_tariff(closed, APRIL) == []
    assert require_on_sale(closed, date(2026, 3, 31)) is closed
    with pytest.raises(RuleViolation, match="closed for new sale from 2026-04-01 on; choose another tariff"):
        require_on_sale(closed, APRIL)
    assert folded(closed, reopen_tariff(closed, MARCH)) == NET
    assert reopen_tariff(NET, MARCH) == []
    assert publish_tariff(closed, NET, MARCH) == []


def test_each_change_of_a_list_is_compared_with_the_list_before_it():
    net = apply(NET, from_day(MARCH, monthly("200.00")))
    net = folded(net, replace_revision(net, from_day(MARCH, monthly("21.00")), None))
    net = folded(net, withdraw_revision(net, MARCH, None))

    prices = [
        (each.number, *(component.prices[0].amount for component in (pair.before, pair.after) if component))
        for each in repricings(net)
        for pair in each.changed
    ]
    assert prices == [
        (1, Decimal("20.00"), Decimal("200.00")),
        (2, Decimal("200.00"), Decimal("21.00")),
        (3, Decimal("21.00"), Decimal("20.00")),
    ]
