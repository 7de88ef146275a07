"""Price lists as they are listed, with the days on which their versions hold."""

from __future__ import annotations

from datetime import date

from commands.usage.price_lists import WithdrawPriceList
from projections.usage.price_lists import PriceListRow, list_price_lists, versions_of_list
from tests.billing_core.usage.lists import price_list, row
from tests.commands.usage.price_lists import TODAY, publish
from tests.operators import Operator

GERMANY = row("49", "Germany", "0.05")
JANUARY, MARCH, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 7, 1)


def days(rows: list[PriceListRow]) -> list[tuple[str, int, date, date | None, bool]]:
    return [(each.code, each.version, each.from_on, each.to_on, each.holds) for each in rows]


def listed(operator: Operator, on: date, after: str = "", limit: int = 50) -> list[tuple[str, int]]:
    operator.application.runner.catch_up()
    rows: list[PriceListRow] = operator.ask(lambda cursor: list_price_lists(cursor, after, limit, on))
    return [(each.code, each.version) for each in rows]


def test_a_list_shows_the_version_that_holds_on_a_day_else_the_newest(operator: Operator):
    for number, on in enumerate((JANUARY, MARCH, MARCH, JULY)):
        publish(operator, price_list(GERMANY, from_on=on, name=f"Calls {number}"))
    publish(operator, price_list(GERMANY, from_on=JULY, code="sms", unit="item"))

    assert listed(operator, date(2026, 2, 28)) == [("calls", 1), ("sms", 1)]
    assert listed(operator, MARCH) == [("calls", 3), ("sms", 1)]
    assert listed(operator, JULY, after="calls") == [("sms", 1)]
    assert listed(operator, JULY, limit=1) == [("calls", 4)]
    assert days(operator.ask(lambda cursor: versions_of_list(cursor, "calls"))) == [
        ("calls", 4, JULY, None, True), ("calls", 3, MARCH, JULY, True), ("calls", 2, MARCH, JULY, False),
        ("calls", 1, JANUARY, MARCH, True),
    ]  # fmt: skip


def test_a_withdrawn_version_gives_its_days_back(operator: Operator):
    publish(operator, price_list(GERMANY, from_on=JANUARY))
    publish(operator, price_list(GERMANY, from_on=JULY))
    operator.tell(WithdrawPriceList(price_list="calls", version=2, reason="a slip"), today=TODAY)

    assert listed(operator, JULY) == [("calls", 1)]
    rows: list[PriceListRow] = operator.ask(lambda cursor: versions_of_list(cursor, "calls"))
    assert days(rows) == [("calls", 2, JULY, None, False), ("calls", 1, JANUARY, None, True)]
    assert [each.withdrawn_because for each in rows] == ["a slip", ""]
