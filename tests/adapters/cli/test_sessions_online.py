"""Who is online, as the command line shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.bootstrap.application import Application
from adapters.cli.commands.usage.sessions import readable
from adapters.postgres.access_sessions import PostgresAccessSessions
from billing_core.usage.sessions.messages import Counter, Kind, Message
from commands.usage.accounting import Accounting, Received
from tests.adapters.cli.conftest import Billing


def account(opened: Billing, *messages: Message) -> None:
    application = Application(opened.database_url)
    sessions = PostgresAccessSessions(application.tables)
    Accounting(sessions.begin, lambda: UTC).take(
        [Received("radius", message, datetime.now(UTC)) for message in messages]
    )
    application.close()


def message(user: str, kind: Kind = "interim", minutes_ago: int = 1, session: str = "S1") -> Message:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return Message("nas1", session, kind, at, user, "10.1.2.3", 300, Counter(5_400_000_000, True), Counter(1_950, True))


@pytest.fixture
def online(opened: Billing) -> Billing:
    ended = opened(
        "do", "assign-identifier", "account=1", "subscription=main", "identifier=anna@north", "on=2026-02-01"
    )
    assert ended.code == 0, ended.errors
    account(
        opened, message("anna@north"), message("ghost", session="S2"), message("anna@north", "stop", 90, "S0"),
        message("old", minutes_ago=60, session="S3"), message("1/main", session="S4"),
    )  # fmt: skip
    return opened


def test_it_is_shown_who_is_online_and_whose_the_name_is(online: Billing):
    shown = online("usage", "online")
    (row,) = [line for line in shown.output.splitlines() if "anna" in line]
    assert row.split()[:2] == ["anna@north", "1/main"]
    assert row.split()[-6:] == ["nas1", "10.1.2.3", "5.4", "GB", "1.9", "kB"]
    found = online("usage", "online", "--subscriber", "anna@north", "--json").json
    assert [(each["session"], each["customer"], each["seconds"]) for each in found["sessions"]] == [("S1", "1", 300)]
    assert found["online"] == 4


def test_sessions_of_a_user_are_shown_with_their_ends(online: Billing):
    found = online("usage", "sessions", "anna@north", "--json").json["sessions"]
    assert [(each["session"], each["ended_by"]) for each in found] == [("S1", ""), ("S0", "stop")]


def test_names_that_are_nobodys_are_listed(online: Billing):
    found = online("usage", "unknown-users", "--json").json["unknown"]
    assert [(each["subscriber"], each["open"], each["bytes_in"]) for each in found] == [
        ("ghost", 1, 5_400_000_000),
        ("old", 1, 5_400_000_000),
    ]


def test_silent_sessions_are_closed(online: Billing):
    assert online("usage", "close-stale-sessions").output == "1 session ended by silence.\n"
    assert online("usage", "close-stale-sessions").output == "0 sessions ended by silence.\n"
    assert online("usage", "sessions", "old", "--json").json["sessions"][0]["ended_by"] == "silence"


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 B"), (999, "999 B"), (1_950, "1.9 kB"), (2**32, "4.2 GB"), (10**19, "10000.0 PB")]
)
def test_bytes_are_shown_in_units(count: int, expected: str):
    assert readable(count) == expected
