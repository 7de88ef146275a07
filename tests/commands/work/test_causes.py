"""Causes open a ticket each, and close it when they are gone, unless somebody works on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.promises import PromiseTerms
from billing_core.work.causes import CauseAppeared, CauseHandled, CauseVanished, OpenOnCause
from billing_core.work.ticket_events import CommentAdded, TicketClosed, TicketOpened, TicketReopened
from commands.corrections.payment import MovePayment
from commands.payments.account import ReversePayment
from commands.promises import OpenPromise, SetPromiseTerms
from commands.work.cause_tickets import FollowCause
from commands.work.causes import ReportCondition, SetCauseRule
from commands.work.flows import PublishFlow, WithdrawFlow
from commands.work.steps import CompleteStep
from commands.work.tickets import CloseTicket, LogLabour
from tests.billing_core.work.flows import FAULT
from tests.commands.work.test_tickets import let_happen, ticket_of
from tests.operators import Operator, bank_row, eur

A = "A0001"
ON = date(2026, 3, 10)
TEN = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
OLT = "cause/device-down:device:OLT-7"


@pytest.fixture(autouse=True)
def with_rules(operator: Operator) -> None:
    operator.subscriber(A, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    operator.tell(PublishFlow(flow=FAULT), today=ON)
    rule = OpenOnCause(kind="fault", subject="Device down", queue="network", priority="high", reopen_minutes=10)
    operator.tell(SetCauseRule(cause="device-down", rule=rule), today=ON)
    for cause in ("promise-broken", "payment-reversed"):
        operator.tell(SetCauseRule(cause=cause, rule=OpenOnCause(kind="fault", subject=cause)), today=ON)
    let_happen(operator)


def report(operator: Operator, *, is_active: bool, minute: int = 0) -> None:
    command = ReportCondition(kind="device-down", device="OLT-7", node="N1", is_active=is_active,
                              since=TEN + timedelta(minutes=minute))  # fmt: skip
    operator.tell(command, today=ON)


def down(operator: Operator, minute: int = 0) -> None:
    report(operator, is_active=True, minute=minute)
    let_happen(operator)


def up(operator: Operator, minute: int) -> None:
    report(operator, is_active=False, minute=minute)
    let_happen(operator)


def tickets_of(operator: Operator, cause: str) -> list[str]:
    """The numbers of all tickets that a cause opened."""
    select = "SELECT originator_id FROM billing.events WHERE topic = 'ticket-opened/1' ORDER BY position"
    numbers = [stream.partition("/")[2] for (stream,) in operator.select(select)]
    return [number for number in numbers if opening(operator, number).cause == cause]


def opening(operator: Operator, number: str) -> TicketOpened:
    fact = operator.facts(f"ticket/{number}")[0]
    assert isinstance(fact, TicketOpened)
    return fact


def the_ticket(operator: Operator, cause: str = "device-down:device:OLT-7") -> str:
    (number,) = tickets_of(operator, cause)
    return number


def pay(operator: Operator, amount: str, line: int, on: date = ON) -> None:
    report = operator.take_in([bank_row(line, amount, A, received_on=on)], today=on)
    assert report.accepted == 1, report


def test_a_device_that_is_down_opens_one_ticket_and_closes_it_when_it_is_up(operator: Operator):
    down(operator)

    ticket = the_ticket(operator)
    fact = opening(operator, ticket)
    assert (fact.subject, fact.queue, fact.priority, fact.source) == ("Device down: OLT-7", "network", "high", "event")
    assert (fact.about.device, fact.about.node, fact.steps) == ("OLT-7", "N1", ("check",))
    assert ticket_of(operator, ticket).is_open

    up(operator, 2)
    assert ticket_of(operator, ticket).outcome == "completed"
    closed = operator.facts(f"ticket/{ticket}")[-1]
    assert isinstance(closed, TicketClosed) and closed.reason == "device-down is gone since 2026-03-10 10:02 UTC"
    assert operator.findings() == []


def test_the_same_report_twice_and_one_that_is_late_change_nothing(operator: Operator):
    down(operator)
    down(operator)
    up(operator, 2)
    before = operator.facts(OLT)

    down(operator)  # That of 10:00 once more, after that of 10:02.
    up(operator, 2)
    up(operator, 3)

    assert operator.facts(OLT) == before
    assert [type(fact) for fact in before] == [CauseAppeared, CauseHandled, CauseVanished, CauseHandled]
    assert len(tickets_of(operator, "device-down:device:OLT-7")) == 1


def test_two_reports_at_once_open_one_ticket(operator: Operator):
    report(operator, is_active=True)
    follow = FollowCause(cause="device-down:device:OLT-7")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: operator.tell(follow, today=ON), range(4)))

    assert sorted(answer.result["done"] for answer in answers) == ["nothing", "nothing", "nothing", "open"]
    assert [type(fact) for fact in operator.facts(OLT)] == [CauseAppeared, CauseHandled]
    let_happen(operator)
    assert len(tickets_of(operator, "device-down:device:OLT-7")) == 1


def test_a_condition_that_flaps_reopens_its_ticket_and_later_opens_another(operator: Operator):
    down(operator)
    up(operator, 2)
    down(operator, 12)
    ticket = the_ticket(operator)
    found = ticket_of(operator, ticket)
    assert (found.is_open, found.steps) == (True, ("check",))

    up(operator, 20)
    down(operator, 31)
    assert len(tickets_of(operator, "device-down:device:OLT-7")) == 2
    assert not ticket_of(operator, ticket).is_open


def test_what_came_and_went_before_anybody_looked_opens_nothing(operator: Operator):
    report(operator, is_active=True)
    report(operator, is_active=False, minute=1)
    let_happen(operator)

    assert tickets_of(operator, "device-down:device:OLT-7") == []


@pytest.mark.parametrize("is_by_step", [True, False])
def test_a_ticket_on_which_somebody_works_gets_a_note_and_stays_open(operator: Operator, is_by_step: bool):
    down(operator)
    ticket = the_ticket(operator)
    if is_by_step:
        operator.tell(CompleteStep(ticket=ticket, step="check", resolution="confirmed"), today=ON)
    else:
        operator.tell(LogLabour(ticket=ticket, minutes=5), today=ON)

    up(operator, 2)
    down(operator, 30)

    said = [fact.text for fact in operator.facts(f"ticket/{ticket}") if isinstance(fact, CommentAdded)]
    assert said == [
        "device-down is gone since 2026-03-10 10:02 UTC", "device-down is there since 2026-03-10 10:30 UTC",
    ]  # fmt: skip
    assert ticket_of(operator, ticket).is_open
    assert len(tickets_of(operator, "device-down:device:OLT-7")) == 1


def test_a_ticket_that_was_ended_by_hand_is_left_alone_when_its_cause_is_gone(operator: Operator):
    down(operator)
    ticket = the_ticket(operator)
    operator.tell(CloseTicket(ticket=ticket, reason="planned work"), today=ON)

    up(operator, 2)

    closed = [fact for fact in operator.facts(f"ticket/{ticket}") if isinstance(fact, TicketClosed)]
    assert [fact.outcome for fact in closed] == ["cancelled"]


def test_a_condition_without_a_rule_is_noted_and_opens_nothing(operator: Operator):
    command = ReportCondition(kind="signal-low", node="N1", is_active=True, since=TEN)
    operator.tell(command, today=ON)
    let_happen(operator)

    assert isinstance(operator.facts("cause/signal-low:node:N1")[0], CauseAppeared)
    assert tickets_of(operator, "signal-low:node:N1") == []


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"device": "", "node": ""}, "a device or a node is needed"),
        ({"device": "OLT 7"}, "without spaces"),
        ({"kind": "promise-broken"}, "is a cause of accounts"),
        ({"kind": "Down!"}, "must be 1 to 50"),
        ({"since": datetime(2126, 1, 1, tzinfo=UTC)}, "is in the future"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(operator: Operator, details: dict[str, object], message: str):
    fields = {"kind": "device-down", "device": "OLT-7", "is_active": True, "since": TEN} | details
    with pytest.raises(InvalidValue, match=message):
        operator.tell(ReportCondition(**fields), today=ON)  # type: ignore[arg-type]


def test_a_rule_names_a_flow_that_is_published(operator: Operator):
    with pytest.raises(NotFound, match="no flow of this kind"):
        operator.tell(SetCauseRule(cause="device-down", rule=OpenOnCause(kind="other", subject="x")), today=ON)


# --- causes of accounts


def broken_promise(operator: Operator) -> None:
    terms = PromiseTerms(most_days=10, most_per_month=2)
    operator.tell(SetPromiseTerms(seller="north", terms=terms), today=date(2026, 1, 1))
    operator.tell(OpenPromise(account=A, until=date(2026, 3, 4)), today=date(2026, 3, 1))
    let_happen(operator, ON)
    let_happen(operator, ON)


def test_a_broken_promise_opens_a_ticket_that_is_closed_when_nothing_is_owed(operator: Operator):
    broken_promise(operator)
    ticket = the_ticket(operator, f"promise-broken:{A}")
    assert (opening(operator, ticket).about.account, opening(operator, ticket).customer) == (A, A)

    pay(operator, "20.00", 1)
    let_happen(operator)
    assert ticket_of(operator, ticket).is_open

    pay(operator, "4.00", 2)
    let_happen(operator)
    assert ticket_of(operator, ticket).outcome == "completed"


def test_a_promise_that_is_kept_later_closes_the_ticket_of_the_broken_one(operator: Operator):
    broken_promise(operator)
    pay(operator, "10.00", 5)
    operator.tell(OpenPromise(account=A, until=ON), today=ON)
    operator.tell(ReversePayment(account=A, payment="bank:R00005", reason="bounced"), today=ON)
    pay(operator, "14.00", 6)
    let_happen(operator)

    assert operator.account(A).ledger.balance == eur("-10.00")
    assert ticket_of(operator, the_ticket(operator, f"promise-broken:{A}")).outcome == "completed"


def reversed_payment(operator: Operator) -> None:
    pay(operator, "24.00", 1)
    operator.tell(ReversePayment(account=A, payment="bank:R00001", reason="bounced"), today=ON)
    let_happen(operator)


def test_a_bounced_debit_opens_a_ticket_that_is_closed_when_it_is_paid_again(operator: Operator):
    reversed_payment(operator)
    ticket = the_ticket(operator, f"payment-reversed:{A}")

    pay(operator, "10.00", 2)
    let_happen(operator)
    assert ticket_of(operator, ticket).is_open

    pay(operator, "14.00", 3)
    let_happen(operator)
    assert ticket_of(operator, ticket).outcome == "completed"


def test_money_that_paid_it_again_and_was_another_accounts_brings_the_cause_back(operator: Operator):
    operator.subscriber("A0002")
    rule = OpenOnCause(kind="fault", subject="Bounced", reopen_minutes=60)
    operator.tell(SetCauseRule(cause="payment-reversed", seller="north", rule=rule), today=ON)
    reversed_payment(operator)
    pay(operator, "24.00", 2)
    let_happen(operator)
    ticket = the_ticket(operator, f"payment-reversed:{A}")
    assert not ticket_of(operator, ticket).is_open

    moved = MovePayment(from_account=A, to_account="A0002", payment="bank:R00002", reason="wrong account")
    operator.tell(moved, today=ON)
    let_happen(operator)

    assert isinstance(operator.facts(f"ticket/{ticket}")[-1], TicketReopened)
    assert opening(operator, ticket).subject == f"Bounced: {A}"


def test_without_a_rule_an_account_has_no_causes(operator: Operator):
    operator.tell(SetCauseRule(cause="payment-reversed", rule=None), today=ON)
    reversed_payment(operator)

    assert operator.facts(f"cause/payment-reversed:{A}") == []


def test_a_ticket_that_cannot_be_opened_stands_on_the_list_and_is_opened_by_a_retry(operator: Operator):
    operator.tell(WithdrawFlow(kind="fault"), today=ON)
    down(operator)
    assert tickets_of(operator, "device-down:device:OLT-7") == []
    assert operator.select("SELECT command FROM billing.refused_commands") == [("FollowCause",)]

    operator.tell(PublishFlow(flow=FAULT), today=ON)
    operator.tell(FollowCause(cause="device-down:device:OLT-7"), today=ON)
    assert len(tickets_of(operator, "device-down:device:OLT-7")) == 1
