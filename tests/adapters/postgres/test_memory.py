"""What the process remembers saves a look-up and is never believed: a decision stands on what is in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import HANDLERS
from adapters.postgres.memory import NOTHING_YET, LatestRow, Memory
from adapters.postgres.store import PostgresStore
from billing_core.accounts.account import Account, apply_account
from billing_core.custom_fields import FieldDefinition, FieldSet, apply_fields
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.work.flows import END, Flow, Move, Step
from commands.accounts import load_account
from commands.custom_fields import PublishCustomFields
from commands.forgetting import ForgetCustomer
from commands.payments.account import ReceivePayment, ReversePayment
from commands.platform.bus import Answer, Bus, Command, Decision
from commands.platform.ports import Origin, Transaction
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from tests.operators import Operator, allow, eur

TODAY = date(2026, 3, 1)


@pytest.fixture
def other(operator: Operator) -> Iterator[Operator]:
    """Another process on the same database, with a memory of its own."""
    application = Application(operator.database_url)
    yield Operator(application, operator.database_url)
    application.close()


def pay(operator: Operator, reference: str, account: str = "A0001") -> Answer:
    command = ReceivePayment(account=account, source="bank", reference=reference, amount=eur("7.00"))
    return operator.tell(command, today=TODAY)


def store_of(operator: Operator) -> PostgresStore:
    return operator.application.store


def remembered(operator: Operator, number: str = "A0001") -> tuple[Account | None, int]:
    """An account as a command finds it on its first try."""
    with store_of(operator).transaction(optimistic=True) as transaction:
        return transaction.load(f"account/{number}", apply_account)


def first_read(operator: Operator, number: str = "A0001") -> tuple[Account | None, int]:
    with PostgresStore(operator.application.recorder).transaction() as transaction:
        return transaction.load(f"account/{number}", apply_account)


def bus_of(operator: Operator, handler: Callable[[Any, Transaction, Origin], Decision]) -> Bus:
    return Bus(store_of(operator), {**HANDLERS, ReversePayment: handler}, allow)


REVERSE: Command = ReversePayment(account="A0001", payment="bank:T1", reason="bounced")


def test_what_is_remembered_is_what_the_stream_says(operator: Operator):
    operator.subscriber()
    operator.bill(date(2026, 4, 1))
    for reference in ("T1", "T2", "T3", "T4"):
        pay(operator, reference)
        assert remembered(operator) == first_read(operator)
    operator.tell(REVERSE, today=TODAY)
    assert remembered(operator) == first_read(operator)


def test_an_account_that_was_written_is_not_read_again_by_the_next_command(operator: Operator):
    """The database is made to say something else, which the next command does not see and its write does not miss."""
    operator.subscribers(2)
    pay(operator, "T1")
    operator.application.runner.catch_up()
    operator.execute("UPDATE live.account_states SET state = (SELECT state FROM live.account_states"
                     " WHERE number = 'A0002') WHERE number = 'A0001'")  # fmt: skip

    account, _ = remembered(operator)

    assert account is not None and account.number == "A0001"


def test_a_command_on_an_account_that_another_process_wrote_is_decided_again(operator: Operator, other: Operator):
    operator.subscriber()
    pay(operator, "T1")
    pay(other, "T2")

    pay(operator, "T3")

    assert set(operator.account("A0001").ledger.credits) == {"bank:T1", "bank:T2", "bank:T3"}
    assert remembered(operator) == first_read(operator)


def test_a_refusal_that_rests_on_what_has_changed_is_not_given(operator: Operator, other: Operator):
    operator.subscriber()
    pay(operator, "T0")
    pay(other, "T1")

    operator.tell(REVERSE, today=TODAY)

    assert set(operator.account("A0001").ledger.credits) == {"bank:T0"}


def test_a_refusal_that_was_refuted_counts_as_a_refuted_try(operator: Operator, other: Operator):
    """What is remembered is refuted each time, but by no version check of a write."""
    operator.subscriber()
    for number in range(20):
        pay(operator, f"A{number}")
        pay(other, f"B{number}")
        with pytest.raises(NotFound):
            operator.tell(REVERSE, today=TODAY)
    pay(operator, "A20")

    assert sum(bool(store_of(operator).memory.recall("account/A0001")) for _ in range(160)) == 10


def test_a_refusal_on_what_has_not_changed_is_given_at_once(operator: Operator):
    operator.subscriber()
    pay(operator, "T0")
    tries: list[Origin] = []

    def decide(command: ReversePayment, transaction: Transaction, origin: Origin) -> Decision:
        tries.append(origin)
        return HANDLERS[ReversePayment](command, transaction, origin)

    with pytest.raises((NotFound, RuleViolation)):
        bus_of(operator, decide).execute(REVERSE, origin_of_process("clerk", TODAY))
    assert len(tries) == 1


def test_an_answer_that_changes_nothing_rests_on_what_is_in_the_database(operator: Operator, other: Operator):
    operator.subscriber()
    pay(operator, "T1")
    pay(other, "T2")

    def count(command: ReversePayment, transaction: Transaction, origin: Origin) -> Decision:
        account, _ = load_account(transaction, command.account)
        return Decision((), result={"payments": len(account.ledger.credits)})

    answer = bus_of(operator, count).execute(REVERSE, origin_of_process("clerk", TODAY))

    assert answer.result == {"payments": 2}


def test_what_a_handler_did_to_the_state_it_was_given_is_not_remembered(operator: Operator):
    operator.subscriber()
    pay(operator, "T1")

    def spoil(command: ReversePayment, transaction: Transaction, origin: Origin) -> Decision:
        account, _ = load_account(transaction, command.account)
        account.ledger.credits.clear()
        raise RuleViolation("after all not")

    for _ in range(2):
        with pytest.raises(RuleViolation, match="after all not"):
            bus_of(operator, spoil).execute(REVERSE, origin_of_process("clerk", TODAY))
    account, _ = remembered(operator)
    assert account is not None and account.ledger.credits == {"bank:T1": eur("7.00")}


def test_a_run_that_writes_many_accounts_leaves_none_of_them_remembered(operator: Operator):
    operator.subscriber()
    pay(operator, "T1")
    operator.bill(date(2026, 4, 1))
    assert store_of(operator).memory.recall("account/A0001") == ()
    assert remembered(operator) == first_read(operator)


def test_nothing_is_remembered_once_a_person_is_forgotten(operator: Operator):
    operator.subscriber("A0001", until=date(2026, 2, 1))
    operator.subscriber("A0002")
    operator.bill(date(2026, 2, 2))
    operator.tell(
        ReceivePayment(account="A0001", source="bank", reference="T1", amount=eur("24.00"), payer="Jane"),
        today=TODAY,
    )
    pay(operator, "T2", "A0002")
    memory = store_of(operator).memory
    assert memory.recall("account/A0001") and memory.recall("account/A0002")
    assert b"Jane" not in b"".join(row.content for row in memory.recall("account/A0001"))

    operator.application.forgetting.forget(
        ForgetCustomer(customer="A0001", reason="asked for it", ordered_by="the board"),
        origin_of_process("clerk", date(2026, 6, 1)),
    )

    assert memory.recall("account/A0001") == memory.recall("account/A0002") == ()


def test_nothing_is_remembered_over_the_end_of_a_connection(operator: Operator):
    """The server that answers next may be another one, which was not given what this one had promised."""
    operator.subscriber()
    pay(operator, "T1")
    assert store_of(operator).memory.recall("account/A0001")
    operator.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with store_of(operator).transaction():
        assert store_of(operator).memory.recall("account/A0001") == ()


def fields_of_tickets(operator: Operator) -> tuple[FieldSet | None, int]:
    """The custom fields of tickets as a command finds them on its first try."""
    with store_of(operator).transaction(optimistic=True) as transaction:
        return transaction.load("custom-fields/ticket", apply_fields)


def publish_floor(operator: Operator) -> Answer:
    floor = FieldDefinition(code="floor", labels={"en": "Floor"}, is_required=True)
    return operator.tell(PublishCustomFields(subject="ticket", fields=(floor,)), today=TODAY)


def test_that_nothing_stands_in_a_stream_is_remembered_and_not_believed(operator: Operator, other: Operator):
    flow = Flow(
        kind="fault", title="Fault", queue="desk", steps=(Step(code="look", moves=(Move(to=END, resolution="done"),)),)
    )
    operator.tell(PublishFlow(flow=flow), today=TODAY)
    tries: list[Origin] = []

    def decide(command: OpenTicket, transaction: Transaction, origin: Origin) -> Decision:
        tries.append(origin)
        return HANDLERS[OpenTicket](command, transaction, origin)

    def open_one() -> None:
        bus = Bus(store_of(operator), {**HANDLERS, OpenTicket: decide}, allow)
        bus.execute(OpenTicket(kind="fault", subject="No light"), origin_of_process("clerk", TODAY))

    for _ in range(3):
        open_one()
    assert store_of(operator).memory.recall("custom-fields/ticket") == [NOTHING_YET]
    assert len(tries) == 3  # None was refuted.

    publish_floor(other)

    with pytest.raises(InvalidValue, match="Floor"):
        open_one()


def test_what_is_written_first_to_a_stream_is_remembered(operator: Operator):
    assert fields_of_tickets(operator) == (None, 0)
    publish_floor(operator)
    assert len(store_of(operator).memory.recall("custom-fields/ticket")) == 2
    for _ in range(2):  # The second time as a state, in one row.
        found, version = fields_of_tickets(operator)
        assert version == 1 and found is not None and [field.code for field in found.fields] == ["floor"]


# --- the memory itself


def rows(version: int, size: int = 1_000) -> list[LatestRow]:
    return [LatestRow(version, None, b"s" * size)]


def test_what_was_not_used_for_longest_makes_room():
    memory = Memory(most_bytes=3 * 1_250)
    memory.keep({"a": rows(1), "b": rows(1), "c": rows(1)})
    assert memory.recall("a")

    memory.keep({"d": rows(1)})

    assert [stream for stream in "abcd" if memory.recall(stream)] == ["a", "c", "d"]


def test_a_state_that_is_larger_than_all_room_is_not_remembered():
    memory = Memory(most_bytes=3_000)
    memory.keep({"a": rows(1)})
    memory.keep({"b": rows(1, 10_000)})
    assert memory.recall("a") == memory.recall("b") == ()
    memory.keep({"c": rows(1)})
    assert memory.recall("c") == rows(1)


def test_an_older_state_does_not_take_the_place_of_a_newer_one():
    memory = Memory()
    memory.keep({"a": rows(6)})
    memory.keep({"a": rows(5)})
    assert memory.recall("a") == rows(6)
    memory.forget(["a"])
    assert memory.recall("a") == ()


def test_what_is_refuted_too_often_is_rarely_recalled_until_it_is_proved_again():
    memory = Memory()
    memory.keep({"a": rows(1)})
    for _ in range(10):
        memory.learn(was_refuted=True)
    assert memory.recall("a")  # A quarter of the last tries.
    for _ in range(10):
        memory.learn(was_refuted=True)

    assert sum(bool(memory.recall("a")) for _ in range(160)) == 10

    for _ in range(20):
        memory.learn(was_refuted=False)
    assert all(memory.recall("a") for _ in range(160))
