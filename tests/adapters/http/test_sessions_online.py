"""Who is online, over HTTP: whose data it showed is kept, and goes when the customer is forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.http.server import http_application
from adapters.postgres.access_sessions import PostgresAccessSessions, forget_sessions
from billing_core.usage.sessions.messages import Counter, Message
from commands.usage.accounting import Accounting, Received
from commands.usage.identifiers import AssignIdentifier
from projections.platform.runner import LIVE_SCHEMA
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator

NOW = datetime.now(UTC)


def message(session: str, user: str) -> Received:
    at = NOW - timedelta(minutes=1)
    return Received("radius", Message("nas1", session, "interim", at, user, "10.1.2.3", 60, Counter(9, True)), NOW)


@pytest.fixture
def auditor(operator: Operator, signed_in: SignedIn) -> Api:
    """Who looks at a server that keeps reads; anna, ghost and a user named by the account are online."""
    operator.subscribers(2)
    for customer, name in (("A0001", "anna"), ("A0002", "ben")):
        (code,) = operator.account(customer).subscriptions
        operator.tell(AssignIdentifier(account=customer, subscription=code, identifier=name, on=date(2026, 2, 1)))
    take = Accounting(PostgresAccessSessions(operator.application.tables).begin, lambda: UTC).take
    take([message(f"S{place}", user) for place, user in enumerate(("anna", "ben", "ghost", f"A0001/{code}"))])
    operator.application.runner.catch_up()
    signed_in("zane", "auditor")
    client = TestClient(http_application(operator.application, keeps_reads=True), raise_server_exceptions=False)
    return Api(client, "key.zane.test.zane")


def names(auditor: Api, path: str, **parameters: Any) -> list[str]:
    answered = auditor.get(path, **parameters)
    assert answered.status_code == 200, answered.text
    rows = answered.json()
    return [row["subscriber"] for row in (rows if isinstance(rows, list) else rows["items"])]


def test_sessions_are_listed_page_by_page(auditor: Api):
    first = auditor.get("/usage/online", limit=3).json()
    rest = auditor.get("/usage/online", limit=3, after=first["next"]).json()
    assert [row["session"] for row in first["items"] + rest["items"]] == ["S0", "S1", "S2", "S3"]
    assert [row["customer"] for row in first["items"] + rest["items"]] == ["A0001", "A0002", "", "A0001"]
    assert rest["next"] is None
    assert names(auditor, "/usage/online", server="nas2") == []
    assert names(auditor, "/usage/sessions", subscriber="ben") == ["ben"]
    assert names(auditor, "/usage/unknown-users") == ["ghost"]


def test_it_is_kept_whose_data_was_shown(auditor: Api):
    names(auditor, "/usage/sessions", subscriber="anna")
    names(auditor, "/usage/online")
    found = auditor.get("/personal-reads").json()["items"]
    assert [(each["query"], each["customers"]) for each in found] == [
        ("usage.read.list-online-sessions", ["A0001", "A0002"]),
        ("usage.read.list-sessions-of-user", ["A0001"]),
    ]


def test_who_has_no_right_to_it_is_shown_nothing(auditor: Api, signed_in: SignedIn):
    assert signed_in("tom", "technician").get("/usage/online").status_code == 403


def test_sessions_of_a_forgotten_customer_keep_no_name(auditor: Api, operator: Operator):
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        forget_sessions(cursor, "A0001", ["A0001"])
    assert names(auditor, "/usage/online") == ["", "ben", "ghost", ""]
    assert operator.select("SELECT subscriber FROM billing.access_usage ORDER BY session") == [
        ("",), ("ben",), ("ghost",), ("",)
    ]  # fmt: skip
