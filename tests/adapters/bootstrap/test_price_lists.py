"""Published price lists with their rows: the port that rating asks, and the files behind it."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.files.ported_numbers import Porting
from billing_core.kernel.errors import NotFound
from billing_core.usage.price_lists.lists import PortedNumber
from billing_core.usage.price_lists.versions import PortedNumbersPublished
from commands.usage.price_lists import PriceListPublishing, WithdrawPriceList
from tests.billing_core.usage.lists import price_list, row
from tests.commands.usage.price_lists import TODAY, publish, publish_ported
from tests.operators import Operator, silent

JANUARY, MARCH, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 7, 1)
FIRST = price_list(row("49", "Germany", "0.05"), row("112", "Emergency", "0", is_special=True), from_on=JANUARY)
SECOND = price_list(row("49", "Germany", "0.06"), from_on=MARCH)
MENDED = price_list(row("49", "Germany", "0.055"), from_on=MARCH)
LATER = price_list(row("49", "Germany", "0.07"), from_on=JULY)


def versions(operator: Operator) -> list[tuple[int, date, date | None, Decimal | None]]:
    found = operator.application.price_lists.versions_of("calls")
    return [(each.number, each.from_on, each.to_on, each.price_list.rows[-1].prices[0]) for each in found]


def test_the_versions_that_hold_come_with_their_rows_and_days(operator: Operator):
    assert versions(operator) == []
    assert [publish(operator, each).number for each in (FIRST, SECOND, MENDED, LATER)] == [1, 2, 3, 4]

    assert versions(operator) == [
        (1, JANUARY, MARCH, Decimal("0.05")), (3, MARCH, JULY, Decimal("0.055")), (4, JULY, None, Decimal("0.07")),
    ]  # fmt: skip
    operator.tell(WithdrawPriceList(price_list="calls", version=4, reason="a slip"), today=TODAY)
    assert versions(operator)[-1] == (3, MARCH, None, Decimal("0.055"))


def test_the_rows_of_a_version_are_those_that_were_published(operator: Operator):
    publish(operator, FIRST)

    (held,) = operator.application.price_lists.versions_of("calls")

    assert held.price_list == price_list(*sorted(FIRST.rows, key=lambda each: each.prefix), from_on=JANUARY)


def test_the_same_list_again_changes_nothing(operator: Operator):
    assert publish(operator, FIRST).is_new
    before = operator.store_contents()

    again = publish(operator, price_list(*reversed(FIRST.rows), from_on=JANUARY))

    assert (again.number, again.is_new) == (1, False)
    assert operator.store_contents() == before


def test_rows_that_are_not_kept_cannot_be_published(operator: Operator):
    fact = PortedNumbersPublished(effective_on=TODAY, country="CZ", content_hash="0" * 64, numbers=1)

    with pytest.raises(NotFound, match="not kept"):
        PriceListPublishing(operator.application.store).publish_ported(fact, origin_of_process("clerk", TODAY))
    assert operator.facts("ported-numbers/CZ") == []


def test_two_who_publish_at_once_publish_two_versions(operator: Operator):
    numbers = []

    def run(wanted: object) -> None:
        numbers.append(publish(operator, wanted).number)  # type: ignore[arg-type]

    threads = [threading.Thread(target=run, args=(each,)) for each in (FIRST, SECOND, MENDED, LATER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [1, 2, 3, 4]
    assert len(operator.facts("price-list/calls")) == 4


def test_the_files_of_all_versions_stay_and_the_books_hold(operator: Operator):
    for each in (FIRST, SECOND, MENDED):
        publish(operator, each)
    operator.application.runner.catch_up()
    operator.execute("UPDATE billing.attachments SET kept_at = kept_at - interval '25 hours'")

    assert operator.application.attachments.remove_unnamed(silent) == 0
    assert [each for each in operator.application.check() if each.offenders] == []
    live = operator.live_contents()
    operator.application.rebuild(operator.application.projections)
    assert operator.live_contents() == live


def test_ported_numbers_hold_from_their_day(operator: Operator):
    lists = operator.application.price_lists
    assert lists.ported_on("CZ", TODAY) == {}
    portings = [Porting("420601000111", "42077", MARCH), Porting("420601000111", "42073", JULY)]
    assert publish_ported(operator, *portings).is_new
    assert not publish_ported(operator, *portings).is_new

    found = {on: lists.ported_on("CZ", on) for on in (JANUARY, MARCH, JULY)}

    number = "420601000111"
    assert found == {
        JANUARY: {},
        MARCH: {number: PortedNumber(number=number, prefix="42077")},
        JULY: {number: PortedNumber(number=number, prefix="42073")},
    }
