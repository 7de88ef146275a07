"""Usage to come in the forecast of revenue: its own line, of services that are in force, and in no sum of bills."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.components import Recurring, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import UnitPrice
from commands.services import RecordUsage, SuspendSubscription, TerminateSubscription
from tests.adapters.reports.asked import answer, only
from tests.operators import Operator, silent

TODAY = date(2026, 6, 11)
PRICES = (Price(amount=Decimal(20), valid_from=date(2020, 1, 1)),)
FEE = Recurring(code="fee", name="Fee", vat_rate=Decimal(20), prices=PRICES)
CALLS = Usage(code="calls", name="Calls", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal(1)))


def use(operator: Operator, account: str, on: date, minutes: int) -> None:
    used = RecordUsage(account=account, subscription="main", component="calls", quantity=Decimal(minutes), on=on)
    operator.tell(used, today=on)


def live_through_spring(operator: Operator) -> None:
    """Each of three services calls for 12 minutes in February and 9 in March; one ends in July, one is suspended."""
    operator.publish("phone", "20.00", components=(FEE, CALLS))
    operator.subscribers(3, tariff="phone")
    for month, minutes in ((2, 12), (3, 9), (4, 0), (5, 0)):
        operator.bill_each_due_date(date(2026, month, 2))
        for account in ("A0001", "A0002", "A0003") if minutes else ():
            use(operator, account, date(2026, month, 9), minutes)
    operator.bill_each_due_date(date(2026, 6, 2))
    use(operator, "A0001", date(2026, 6, 5), 2)
    ends = TerminateSubscription(reason="moves", account="A0002", subscription="main", on=date(2026, 7, 20))
    operator.tell(ends, today=TODAY)
    stops = SuspendSubscription(account="A0003", subscription="main", reason="operator", on=date(2026, 6, 10))
    operator.tell(stops, today=TODAY)


def test_usage_to_come_is_the_mean_of_three_months_without_what_the_bills_have(operator: Operator):
    """The mean is 7.00. July: 5.00 of A0001, whose bill has 2.00 of June, and 7.00 of A0002; August: 7.00 of A0001."""
    live_through_spring(operator)
    with operator.application.revenue_forecast() as run:
        forecast = run.make(3, TODAY, silent).forecast(3, TODAY)
        run.record(forecast, origin_of_process("clerk", TODAY))

    rows = answer(operator, "revenue-forecast", TODAY)

    assert only(rows, "month", "usage_to_come") == [
        (date(2026, 6, 1), Decimal(0)), (date(2026, 7, 1), Decimal("12.00")), (date(2026, 8, 1), Decimal("7.00")),
    ]  # fmt: skip
    billed = {each.month: each.net.amount for each in forecast.sums if each.charge_kind == "usage"}
    assert sum(billed.values()) == 2 and date(2026, 7, 1) in billed
    whole = {row["month"]: row["forecast"] for row in rows}
    counted = sum(each.net.amount for each in forecast.sums if each.charge_kind != "usage-to-come")
    assert sum(whole.values()) == counted, "what is to come is in no sum of bills"
    (made,) = answer(operator, "revenue-forecasts", TODAY)
    assert (made["net"], made["usage_to_come"]) == (counted, Decimal("19.00"))
    by_tariff = answer(operator, "revenue-forecast-by-tariff", TODAY)
    assert {(row["month"].month, row["tariff"]): row["usage_to_come"] for row in by_tariff if row["usage_to_come"]} == {
        (7, "phone"): Decimal("12.00"), (8, "phone"): Decimal("7.00"),
    }  # fmt: skip
