"""Free units and quotas of all accounts, with the way to the account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.reports.ready import ready_reports
from commands.services import MoveSubscription, RecordUsage, WithdrawUsage
from projections.reports.parameters import values_of
from tests.adapters.reports.asked import asked, behind, only
from tests.commands.usage.test_control import A, Service, service, story
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
    assert steps(operator) == [("main", "data", 1, "slow", "GB", Decimal(50), Decimal(0), Decimal(51), Decimal("1.02"))]
    service.top_up("five", "2026-04-11")

    assert [row[2:4] + row[6:8] for row in steps(operator)] == [(0, "full", Decimal(5), Decimal(51))]
    today = date(2026, 4, 12)
    (by_step,) = asked(operator, "quotas-by-step", today)
    drill = ready_reports()["quotas-by-step"].columns[2].drill
    assert drill is not None
    values = values_of(ready_reports()["quotas-by-step"], {}, today)
    assert len(behind(operator, drill, by_step, values, today)) == by_step["quotas"] == 1
    assert asked(operator, "quotas", date(2026, 5, 2)) == [], "another period"


def test_what_is_used_goes_on_after_a_step_and_is_less_once_it_is_withdrawn(service: Service):
    """51 GB reach the step, 4 more pass none; 3 of them were a mistake. What is used in May is another period."""
    service.use("51000", "2026-04-10")
    service.use("4000", "2026-04-12")
    assert used(service.operator) == [Decimal(55)]
    service.story.tell(WithdrawUsage, "2026-04-13", A, component="data", quantity="3000", on="2026-04-12",
                       reason="a mistake")  # fmt: skip
    service.use("7", "2026-05-01")

    assert used(service.operator) == [Decimal(52)]


def test_what_a_service_brought_along_counts_in_the_period_of_its_move(service: Service):
    """30 GB before the move and 25 after it are 55 of the same month."""
    service.use("30000", "2026-04-10")
    service.story.account("A0002")
    service.story.tell(MoveSubscription, "2026-04-12", A, to_account="A0002", on="2026-04-12")
    service.story.tell(RecordUsage, "2026-04-13", "A0002", component="data", quantity="25000", on="2026-04-13")
    service.pass_day("2026-04-13")

    rows = asked(service.operator, "quotas", date(2026, 4, 14))
    assert only(rows, "account", "used") == [("A0002", Decimal(55))]


def used(operator: Operator) -> list[Decimal]:
    return [row["used"] for row in asked(operator, "quotas", date(2026, 4, 12))]


def steps(operator: Operator) -> list[tuple[object, ...]]:
    rows = asked(operator, "quotas", date(2026, 4, 12))
    return only(rows, "subscription", "component", "step", "action", "unit", "full_up_to", "bought", "used", "share")
