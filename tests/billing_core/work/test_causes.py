"""What is due on the ticket of a cause, with the times of the module's example."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.work.causes import (
    Cause,
    CauseAppeared,
    CauseRuleSet,
    OpenOnCause,
    Progress,
    Standing,
    apply_cause,
    apply_progress,
    due_on_ticket,
    report_condition,
    set_rule,
    standing,
)
from billing_core.work.ticket_events import LabourLogged, StepCompleted, TicketOpened
from billing_core.work.tickets import Ticket, apply_ticket
from tests.billing_core.work.flows import CONNECTION, FAULT

ON = date(2026, 6, 2)
TEN = datetime(2026, 6, 2, 10, tzinfo=UTC)
RULE = OpenOnCause(kind="fault", subject="Device down", reopen_minutes=10)
UNTOUCHED, TOUCHED = Standing(False, "check"), Standing(True, "check")


def cause(*, is_there: bool, minute: int, gone: int | None = None, handled: bool = False) -> Cause:
    return Cause(
        cause="device-down", account="", device="OLT-7", node="", is_there=is_there,
        since=TEN + timedelta(minutes=minute), gone_at=None if gone is None else TEN + timedelta(minutes=gone),
        ticket="T-1", handled_there=handled,
    )  # fmt: skip


def ticket(outcome: str = "") -> Ticket:
    fact = TicketOpened(effective_on=ON, kind="fault", flow_version=1, subject="x", queue="support", steps=("check",))
    found = apply_ticket(None, fact)
    assert found is not None
    return msgspec.structs.replace(found, outcome=outcome)


def test_the_example_of_the_module():
    assert due_on_ticket(cause(is_there=True, minute=0), RULE, None, None) == "open"
    assert due_on_ticket(cause(is_there=False, minute=2, handled=True), RULE, ticket(), UNTOUCHED) == "close"
    assert due_on_ticket(cause(is_there=True, minute=9, gone=2), RULE, ticket("completed"), UNTOUCHED) == "reopen"
    assert due_on_ticket(cause(is_there=False, minute=20, handled=True), RULE, ticket(), TOUCHED) == "note"
    assert due_on_ticket(cause(is_there=True, minute=60, gone=20), RULE, ticket(), TOUCHED) == "note"


@pytest.mark.parametrize(
    ("minute", "outcome", "minutes", "due"),
    [(12, "completed", 10, "reopen"), (13, "completed", 10, "open"), (3, "completed", 0, "open"),
     (3, "cancelled", 10, "reopen"), (3, "duplicate", 10, "open")],
)  # fmt: skip
def test_the_same_ticket_is_reopened_within_the_minutes(minute: int, outcome: str, minutes: int, due: str):
    rule = OpenOnCause(kind="fault", subject="x", reopen_minutes=minutes)
    assert due_on_ticket(cause(is_there=True, minute=minute, gone=2), rule, ticket(outcome), UNTOUCHED) == due


def test_without_a_rule_nothing_is_opened_and_what_is_open_still_closes():
    assert due_on_ticket(cause(is_there=True, minute=0), None, None, None) == "nothing"
    assert due_on_ticket(cause(is_there=False, minute=2, handled=True), None, ticket(), UNTOUCHED) == "close"


def test_what_the_flow_did_by_itself_is_no_work():
    def after(*steps: str, labour: bool = False) -> Standing:
        progress: Progress | None = None
        facts: list[Event] = [
            TicketOpened(effective_on=ON, kind="c", flow_version=1, subject="x", queue="q", steps=("activation",))
        ]
        facts += [StepCompleted(effective_on=ON, step=step, steps=("hand-over",)) for step in steps]
        facts += [LabourLogged(effective_on=ON, operator="a", minutes=5)] if labour else []
        for fact in facts:
            progress = apply_progress(progress, fact)
        assert progress is not None
        return standing(progress, CONNECTION)

    assert after("activation") == Standing(False, "hand-over")
    assert after() == Standing(False, "survey")  # It waited for no person: at the first step of a person.
    assert after("survey") == Standing(True, "hand-over")
    assert after("activation", labour=True) == Standing(True, "hand-over")


def reported(reports: list[tuple[bool, int]]) -> list[Event]:
    """The events that reports of a condition lead to, in the order in which they come."""
    known: Cause | None = None
    events: list[Event] = []
    for is_there, minute in reports:
        appeared = CauseAppeared(effective_on=ON, cause="device-down", device="X", at=TEN + timedelta(minutes=minute))
        changed = report_condition(known, appeared, is_there=is_there)
        for fact in changed:
            known = apply_cause(known, fact)
        events += changed
    return events


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=30))
def test_reports_in_any_order_never_say_the_same_twice_nor_go_back_in_time(reports: list[tuple[bool, int]]):
    events = reported(reports)

    assert [isinstance(fact, CauseAppeared) for fact in events] == [not place % 2 for place in range(len(events))]
    instants = [fact.at for fact in events]  # type: ignore[attr-defined]
    assert instants == sorted(set(instants))


@given(st.dictionaries(st.integers(0, 20), st.booleans()))
def test_reports_in_order_end_with_what_the_newest_says(by_minute: dict[int, bool]):
    reports = [(by_minute[minute], minute) for minute in sorted(by_minute)]
    events = reported(reports)

    is_there = bool(events) and isinstance(events[-1], CauseAppeared)
    assert is_there == bool(reports and reports[-1][0])


@pytest.mark.parametrize(
    ("cause_code", "rule", "message"),
    [
        ("Device Down", RULE, "cause"),
        ("device-down", OpenOnCause(kind="fault", subject=" "), "subject"),
        ("device-down", OpenOnCause(kind="fault", subject="x", queue="A B"), "queue"),
        ("device-down", OpenOnCause(kind="fault", subject="x", reopen_minutes=1_441), "must be 0 to 1,440"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(cause_code: str, rule: OpenOnCause, message: str):
    with pytest.raises(InvalidValue, match=message):
        set_rule(None, CauseRuleSet(effective_on=ON, cause=cause_code, rule=rule))


def test_a_rule_that_holds_changes_nothing():
    assert set_rule(RULE, CauseRuleSet(effective_on=ON, cause="device-down", rule=RULE)) == []
    assert FAULT.kind == RULE.kind
