"""Boards, figures and the customer's tickets over HTTP: live, and as of a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from commands.work.flows import PublishFlow
from tests.adapters.http.conftest import Api, SignedIn
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

OPENED = {"kind": "connection", "account": "A0001", "subscription": "net-2"}


@pytest.fixture
def tickets(operator: Operator, admin: Api) -> list[str]:
    """One at the survey, overdue and assigned to the admin; one at the installation; one that is the same as it."""
    operator.subscriber()
    operator.tell(PublishFlow(flow=CONNECTION))
    numbers = []
    for subject, others in (("Dolní 5", {"due_at": "2026-01-01T08:00:00Z", "assignee": "admin"}), ("b", {}), ("c", {})):
        made = admin.post("/tickets", OPENED | {"subject": subject} | others)
        assert made.status_code == 201, made.text
        numbers.append(made.json()["result"]["ticket"])
    measured = {"resolution": "measured", "values": {"is_possible": "yes"}}
    assert admin.post(f"/tickets/{numbers[1]}/steps/survey/complete", measured).status_code == 200
    duplicate = {"outcome": "duplicate", "duplicate_of": numbers[1]}
    assert admin.post(f"/tickets/{numbers[2]}/close", duplicate).status_code == 200
    operator.application.runner.catch_up()
    return numbers


def read(api: Api, path: str, **parameters: Any) -> Any:
    answer = api.get(path, **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_board_shows_where_tickets_wait(admin: Api, tickets: list[str]):
    cells = read(admin, "/board")["cells"]
    assert [(cell["queue"], cell["step"], cell["tickets"], cell["overdue"]) for cell in cells] == [
        ("crews", "installation", 1, 0),
        ("installations", "survey", 1, 1),
    ]
    assert cells[1]["first"][0]["number"] == tickets[0]
    assert read(admin, "/board", queue="crews")["cells"] == cells[:1]


def test_what_is_overdue_is_listed_by_its_deadline(admin: Api, tickets: list[str]):
    (row,) = read(admin, "/tickets", is_overdue="true", sort="due")["items"]
    assert row["number"] == tickets[0]
    wrong = admin.get("/tickets", sort="subject")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-value")


def test_my_work_is_that_of_who_asks(admin: Api, signed_in: SignedIn, tickets: list[str]):
    assert [row["number"] for row in read(admin, "/my-work")["assigned"]] == tickets[:1]
    sara = signed_in("sara", "administrator")
    assert read(sara, "/my-work") == {"operator": "sara", "crews": [], "assigned": [], "of_crews": [], "watched": []}
    assert read(sara, "/my-work", operator="admin") == read(admin, "/my-work")


def test_figures_are_by_what_is_asked(admin: Api, tickets: list[str]):
    month = f"{datetime.now(UTC):%Y-%m}"
    (counted,) = read(admin, "/tickets/counts", by="month")["items"]
    assert (counted["of"], counted["opened"], counted["closed"], counted["duplicates"]) == (month, 3, 1, 1)
    assert [row["of"] for row in read(admin, "/tickets/times", by="kind")["items"]] == ["connection"]
    assert [row["tickets"] for row in read(admin, "/tickets/duplicates")["items"]] == [tickets[2:]]
    assert [row["queue"] for row in read(admin, "/board/ageing")["items"]] == ["crews", "installations"]
    assert [row["of"] for row in read(admin, "/board/load")["items"]] == ["admin"]
    days: Any = {"from": "2026-02-01", "to": "2026-01-01"}
    backwards = admin.get("/tickets/counts", **days)
    assert (backwards.status_code, backwards.json()["code"]) == (422, "invalid-value")


def test_as_of_a_moment_the_board_is_what_it_was_then(operator: Operator, admin: Api, tickets: list[str]):
    """What is overdue is overdue by then, not by now."""
    then = read(admin, "/board")
    application = operator.application
    built = application.build_as_of("then", application.log.newest_position())
    admin.post(f"/tickets/{tickets[0]}/close", {"reason": "not at home"})
    soon = {"due_at": "2036-01-01T08:00:00Z"}
    admin.send("PATCH", f"/tickets/{tickets[1]}", soon)
    application.runner.catch_up()

    assert len(read(admin, "/board")["cells"]) == 1
    assert read(admin, "/board", as_of="then") == then
    assert read(admin, "/tickets", as_of="then")["items"][0]["number"] == tickets[0]
    assert application.queries_as_of("then").now == built.at

    application.build_as_of("today", built.on)
    assert [cell["tickets"] for cell in read(admin, "/board", as_of="today")["cells"]] == [1]
    assert read(admin, f"/tickets/{tickets[0]}", as_of="today")["ticket"]["state"] == "cancelled"


def test_a_customers_card_has_the_tickets_for_who_may_list_them(
    operator: Operator, admin: Api, signed_in: SignedIn, tickets: list[str]
):
    from billing_core.staff.roles import Role
    from commands.staff.operators import DefineRole

    card = read(admin, "/customers/A0001")
    assert [row["number"] for row in card["open_tickets"]] == tickets[:2]
    assert [row["number"] for row in card["ended_tickets"]] == tickets[2:]

    operator.tell(DefineRole(role="desk", permits=Role(permissions=("parties.read.show-customer",))))
    card = read(signed_in("dora", "desk"), "/customers/A0001")
    assert (card["open_tickets"], card["ended_tickets"]) == (None, None)
