"""Free units and quotas of all accounts, with the way to the account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.reports.ready import ready_reports
from projections.reports.parameters import values_of
from tests.adapters.reports.asked import asked, behind, only
from tests.commands.usage.test_control import Service, service, story
from tests.commands.usage.test_rating import Calls, calls
from tests.operators import Operator

__all__ = ["calls", "service", "story"]

MARCH = date(2026, 3, 5)


def test_free_units_are_granted_used_and_left_until_a_day(calls: Calls):
    """In March 120 s are granted, 60 of them carried over; 90 are used and 30 left."""
    calls.call("2026-01-05 10:00+00", "420111222333", 100)
    calls.call("2026-03-01 10:00+00", "420111222333", 90)

    (row,) = asked(calls.operator, "free-units", MARCH)
    assert [row[name] for name in ("account", "subscription", "component", "package", "granted", "used", "unused")] == [
        "A0001", "main", "calls", "free", 120, 90, 30,
    ]  # fmt: skip
    assert (row["from_on"], row["last_on"], row["share"]) == (date(2026, 3, 1), date(2026, 3, 31), Decimal("0.75"))
    january = asked(calls.operator, "free-units-by-package", MARCH, on="2026-01-20")
    assert only(january, "package", "packages", "used_up", "unused") == [("free", 1, 1, 0)]
    calls.operator.execute("UPDATE live.customers SET dealer = 'east'")
    assert len(asked(calls.operator, "free-units", MARCH, asking="east")) == 1
    assert asked(calls.operator, "free-units", MARCH, asking="west") == []


def test_quotas_say_which_services_are_slow_and_what_was_bought(service: Service):
    """50 GB are full; with 51 it is slow; 5 more are bought, and it is full again until 55."""
    service.use("51000", "2026-04-10")
    operator = service.operator
    assert steps(operator) == [("main", "data", 1, "slow", Decimal(51), Decimal(0))]
    service.top_up("five", "2026-04-11")

    assert [row[2:4] + row[5:] for row in steps(operator)] == [(0, "full", Decimal(5))]
    today = date(2026, 4, 12)
    (by_step,) = asked(operator, "quotas-by-step", today)
    drill = ready_reports()["quotas-by-step"].columns[2].drill
    assert drill is not None
    values = values_of(ready_reports()["quotas-by-step"], {}, today)
    assert len(behind(operator, drill, by_step, values, today)) == by_step["quotas"] == 1
    assert asked(operator, "quotas", date(2026, 5, 2)) == [], "another period"


def steps(operator: Operator) -> list[tuple[object, ...]]:
    rows = asked(operator, "quotas", date(2026, 4, 12))
    return only(rows, "subscription", "component", "step", "action", "used", "bought")
