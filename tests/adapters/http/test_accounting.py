"""RADIUS accounting as FreeRADIUS sends it, without FreeRADIUS."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.adapters.http.conftest import SignedIn
from tests.operators import Operator

NOW = datetime.now(UTC).replace(microsecond=0)
DATE = "%b %d %Y %H:%M:%S UTC"


def attributes(status: str, minutes: int = 0, **others: Any) -> dict[str, Any]:
    """A message of a session that began an hour ago."""
    at = NOW - timedelta(hours=1) + timedelta(minutes=minutes)
    values = {
        "Acct-Status-Type": status, "NAS-Identifier": "nas1", "Acct-Session-Id": "S1", "User-Name": "bob",
        "Framed-IP-Address": "10.1.2.3", "Acct-Session-Time": minutes * 60, "Event-Timestamp": at.strftime(DATE),
    } | {name.replace("_", "-"): value for name, value in others.items()}  # fmt: skip
    return {name: {"type": "string", "value": [value]} for name, value in values.items() if value is not None}


class Radius:
    """What FreeRADIUS sends with a key."""

    def __init__(self, client: TestClient, operator: Operator) -> None:
        self.client = client
        self._tables = operator.application.tables
        self.authorization = "Basic " + base64.b64encode(b"radius:key.radius.test.radius").decode()

    def send(self, body: Mapping[str, Any] | bytes) -> int:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        return self.client.post("/radius/accounting", content=content, headers=headers).status_code

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self._tables.transaction("billing") as cursor:
            return list(cursor.execute(statement.encode()))

    def usage(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT subscriber, seconds, bytes_in, bytes_out FROM access_usage ORDER BY place")

    def sessions(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT session, subscriber, is_open, ended_by, bytes_in FROM access_sessions ORDER BY session"
        )


@pytest.fixture
def radius(client: TestClient, operator: Operator, signed_in: SignedIn) -> Radius:
    signed_in("radius", "radius")
    return Radius(client, operator)


def test_what_a_session_used_is_durable_when_it_is_answered(radius: Radius):
    assert radius.send(attributes("Start")) == 204
    assert radius.sessions() == [("S1", "bob", True, "", 0)]
    assert radius.send(attributes("Interim-Update", 5, Acct_Output_Octets=1000, Acct_Input_Octets=100)) == 204
    stop = attributes("Stop", 12, Acct_Output_Octets=10, Acct_Output_Gigawords=1, Acct_Input_Octets=170)
    assert radius.send(stop) == 204
    assert radius.usage() == [("bob", 300, 1000, 100), ("bob", 420, 2**32 + 10 - 1000, 70)]
    assert radius.sessions() == [("S1", "bob", False, "stop", 2**32 + 10)]


def test_a_repeated_message_is_answered_and_adds_nothing(radius: Radius):
    interim = attributes("Interim-Update", 5, Acct_Output_Octets=1000)
    assert [radius.send(interim), radius.send(interim), radius.send(interim)] == [204] * 3
    assert radius.usage() == [("bob", 300, 1000, 0)]


def test_messages_that_come_in_another_order_add_up_to_the_same(radius: Radius):
    for minutes, octets in ((15, 5000), (5, 1000), (10, 6000), (20, 100)):
        radius.send(attributes("Interim-Update", minutes, Acct_Output_Octets=octets))
    assert sum(row[2] for row in radius.usage()) == 6000 + 5000 + 100
    assert radius.sessions() == [("S1", "bob", True, "", 11_100)]


@pytest.mark.parametrize("status", ["Accounting-On", "Accounting-Off"])
def test_a_restart_of_a_server_closes_its_sessions(radius: Radius, status: str):
    radius.send(attributes("Start"))
    radius.send(attributes("Start", Acct_Session_Id="S2", NAS_Identifier="nas2"))
    radius.send(attributes("Start", 30, Acct_Session_Id="S3"))
    assert radius.send(attributes(status, 20, Acct_Session_Id=None, User_Name=None)) == 204
    late = attributes("Interim-Update", 10, Acct_Session_Id="S4", Acct_Output_Octets=7)
    assert radius.send(late) == 204
    assert radius.sessions() == [
        ("S1", "bob", False, "server", 0),
        ("S2", "bob", True, "", 0),
        ("S3", "bob", True, "", 0),
        ("S4", "bob", False, "server", 7),
    ]


def test_sessions_of_one_id_are_told_apart_by_what_freeradius_makes_unique(radius: Radius):
    for unique, user in (("aa", "bob"), ("bb", "eve")):
        radius.send(attributes("Stop", 5, Acct_Unique_Session_Id=unique, User_Name=user, Acct_Output_Octets=10))
    assert [row[:2] for row in radius.sessions()] == [("S1/aa", "bob"), ("S1/bb", "eve")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (attributes("Interim-Update", 5, Acct_Output_Octets="many", User_Password="secret"), "Acct-Output-Octets"),
        (attributes("Interim-Update", 5, Acct_Session_Id=None), "Acct-Session-Id"),
        (attributes("Interim-Update", 5, NAS_Identifier=None), "NAS-Identifier"),
        (attributes("Whatever"), "Acct-Status-Type"),
        (attributes("Stop", 5, Acct_Session_Time=2**32 - 1), "seconds"),
        (attributes("Stop", 5, Acct_Output_Gigawords=2**32 - 1), "bytes_in"),
        (b'{"User-Password": "secret"', "body"),
        (b"[1, 2]", "body"),
        (b"[" * 20_000, "body"),
    ],
)
def test_what_can_never_be_read_is_kept_without_passwords_and_not_asked_for_again(
    radius: Radius, body: Any, field: str
):
    assert radius.send(body) == 204
    ((found, raw),) = radius.rows("SELECT field, raw FROM access_refused")
    assert found == field
    assert "secret" not in raw
    assert radius.usage() == []


def test_any_letters_of_a_user_name_can_be_kept(radius: Radius):
    body = (
        json.dumps(attributes("Stop", 5, User_Name="b\0ob", Acct_Output_Octets=1)).encode().replace(b"nas1", b"n\xe1s")
    )
    assert radius.send(body) == 204
    assert radius.usage() == [("b\ufffdob", 300, 1, 0)]


def test_what_tells_of_no_usage_is_answered(radius: Radius):
    assert radius.send(attributes("Tunnel-Start")) == 204
    assert radius.sessions() == []


def test_a_key_that_is_wrong_or_permits_something_else_accounts_for_nothing(
    radius: Radius, signed_in: SignedIn, client: TestClient
):
    signed_in("sam", "support")
    for authorization, status in (
        ("", 401),
        ("Basic ?", 401),
        ("Basic " + base64.b64encode(b"radius:wrong").decode(), 401),
        ("Bearer key.sam.test.sam", 403),
        ("Bearer key.radius.test.radius", 204),
    ):
        radius.authorization = authorization
        assert [radius.send(attributes("Start")) for _ in range(2)] == [status] * 2
    assert radius.rows("SELECT count(*) FROM refused_attempts") == [(1,)]


def test_a_body_that_is_no_message_of_radius_is_refused(radius: Radius):
    assert radius.send(b"x" * 65_537) == 413


def test_a_message_is_to_come_again_while_the_database_is_away(radius: Radius, operator: Operator):
    assert radius.send(attributes("Start")) == 204
    operator.application.datastore._parts["port"] = "1"
    operator.application.datastore._drop_idle()
    assert radius.send(attributes("Interim-Update", 5, Acct_Output_Octets=1)) == 503
