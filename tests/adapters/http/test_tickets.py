"""Tickets over HTTP: each step is pushed by those who may, and a flow gives nobody more rights than its author has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.staff.roles import Role
from commands.staff.operators import DefineRole
from commands.work.flows import PublishFlow
from tests.adapters.http.conftest import Api, SignedIn
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

OPENED = {"kind": "connection", "subject": "Dolní 5", "account": "A0001", "subscription": "net-2"}


@pytest.fixture
def ticket(operator: Operator, admin: Api) -> str:
    """A ticket at the installation, which needs a permission of its own."""
    operator.subscriber()
    operator.tell(PublishFlow(flow=CONNECTION), today=date(2026, 3, 10))
    number = str(admin.post("/tickets", OPENED).json()["result"]["ticket"])
    measured = {"resolution": "measured", "values": {"is_possible": "yes"}}
    done = admin.post(f"/tickets/{number}/steps/survey/complete", measured)
    assert done.status_code == 200, done.text
    return number


def shown(api: Api, ticket: str, position: int = 0) -> dict[str, Any]:
    answer = api.get(f"/tickets/{ticket}", min_position=position)
    assert answer.status_code == 200, answer.text
    card: dict[str, Any] = answer.json()
    return card


def test_a_step_with_a_permission_is_seen_and_completed_by_who_holds_it(
    operator: Operator, ticket: str, signed_in: SignedIn
):
    support = signed_in("sara", "support")
    operator.tell(DefineRole(role="installer", permits=Role(permissions=("work.change.installation",))))
    technician = signed_in("tom", "technician", "installer")
    done = {"resolution": "done", "values": {"tariff": "net", "power": "-19.5"}}

    refused = support.post(f"/tickets/{ticket}/steps/installation/complete", done)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    position = support.post(f"/tickets/{ticket}/comments", {"text": "key is next door"}).json()["position"]
    (hidden,) = shown(support, ticket, position)["steps"]
    assert (hidden["form"], hidden["moves"], hidden["permission"]) == ([], [], "work.change.installation")

    (offered,) = shown(technician, ticket)["steps"]
    assert [field["code"] for field in offered["form"]] == ["tariff", "power", "cable"]
    assert technician.post(f"/tickets/{ticket}/steps/installation/complete", done).status_code == 200
    assert technician.post("/tickets", OPENED).status_code == 403


def test_who_publishes_a_flow_holds_the_permissions_that_its_actions_use(
    operator: Operator, ticket: str, admin: Api, signed_in: SignedIn
):
    operator.tell(DefineRole(role="author", permits=Role(permissions=("work.*.*", "services.*.*"))))
    author = signed_in("olga", "author")
    flow = admin.get("/flows/connection").json()["flow"]

    refused = author.post("/flows", {"flow": flow | {"title": "Mine"}})
    assert (refused.status_code, "billing.change.charge-once" in refused.text) == (403, True)
    assert admin.post("/flows", {"flow": flow | {"title": "Ours"}}).status_code == 201


def test_a_flow_is_tried_without_publishing_it(ticket: str, admin: Api):
    flow = admin.get("/flows/connection").json()["flow"]
    tried = admin.post("/flows?dry_run=true", {"flow": flow | {"title": "Other"}})
    assert (tried.status_code, tried.json()["result"]) == (200, {"version": 2})

    faulty = admin.post("/flows?dry_run=true", {"flow": flow | {"steps": flow["steps"][:1]}})
    assert (faulty.status_code, "steps[0].moves[0].to: there is no step 'possible'" in faulty.text) == (422, True)
    assert admin.get("/flows/connection").json()["version"] == 1


def test_lists_and_the_board_show_where_tickets_are(ticket: str, admin: Api):
    position = admin.post(f"/tickets/{ticket}/assign", {"assignee": "tom"}).json()["position"]
    (row,) = admin.get("/tickets", assignee="tom", queue="crews", min_position=position).json()["items"]
    assert (row["number"], row["steps"], row["state"]) == (ticket, ["installation"], "open")
    assert admin.get("/tickets", assignee="ann").json()["items"] == []
    (cell,) = admin.get("/board").json()["cells"]
    assert (cell["queue"], cell["step"], cell["tickets"]) == ("crews", "installation", 1)


def test_a_file_is_attached_and_read_through_its_ticket_alone(operator: Operator, ticket: str, admin: Api):
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
    kept = admin.send_bytes("/attachments", picture, {"Content-Type": "image/png"})
    assert kept.status_code == 201, kept.text
    content_hash = kept.json()["content_hash"]
    said = {"text": "drilled here", "attachments": [{"content_hash": content_hash, "name": "wall.png"}]}
    position = admin.post(f"/tickets/{ticket}/comments", said).json()["position"]

    (file,) = shown(admin, ticket, position)["files"]
    assert (file["name"], file["media_type"], file["size_bytes"]) == ("wall.png", "image/png", len(picture))
    taken = admin.get(f"/tickets/{ticket}/attachments/{content_hash}")
    assert (taken.status_code, taken.content) == (200, picture)
    assert taken.headers["Content-Disposition"] == 'attachment; filename="wall.png"'
    assert taken.headers["X-Content-Type-Options"] == "nosniff"

    other = str(admin.post("/tickets", OPENED).json()["result"]["ticket"])
    assert admin.get(f"/tickets/{other}/attachments/{content_hash}").status_code == 404
    assert admin.get(f"/attachments/{content_hash}").status_code == 404


@pytest.mark.parametrize("name", ["../x.png", "a\\b.png", " ", "a\nb", "x" * 201])
def test_a_file_whose_name_leads_elsewhere_is_refused(ticket: str, admin: Api, name: str):
    kept = admin.send_bytes("/attachments", b"hello", {"Content-Type": "text/plain"}).json()
    said = {"attachments": [{"content_hash": kept["content_hash"], "name": name}]}
    assert admin.post(f"/tickets/{ticket}/comments", said).status_code == 422


def test_a_file_that_did_not_come_in_cannot_be_attached(ticket: str, admin: Api):
    said = {"attachments": [{"content_hash": "0" * 64, "name": "wall.png"}]}
    assert admin.post(f"/tickets/{ticket}/comments", said).status_code == 404
