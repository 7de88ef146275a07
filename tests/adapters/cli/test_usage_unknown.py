"""Whose usage is nobody's."""

from __future__ import annotations

from commands.usage.mediation import IncomingBatch
from tests.adapters.cli.conftest import Billing
from tests.adapters.cli.right_clock import with_right_clock
from tests.commands.usage.rows import chunk, origin, row
from tests.operators import application_on


def test_numbers_that_are_nobodys_are_listed_with_what_waits_of_them(opened: Billing):
    """Three calls of 60 s of a number that nobody has, one of another number, and one of subscriber 1."""
    assert "Every subscriber that a source named is known." in opened("usage", "unknown").output
    calls = [row(1, "c1", "05-10 08:00", "420777000001"), row(2, "c2", "05-12 09:00", "420777000001"),
             row(3, "c3", "05-11 08:00", "420777000001"), row(4, "c4", "05-10 08:00", "420777000002"),
             row(5, "c5", "05-10 08:00", "1/main")]  # fmt: skip
    with application_on(opened.database_url) as application:
        received = application.usage_mediation().receive(IncomingBatch("switch", "1"), [chunk(calls)], origin())
        assert (received.taken, received.refused) == (1, 4)

    asked = with_right_clock(opened)
    first, second = asked("usage", "unknown", "--json").json["unknown"]

    assert (first["subscriber"], first["source"], first["records"], first["seconds"]) == (
        "420777000001", "switch", 3, 180,
    )  # fmt: skip
    assert (first["first_at"][:10], first["last_at"][:10]) == ("2026-05-10", "2026-05-12")
    assert (second["subscriber"], second["records"]) == ("420777000002", 1)
    assert "420777000001" in asked("usage", "unknown").output
