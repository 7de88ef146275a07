"""Versions of price lists: which holds when, what may be published and withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.kernel.errors import BillingError, Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.usage.price_lists.versions import (
    ListedAs,
    ListVersions,
    PortedNumbersPublished,
    PriceListPublished,
    apply_ported_numbers,
    apply_price_list,
    publish_ported_numbers,
    publish_price_list,
    version_on,
    versions_in_force,
    withdraw_price_list,
)
from tests.billing_core.usage.lists import terms

JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
PURCHASE = ListedAs(kind="purchase", carrier="Northern Transit")


def published(from_on: date, content_hash: str, **changed: Any) -> PriceListPublished:
    listed_as = changed.pop("listed_as", ListedAs())
    return PriceListPublished(
        effective_on=date(2025, 12, 1), terms=terms(**changed), valid_from_on=from_on, content_hash=content_hash,
        rows=2, destinations=1, listed_as=listed_as,
    )  # fmt: skip


def folded(*facts: Event) -> ListVersions:
    known = None
    for fact in facts:
        known = apply_price_list(known, fact)
    assert known is not None
    return known


THREE = (published(JANUARY, "a"), published(MARCH, "b"), published(MARCH, "c"))


def days_of(known: ListVersions) -> list[tuple[int, date, date | None]]:
    return [(each.version.number, each.from_on, each.to_on) for each in versions_in_force(known)]


def test_a_version_holds_until_the_next_one_and_of_one_day_the_last_one_does():
    known = folded(*THREE)

    assert days_of(known) == [(1, JANUARY, MARCH), (3, MARCH, None)]
    on = {day: version_on(known, day) for day in (date(2025, 12, 31), date(2026, 2, 28), MARCH)}
    assert [held.number if held else None for held in on.values()] == [None, 1, 3]


def test_the_same_version_again_changes_nothing_and_an_older_content_is_a_new_version():
    known = folded(*THREE)

    assert publish_price_list(known, published(MARCH, "c")) == []
    assert publish_price_list(known, published(JANUARY, "a")) == []
    assert len(publish_price_list(known, published(MARCH, "b"))) == 1
    assert len(publish_price_list(known, published(MARCH, "c", name="Other"))) == 1
    assert len(publish_price_list(known, published(JUNE, "c"))) == 1


def test_a_version_is_withdrawn_before_its_first_day_only():
    known = folded(*THREE, published(JUNE, "d"))
    (fact,) = withdraw_price_list(known, 4, "a slip", date(2026, 5, 31))
    after = folded(*THREE, published(JUNE, "d"), fact)

    assert days_of(known)[-1] == (4, JUNE, None)
    assert days_of(after) == [(1, JANUARY, MARCH), (3, MARCH, None)]
    assert withdraw_price_list(after, 4, "again", JUNE) == []
    with pytest.raises(RuleViolation, match="holds since 2026-06-01"):
        withdraw_price_list(known, 4, "too late", JUNE)
    with pytest.raises(NotFound, match="versions 1 to 4"):
        withdraw_price_list(known, 5, "a slip", JANUARY)
    with pytest.raises(InvalidValue, match="must not be empty"):
        withdraw_price_list(known, 4, " ", JANUARY)


def test_a_withdrawn_version_can_be_published_again():
    known = folded(published(JUNE, "d"))
    (fact,) = withdraw_price_list(known, 1, "a slip", MARCH)

    assert len(publish_price_list(folded(published(JUNE, "d"), fact), published(JUNE, "d"))) == 1


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (published(JUNE, "a", listed_as=PURCHASE), "is a sale list"),
        (published(JUNE, "a", unit="second"), "by the minute"),
    ],
)
def test_a_list_stays_of_its_kind_and_unit(fact: PriceListPublished, reason: str):
    with pytest.raises(Conflict, match=reason):
        publish_price_list(folded(*THREE), fact)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"code": "a/b"}, "no slash"),
        ({"currency": "XYZ"}, "currency"),
        ({"listed_as": ListedAs(kind="purchase")}, "name the carrier"),
        ({"listed_as": ListedAs(carrier="Northern Transit")}, "kind: purchase"),
    ],
)
def test_what_cannot_be_a_list_is_refused(changed: dict[str, Any], reason: str):
    with pytest.raises(BillingError, match=reason):
        publish_price_list(None, published(JUNE, "a", **changed))


def test_the_first_day_is_within_the_calendar():
    with pytest.raises(InvalidValue, match="must lie between"):
        publish_price_list(None, published(date(206, 1, 1), "a"))


def test_a_table_of_ported_numbers_takes_the_place_of_the_one_before():
    first = PortedNumbersPublished(effective_on=JANUARY, country="CZ", content_hash="a", numbers=2)
    other = PortedNumbersPublished(effective_on=MARCH, country="CZ", content_hash="b", numbers=3)
    known = apply_ported_numbers(None, first)

    assert publish_ported_numbers(None, first) == [first]
    assert publish_ported_numbers(known, first) == []
    assert publish_ported_numbers(apply_ported_numbers(known, other), first) == [first]
    nowhere = PortedNumbersPublished(effective_on=JANUARY, country="Czechia", content_hash="a", numbers=2)
    with pytest.raises(InvalidValue, match="no country"):
        publish_ported_numbers(None, nowhere)
