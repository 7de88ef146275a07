"""A ticket as it is listed: what its events say, whatever came in which order and in which page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.parties.customers import Customer
from billing_core.work.courses import Passage, begin, follow
from billing_core.work.moves import Completion, Next, completed, facts_at
from billing_core.work.ticket_changes import assign, change_ticket, close, log_labour, reopen, unwatch, watch
from billing_core.work.ticket_events import (
    About,
    ActionDone,
    ActionOverruled,
    ChildOpened,
    Closing,
    CommentAdded,
    MaterialUsed,
    TicketChanged,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
)
from billing_core.work.tickets import Ticket, apply_ticket
from commands.forgetting import ForgetCustomer
from commands.parties import RegisterCustomer
from projections.platform.projection import LoggedEvent, Origin
from projections.work.ticket_lists import Sought, list_tickets
from projections.work.tickets import TicketRow, Tickets, change, opened_by, ticket_named
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator
from tests.projections.work.desk import Desk, at

ON = date(2026, 3, 10)
FORGET = ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked")
NUMBER = "T-7"
AT = datetime(2026, 3, 10, 8, tzinfo=UTC)
ANSWERS = {"is_possible": "yes", "tariff": "net", "power": "-12"}
OPENED = TicketOpened(
    effective_on=ON, kind="connection", flow_version=1, subject="Dolní 5", customer="", queue="installations",
    about=About(account="A0001", subscription="net-2"), steps=begin(CONNECTION, {}).steps,
)  # fmt: skip

# --- histories by the rules

CODES = st.sampled_from(["ana", "bo", "o'neill", 'with "quotes"', "back\\slash", "a,b {c}"])
WAYS = ("move", "act", "overrule", "assign", "change", "escalate", "watch", "unwatch", "say", "labour", "material",
        "child", "close", "reopen")  # fmt: skip
TURNS = st.lists(st.tuples(st.sampled_from(WAYS), CODES, st.integers(0, 3)), max_size=40)


def decided(ticket: Ticket, way: str, code: str, number: int) -> Sequence[Event]:  # noqa: PLR0911, PLR0912  (one for each way)
    """What the rules make of a wish; refused ones raise."""
    match way:
        case "move":
            return moved(ticket, number)
        case "act" | "overrule":
            if not ticket.actions:
                return []
            left = len(ticket.actions) - 1
            if way == "act":
                return [ActionDone(effective_on=ON, action=ticket.actions[0], name="x", left=left)]
            error = "failed" if number == 0 else ""
            return [
                ActionOverruled(
                    effective_on=ON, action=ticket.actions[0], name="x", reason="no", error=error, left=left
                )
            ]
        case "assign":
            return assign(ticket, None, code if number % 2 else "", code, ON)
        case "change":
            wanted = TicketChanged(effective_on=ON, subject=f"{code} again", priority="high", tags=(code,) * number)
            return change_ticket(ticket, wanted)
        case "escalate":
            return [TicketEscalated(effective_on=ON, step="survey", limit_at=AT, queue=code, priority="urgent")]
        case "watch":
            return watch(ticket, code, ON)
        case "unwatch":
            return unwatch(ticket, code, ON)
        case "say":
            return [CommentAdded(effective_on=ON, text=code, audience="customer", is_from_customer=number == 0)]
        case "labour":
            return log_labour(ticket, code, 30 * (number - 1), "", ON)
        case "material":
            return [MaterialUsed(effective_on=ON, item=code, quantity="1")]
        case "child":
            return [ChildOpened(effective_on=ON, child=f"T-{number}")]
        case "close":
            outcome = get_args(Closing)[number % 3]
            other = "T-1" if outcome == "duplicate" else ""
            return close(
                ticket, NUMBER, TicketClosed(effective_on=ON, outcome=outcome, reason=code, duplicate_of=other)
            )
    return reopen(ticket, NUMBER, TicketReopened(effective_on=ON, reason=code, step="survey"))


def moved(ticket: Ticket, number: int) -> Sequence[Event]:
    """The next step by one of its moves, as far as somebody could complete it."""
    step = CONNECTION.step(ticket.steps[0]) if ticket.steps else None
    if step is None or ticket.actions:
        return []
    move = step.moves[number % len(step.moves)]
    values = {code: ANSWERS[code] for code in step.form if code in ANSWERS}
    facts = facts_at(CONNECTION, {**ticket.values, **values}, {})
    passage: Passage = follow(CONNECTION, step.code, move.resolution, facts)
    completion = Completion(step.code, move.resolution, values, "because")
    return completed(ticket, CONNECTION, completion, Next(passage, {}, move.is_back), ON)


def history_of(turns: Sequence[tuple[str, str, int]]) -> list[Event]:
    """The events of a ticket that was treated so; what the rules refuse is left out."""
    events: list[Event] = [OPENED]
    ticket = apply_ticket(None, OPENED)
    for turn in turns:
        assert ticket is not None
        try:
            new = decided(ticket, *turn)
        except BillingError:
            continue
        for fact in new:
            ticket = apply_ticket(ticket, fact)
        events += new
    return events


def logged(events: Sequence[Event]) -> list[LoggedEvent]:
    """The events in the log, a minute apart."""
    return [
        LoggedEvent(version, f"ticket/{NUMBER}", NUMBER, version, fact, b"", AT + timedelta(minutes=version), Origin())
        for version, fact in enumerate(events, start=1)
    ]


def state_of(events: Sequence[Event]) -> Ticket:
    ticket: Ticket | None = None
    for fact in events:
        ticket = apply_ticket(ticket, fact)
    assert ticket is not None
    return ticket


def require_same(row: TicketRow, ticket: Ticket) -> None:
    """The ticket as it is listed is the one that the rules know."""
    same = ("kind", "subject", "customer", "priority", "queue", "assignee", "crew", "due_at", "parent",
            "labour_minutes", "opened_on")  # fmt: skip
    for name in same:
        assert getattr(row, name) == getattr(ticket, name), name
    for name in ("steps", "actions", "tags", "watchers"):
        assert tuple(getattr(row, name)) == getattr(ticket, name), name
    assert row.state == (ticket.outcome or "open")
    assert (row.account, row.subscription) == (ticket.about.account, ticket.about.subscription)
    assert (row.closed_at is None) == (row.closed_on is None) == ticket.is_open


def row_after(events: Sequence[Event]) -> TicketRow:
    """The ticket as it is listed after these events."""
    first, *others = logged(events)
    row = opened_by(first)
    for entry in others:
        before = msgspec.structs.asdict(row) | {"words": row.words}
        changed = change(row, entry)
        after = msgspec.structs.asdict(row) | {"words": row.words}
        assert {name for name in after if after[name] != before[name]} <= set(changed)
    return row


@given(TURNS)
def test_whatever_is_done_to_a_ticket_it_is_listed_as_the_rules_know_it(turns: list[tuple[str, str, int]]):
    events = history_of(turns)
    require_same(row_after(events), state_of(events))


@pytest.fixture
def table(operator: Operator) -> Operator:
    with operator.application.tables.transaction("public") as cursor:
        cursor.execute("CREATE SCHEMA beside")
    with operator.application.tables.transaction("beside") as cursor:
        cursor.execute(Tickets.definition)
        cursor.execute(Tickets.indexes)
    return operator


def test_pages_of_whatever_size_make_the_same_rows(table: Operator):
    """Texts with what means something to PostgreSQL within a list are among them."""

    @given(TURNS, st.integers(1, 50))
    def is_same(turns: list[tuple[str, str, int]], size: int) -> None:
        events = history_of(turns)
        entries = iter(logged(events))
        with table.application.tables.transaction("beside") as cursor:
            cursor.execute("DELETE FROM tickets")
            while page := list(islice(entries, size)):
                Tickets().write(cursor, page)
            row = ticket_named(cursor, NUMBER)
        assert row == row_after(events)

    is_same()


# --- instants


def test_instants_of_step_reply_and_end_are_those_of_their_events(operator: Operator):
    desk = Desk(operator)
    number = desk.open("03-10 08:00")
    desk.write(number, "03-10 08:10", (CommentAdded, {"text": "hello?", "is_from_customer": True}))
    desk.write(number, "03-10 08:20", (CommentAdded, {"text": "is it the splitter?", "audience": "inside"}))
    desk.answer(number, "03-10 09:00")
    desk.answer(number, "03-10 10:00")
    desk.move(number, "03-10 11:00", "mend")
    row = operator.ask(ticket_named, number)
    assert (row.opened_at, row.first_reply_at, row.step_since) == (
        at("03-10 08:00"),
        at("03-10 09:00"),
        at("03-10 11:00"),
    )
    assert (row.closed_on, row.closed_at) == (None, None)

    desk.close(number, "03-11 12:00")
    row = operator.ask(ticket_named, number)
    assert (row.state, row.closed_on, row.closed_at) == ("completed", date(2026, 3, 11), at("03-11 12:00"))

    desk.write(number, "03-12 07:00", (TicketReopened, {"reason": "dark again", "step": "look"}))
    row = operator.ask(ticket_named, number)
    assert (row.state, row.steps, row.step_since) == ("open", ["look"], at("03-12 07:00"))
    assert (row.closed_on, row.closed_at) == (None, None)


# --- persons


def found(operator: Operator, search: str) -> list[str]:
    rows = operator.ask(list_tickets, Sought(state="", search=search), 10)
    return [row.number for row in rows]


def test_the_subject_of_a_forgotten_customer_is_erased_and_found_by_no_word(operator: Operator):
    desk = Desk(operator)
    for number in ("A0001", "A0002"):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Ona")), today=ON)
    theirs = desk.open("03-10 08:00", customer="A0001", subject="Ona Maria sees nothing")
    another = desk.open("03-10 08:00", customer="A0002", subject="Ona called")
    assert found(operator, "ona") == [theirs, another]

    operator.application.execute(FORGET, origin_of_process("clerk", date(2046, 1, 1)))

    assert found(operator, "ona") == [another]
    assert operator.ask(ticket_named, theirs).subject == "erased"
    assert operator.findings() == []
