"""Tickets over HTTP: what is around one, who has it open, and what a monitoring system may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.postgres.ticket_holds import PostgresTicketHolds
from billing_core.dealers import Dealer
from billing_core.staff.roles import Role
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.staff.operators import DefineRole, IssueApiKey, RegisterOperator
from commands.staff.sign_in import hashed
from commands.work.flows import PublishFlow
from tests.adapters.http.conftest import Api, SignedIn
from tests.billing_core.work.flows import FAULT
from tests.operators import Operator

DOWN = {"kind": "device-down", "device": "OLT-7", "node": "N1", "since": "2026-03-10T10:00:00Z"}


@pytest.fixture(autouse=True)
def with_flow(operator: Operator) -> None:
    operator.tell(PublishFlow(flow=FAULT))


def opened(api: Api, **about: str) -> str:
    answer = api.post("/tickets", {"kind": "fault", "subject": "no signal", **about})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["result"]["ticket"])


def happen(operator: Operator) -> None:
    operator.let_happen()


def similar(answer: Any) -> list[tuple[str, list[str]]]:
    assert answer.status_code == 200, answer.text
    return [(each["number"], each["reasons"]) for each in answer.json()["tickets"]]


def test_similar_tickets_are_shown_with_their_reasons_the_likeliest_first(admin: Api, operator: Operator):
    product, closed = opened(admin, product="net"), opened(admin, node="N1")
    node, building = opened(admin, node="N1"), opened(admin, node="N1", address="11-5", product="net")
    admin.post(f"/tickets/{closed}/close", {"reason": "mistake"})
    ticket = opened(admin, node="N1", address="11-5", product="net")
    operator.application.runner.catch_up()

    expected = [(building, ["address", "node", "product"]), (node, ["node"]), (product, ["product"])]
    assert similar(admin.get("/similar-tickets", ticket=ticket)) == expected
    card = admin.get(f"/tickets/{ticket}").json()
    assert [each["number"] for each in card["similar"]] == [building, node, product]
    assert similar(admin.get("/similar-tickets", address="11-5")) == [(ticket, ["address"]), (building, ["address"])]
    assert similar(admin.get("/similar-tickets")) == []


def test_an_operator_of_a_dealer_sees_no_similar_ticket_of_others(admin: Api, client: Any, operator: Operator):
    operator.subscribers(2)
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East")))
    operator.tell(AssignCustomer(customer="A0001", dealer="east"))
    operator.tell(RegisterOperator(operator="eva", name="Eva", roles=("administrator",), dealer="east"))
    operator.tell(IssueApiKey(operator="eva", key="test", purpose="tests", secret_hash=hashed("eva")))
    eva = Api(client, "key.eva.test.eva")
    own, others = opened(admin, account="A0001", node="N1"), opened(admin, account="A0002", node="N1")
    operator.application.runner.catch_up()

    assert similar(eva.get("/similar-tickets", node="N1")) == [(own, ["node"])]
    assert eva.get("/similar-tickets", ticket=others).status_code == 404
    assert eva.get(f"/tickets/{own}").json()["similar"] == []
    assert eva.post(f"/tickets/{own}/gather", {"tickets": [others]}).status_code in (403, 404)


def test_who_changes_a_ticket_is_warned_that_others_have_it_open_and_never_blocked(
    admin: Api, signed_in: SignedIn, operator: Operator
):
    anna, boris = signed_in("anna", "administrator"), signed_in("boris", "administrator")
    ticket = opened(admin)
    assert anna.post(f"/tickets/{ticket}/hold").json()["result"] == {"held_by": []}
    assert boris.post(f"/tickets/{ticket}/hold").json()["result"] == {"held_by": ["anna"]}
    operator.application.runner.catch_up()
    card = admin.get(f"/tickets/{ticket}")
    assert card.json()["held_by"] == ["anna", "boris"]

    seen = {"If-Match": card.headers["ETag"]}
    first = anna.post(f"/tickets/{ticket}/steps/check/complete", {"resolution": "confirmed"}, **seen)
    assert (first.status_code, first.json()["result"]["held_by"]) == (200, ["boris"])
    second = boris.post(f"/tickets/{ticket}/close", {"reason": "nothing found"}, **seen)
    assert (second.status_code, second.json()["code"]) == (412, "changed-since")

    anna.post(f"/tickets/{ticket}/release")
    done = boris.post(f"/tickets/{ticket}/steps/repair/complete", {"resolution": "repaired"})
    assert done.json()["result"] == {"steps": [], "outcome": "completed"}
    assert anna.post("/tickets/T-999/hold").status_code == 404


def test_a_hold_ends_by_itself_and_goes_on_if_it_is_held_again(operator: Operator):
    holds = PostgresTicketHolds(operator.application.tables)
    ten = datetime(2026, 3, 10, 10, tzinfo=UTC)
    holds.hold("T-1", "anna", ten)
    holds.hold("T-1", "boris", ten + timedelta(minutes=1))
    assert holds.hold("T-1", "anna", ten + timedelta(minutes=9)) == ["boris"]

    assert holds.holders("T-1", ten + timedelta(minutes=10)) == ["anna", "boris"]
    assert holds.holders("T-1", ten + timedelta(minutes=12)) == ["anna"]
    assert holds.holders("T-1", ten + timedelta(minutes=19)) == []
    assert holds.hold("T-2", "clara", ten + timedelta(hours=1)) == []
    assert operator.select("SELECT ticket FROM billing.ticket_holds") == [("T-2",)]


def test_a_monitoring_system_reports_and_does_nothing_else(admin: Api, signed_in: SignedIn, operator: Operator):
    operator.tell(DefineRole(role="monitoring", permits=Role(permissions=("work.change.report-condition",))))
    rule = {"kind": "fault", "subject": "Device down", "reopen_minutes": 10}
    assert admin.send("PUT", "/cause-rules/device-down", {"rule": rule}).status_code == 200
    happen(operator)
    monitoring = signed_in("nagios", "monitoring")

    reported = monitoring.post("/conditions", {**DOWN, "is_active": True})
    assert reported.status_code == 200, reported.text
    happen(operator)
    again = monitoring.post("/conditions", {**DOWN, "is_active": True}).json()
    ticket = again["result"]["ticket"]
    (cause,) = admin.get("/causes").json()["items"]
    assert (again["position"], cause["ticket"], cause["name"]) == (0, ticket, "device-down:device:OLT-7")
    assert admin.get(f"/tickets/{ticket}").json()["ticket"]["cause"] == "device-down:device:OLT-7"
    assert monitoring.get(f"/tickets/{ticket}").status_code == 403
    assert [each["cause"] for each in admin.get("/cause-rules").json()["rules"]] == ["device-down"]

    monitoring.post("/conditions", {**DOWN, "is_active": False, "since": "2026-03-10T10:02:00Z"})
    happen(operator)
    assert admin.get(f"/tickets/{ticket}").json()["ticket"]["state"] == "completed"
    assert admin.get("/causes").json()["items"] == []
    history = [line["what"] for line in admin.get(f"/tickets/{ticket}").json()["history"]]
    assert history[-1] == "completed: device-down is gone since 2026-03-10 10:02 UTC"


def test_rules_of_assignment_are_set_and_shown_with_who_is_away(admin: Api, operator: Operator):
    rule = {"queue": "support", "candidates": [{"operator": "admin", "skills": ["fibre"]}], "skill": "fibre"}
    assert admin.send("PUT", "/assignment-rules", {"rules": [rule]}).status_code == 200
    away = {"from": "2036-01-01", "to": "2036-01-05", "reason": "leave"}
    assert admin.post("/operators/admin/absences", away).status_code == 201
    operator.application.runner.catch_up()

    shown = admin.get("/assignment-rules").json()
    days = {"from_on": "2036-01-01", "to_on": "2036-01-05"}
    assert shown["absences"] == [{"operator": "admin", "reason": "leave", **days}]
    assert shown["rules"][0]["queue"] == "support"
    assert admin.post("/operators/admin/absences/withdraw", {"from": "2036-01-01"}).status_code == 200
    operator.application.runner.catch_up()
    assert admin.get("/assignment-rules").json()["absences"] == []


def test_the_card_offers_the_outage_of_the_place_and_shows_what_is_gathered(admin: Api, operator: Operator):
    outage, ticket = opened(admin, node="N1"), opened(admin, node="N1")
    assert admin.post(f"/tickets/{outage}/declare-outage").status_code == 200
    operator.application.runner.catch_up()
    assert admin.get(f"/tickets/{ticket}").json()["known_outage"] == outage

    gathered = admin.post(f"/tickets/{outage}/gather", {"node": "N1"}).json()["result"]
    assert gathered == {"gathered": [ticket], "refused": {}}
    happen(operator)
    card = admin.get(f"/tickets/{ticket}").json()
    assert (card["outage"], card["known_outage"]) == (outage, "")
    assert admin.get(f"/tickets/{outage}").json()["gathered"] == [ticket]
