"""Causes, similar tickets and rules of assignment on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Billing

FLOW = """
kind: fault
title: Fault
queue: support
outage: joins
steps:
  - {code: look, moves: [{to: end, resolution: found}]}
"""


@pytest.fixture
def with_flow(opened: Billing, tmp_path: Path) -> Billing:
    (tmp_path / "fault.yaml").write_text(FLOW)
    assert opened("work", "publish-flow", str(tmp_path / "fault.yaml")).code == 0
    return opened


def test_a_condition_opens_a_ticket_that_is_shown_with_its_cause_and_similar_ones(with_flow: Billing):
    billing = with_flow
    assert "No cause opens tickets yet" in billing("work", "causes").output
    rule = ("rule.kind=fault", "rule.subject=Device down", "rule.reopen_minutes=10")
    assert billing("do", "set-cause-rule", "cause=device-down", *rule).code == 0
    assert billing("worker", "--once").code == 0
    report = ("kind=device-down", "device=OLT-7", "node=N1", "since=2026-03-10T10:00:00Z")
    done = billing("do", "report-condition", *report, "is_active=true")
    assert done.code == 0, done.errors
    assert billing("worker", "--once").code == 0

    shown = billing("work", "causes").output
    assert "device-down opens a fault ticket: Device down" in shown and "device-down:device:OLT-7" in shown
    (cause,) = billing("work", "causes", "--json").json["causes"]
    assert cause["ticket"] == "T-1"
    assert billing("do", "open-ticket", "kind=fault", "subject=Dark", "node=N1").code == 0

    (alike,) = billing("work", "similar", "T-1", "--json").json["tickets"]
    assert (alike["number"], alike["reasons"]) == ("T-2", ["node"])
    assert "T-2" in billing("work", "similar", "T-1").output
    assert billing("do", "declare-outage", "ticket=T-1").code == 0
    card = billing("work", "ticket", "T-2").output
    assert "may be the same trouble as T-1" in card and "there is an outage of its place: T-1" in card
    assert billing("do", "gather-tickets", "ticket=T-1", "node=N1").code == 0
    assert billing("worker", "--once").code == 0
    assert "gathered by the outage T-1" in billing("work", "ticket", "T-2").output
    assert "gathers T-2" in billing("work", "ticket", "T-1").output
    assert billing("check").code == 0


def test_rules_of_assignment_and_absences_are_listed(with_flow: Billing):
    assert "by hand" in with_flow("work", "assignment").output
    registered = with_flow("do", "register-operator", "operator=anna", "name=Anna", "roles=administrator")
    assert registered.code == 0, registered.errors
    away = with_flow("do", "record-operator-absence", "operator=anna", "from=2036-01-01", "to=2036-01-05")
    assert away.code == 0, away.errors

    assert "anna is away from 2036-01-01 up to 2036-01-05" in with_flow("work", "assignment").output
    assert with_flow("work", "assignment", "--json").json["rules"] == []
