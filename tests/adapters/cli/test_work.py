"""Tickets on the command line: lists, boards, figures, and a CSV file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Billing

FLOW = """
kind: fault
title: Fault
queue: desk
about: [customer]
steps:
  - {code: look, moves: [{to: mend, resolution: found}]}
  - {code: mend, moves: [{to: end, resolution: mended}]}
"""


@pytest.fixture
def worked(opened: Billing, tmp_path: Path) -> Billing:
    """A fault that is open, overdue and mine, one at the next step, and one that is the same as the first."""
    (tmp_path / "fault.yaml").write_text(FLOW)
    assert opened("work", "publish-flow", str(tmp_path / "fault.yaml")).code == 0
    assert opened("do", "register-customer", "number=77", "name=Eva", "kind=person").code == 0
    for subject, *others in (("Dolní 5", "due_at=2026-01-02T08:00:00Z", "assignee=ana"), ("=1+1",), ("Dark",)):
        made = opened("do", "open-ticket", "kind=fault", "customer=77", f"subject={subject}", *others)
        assert made.code == 0, made.errors
    assert opened("do", "complete-step", "ticket=T-2", "step=look", "resolution=found").code == 0
    assert opened("do", "close-ticket", "ticket=T-3", "outcome=duplicate", "duplicate_of=T-1").code == 0
    return opened


def test_tickets_are_listed_sought_and_sorted(worked: Billing):
    assert [row["number"] for row in worked("work", "--json").json["tickets"]] == ["T-1", "T-2"]
    assert [row["number"] for row in worked("work", "--search", "dolni", "--json").json["tickets"]] == ["T-1"]
    assert [row["number"] for row in worked("work", "--overdue", "--json").json["tickets"]] == ["T-1"]
    page = worked("work", "--state", "any", "--sort", "newest", "--limit", "1", "--json").json
    assert ([row["number"] for row in page["tickets"]], page["next"]) == (["T-3"], "3")
    assert "Dolní 5" in worked("work").output and "Dark" not in worked("work").output
    wrong = worked("work", "--sort", "subject")
    assert wrong.code == 2 and "sort" in wrong.errors and "waiting" in wrong.errors


def test_boards_and_figures_are_shown_and_printed(worked: Billing):
    cells = worked("work", "board", "--json").json["cells"]
    assert [(cell["step"], cell["overdue"]) for cell in cells] == [("look", 1), ("mend", 0)]
    assert worked("work", "ageing", "--json").json["queues"][0]["up_to_1_day"] == 2
    assert worked("work", "load", "--json").json["load"][0]["of"] == "ana"
    mine = worked("work", "mine", "--operator", "ana", "--json").json
    assert [row["number"] for row in mine["assigned"]] == ["T-1"]
    (counts,) = worked("work", "counts", "--by", "kind", "--json").json["counts"]
    assert (counts["of"], counts["opened"], counts["duplicates"]) == ("fault", 3, 1)
    assert worked("work", "times", "--json").json["times"][0]["resolutions_missed"] == 1
    assert worked("work", "duplicates", "--json").json["duplicates"][0]["tickets"] == ["T-3"]
    assert worked("work", "counts", "--from", "2000-01-01", "--to", "2000-02-01", "--json").json["counts"] == []
    for word in ("board", "ageing", "load", "mine", "counts", "times", "duplicates"):
        shown = worked("work", word)
        assert shown.code == 0 and shown.output, word


def test_as_of_a_day_tickets_are_what_was_known_then(worked: Billing):
    before = worked("work", "board", "--json").json
    assert worked("asof", "then", "--effective", "2046-01-01").code == 0
    assert worked("do", "close-ticket", "ticket=T-1", "reason=not at home").code == 0

    assert worked("work", "board", "--json").json != before
    assert worked("work", "board", "--asof", "then", "--json").json == before
    assert worked("work", "ticket", "T-1", "--asof", "then", "--json").json["ticket"]["state"] == "open"
    old = worked("work", "ageing", "--asof", "then", "--json").json["queues"][0]
    assert (old["up_to_1_day"], old["older"]) == (0, 2)


def test_all_tickets_are_written_into_a_csv_file(worked: Billing, tmp_path: Path):
    """A subject that a spreadsheet would take for a formula is none any more."""
    file = tmp_path / "tickets.csv"
    assert worked("work", "--state", "any", "--csv", str(file), "--json").json == {"tickets": 3, "file": str(file)}
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["number"], row["subject"], row["steps"], row["state"]) for row in rows] == [
        ("T-1", "Dolní 5", "look", "open"),
        ("T-2", "'=1+1", "mend", "open"),
        ("T-3", "Dark", "", "duplicate"),
    ]
    assert rows[0]["due_at"] == "2026-01-02T08:00:00+00:00"


def test_a_customers_card_has_the_tickets(worked: Billing):
    card = worked("customer", "show", "77", "--json").json
    assert [row["number"] for row in card["open_tickets"]] == ["T-1", "T-2"]
    assert [row["number"] for row in card["ended_tickets"]] == ["T-3"]
    shown = worked("customer", "show", "77").output
    assert "ticket T-1" in shown and "look in desk: Dolní 5" in shown and "duplicate: Dark" in shown
