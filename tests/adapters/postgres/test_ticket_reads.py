"""A ticket is read by one look-up with its keys and its holders, and a number is drawn with what it rests on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from adapters.postgres.ticket_holds import PostgresTicketHolds
from adapters.postgres.ticket_reads import draw_number, read_ticket
from billing_core.work.tickets import apply_ticket
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep, ContinueTicketsOfAccount
from commands.work.tickets import CloseTicket, CommentTicket
from tests.billing_core.work.flows import FAULT
from tests.operators import Operator

TODAY = date(2026, 3, 10)
TEN = datetime(2026, 3, 10, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def with_flow(operator: Operator) -> None:
    operator.tell(PublishFlow(flow=FAULT), today=TODAY)
    operator.subscriber()


def opened(operator: Operator, **about: str) -> str:
    answer = operator.tell(OpenTicket(kind="fault", subject="No light", **about), today=TODAY)  # type: ignore[arg-type]
    return str(answer.result["ticket"])


def keys_of(operator: Operator, person: str) -> list[Any]:
    return operator.select(f"SELECT personal_key, document_key FROM billing.person_keys WHERE customer = '{person}'")


@pytest.mark.parametrize("account", ["A0001", ""])
def test_a_ticket_comes_with_the_keys_of_its_person_and_who_has_it_open(operator: Operator, account: str):
    """Who is no customer has keys by the name of the ticket's stream."""
    ticket = opened(operator, account=account)
    operator.tell(CommentTicket(ticket=ticket, text="on the way"), today=TODAY)
    holds = PostgresTicketHolds(operator.application.tables)
    holds.hold(ticket, "boris", TEN)
    holds.hold(ticket, "anna", TEN + timedelta(minutes=1))
    stream, person = f"ticket/{ticket}", account or f"ticket/{ticket}"

    with operator.application.store.transaction() as transaction:
        found = read_ticket(transaction._cursor, stream)
        assert transaction.load(stream, apply_ticket)[1] == 2
        held = [transaction.holders_of_ticket(ticket, TEN + timedelta(minutes=late)) for late in (9, 10, 11)]

    stored = "SELECT originator_id, originator_version, topic, state FROM billing.events"
    assert found.rows == operator.select(f"{stored} WHERE originator_id = '{stream}' ORDER BY originator_version")
    assert [found.keys[person]] == keys_of(operator, person)
    assert held == [["boris", "anna"], ["anna"], []]


def test_a_ticket_that_does_not_exist_comes_with_nothing(operator: Operator):
    with operator.application.store.transaction() as transaction:
        assert read_ticket(transaction._cursor, "ticket/T-999") == ((), {}, {})


def test_a_number_comes_with_versions_and_keys(operator: Operator):
    opened(operator, account="A0001")
    (keys,) = keys_of(operator, "A0001")
    with operator.application.store.transaction() as transaction:
        drawn = draw_number(transaction._cursor, ["flow/fault", "flow/none"], "A0001")
        assert (drawn.versions, drawn.keys) == ({"flow/fault": 1, "flow/none": 0}, {"A0001": keys})
        later = draw_number(transaction._cursor, [], "nobody")
        assert later == (drawn.number + 1, {}, {})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The statements that were sent to the database."""
    sent: list[Any] = []
    execute = psycopg.Cursor.execute

    def counted(self: Any, query: Any, *args: Any, **named: Any) -> Any:
        sent.append(query)
        return execute(self, query, *args, **named)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    return sent


def test_opening_and_moving_a_ticket_takes_two_exchanges_each(operator: Operator, asked: list[Any]):
    """The first reads what the process does not remember, the second writes."""
    ticket = opened(operator, account="A0001")
    asked.clear()
    opened(operator, account="A0001")
    assert len(asked) == 2, asked
    operator.tell(CompleteStep(ticket=ticket, step="check", resolution="confirmed"), today=TODAY)
    assert len(asked) == 4, asked


def test_tickets_that_ended_are_not_read_one_by_one_when_money_comes(operator: Operator, asked: list[Any]):
    opened(operator, account="A0001")
    taken = []
    for _ in range(3):
        ended = opened(operator, account="A0001")
        operator.tell(CloseTicket(ticket=ended, reason="gone"), today=TODAY)
        asked.clear()
        operator.tell(ContinueTicketsOfAccount(account="A0001"), today=TODAY)
        taken.append(len(asked))
    assert taken == [4, 4, 4]  # The claims, which are open, the open one, and the command itself.
