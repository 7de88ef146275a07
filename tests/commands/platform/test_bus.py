"""The one write path: applied once however often it is sent, never lost in a race, refused without a trace."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import msgspec
import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import HANDLERS
from adapters.postgres.server import create_database
from adapters.postgres.store import PostgresStore
from adapters.postgres.transaction import PostgresTransaction
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import BillingError, Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money
from billing_core.parties.customers import Customer
from billing_core.party_changes import CustomerChanges
from commands.accounts import OpenAccount
from commands.billing.account import BillAccount
from commands.catalogue import PublishTariff
from commands.parties import ChangeCustomer, RegisterCustomer
from commands.payments.account import ReceivePayment, ReversePayment
from commands.platform.bus import Answer, Bus, Command, Decision, OutcomeUnknown
from commands.platform.ports import CommandIdReused, Origin, Transaction, VersionConflict
from commands.services import ActivateSubscription, SuspendSubscription, TerminateSubscription
from projections.accounts.balances import account_named
from tests.commands.conftest import OwnServer, StartProcess
from tests.operators import Operator, allow, eur, fresh_database, open_application
from tests.waiting import eventually

RECEIVED_ON = date(2026, 1, 20)


def payment(
    reference: str, account: str = "A0001", amount: str = "10.00", currency: str = "EUR", **details: Any
) -> ReceivePayment:
    fields: dict[str, Any] = {"source": "bank", "received_on": RECEIVED_ON}
    money = Money(Decimal(amount), currency)
    return ReceivePayment(account=account, reference=reference, amount=money, **(fields | details))


def bus_with(operator: Operator, command: type[Command], handler: Any) -> Bus:
    """The real bus with another handler for one command."""
    return Bus(operator.application.store, {**HANDLERS, command: handler}, allow)


# --- repeated


def repeated(answer: Answer) -> Answer:
    """The same answer, given again."""
    return msgspec.structs.replace(answer, is_repeated=True)


def test_the_same_id_with_the_same_body_is_answered_as_the_first_time_and_applied_once(operator: Operator):
    operator.subscriber()
    command_id = uuid.uuid4()

    first = operator.tell(payment("T1"), command_id=command_id)
    before = operator.store_contents()
    again = operator.tell(payment("T1"), command_id=command_id, actor="somebody else", today=date(2030, 1, 1))

    assert again == repeated(first)
    assert first.position > 0
    assert operator.store_contents() == before
    assert operator.account("A0001").ledger.balance == eur("10.00")


def test_the_answer_of_a_command_that_changed_nothing_is_kept_too(operator: Operator):
    customer = RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona"))
    operator.tell(customer)
    command_id = uuid.uuid4()

    unchanged = operator.tell(customer, command_id=command_id)
    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(kind="person", name="Ona Maria")))

    assert unchanged.position == 0
    assert operator.tell(customer, command_id=command_id) == repeated(unchanged)


@pytest.mark.parametrize(
    "other",
    [
        payment("T1", amount="10.01"),
        payment("T2"),
        SuspendSubscription(account="A0001", subscription="main", reason="abuse"),
    ],
)
def test_the_same_id_with_another_body_is_refused(operator: Operator, other: Command):
    operator.subscriber()
    command_id = uuid.uuid4()
    operator.tell(payment("T1"), command_id=command_id)
    before = operator.store_contents()

    with pytest.raises(CommandIdReused, match=f"{command_id}.*ReceivePayment"):
        operator.tell(other, command_id=command_id)

    assert operator.store_contents() == before


def test_a_refused_command_leaves_its_id_free_for_a_mended_one(operator: Operator):
    operator.subscriber()
    command_id = uuid.uuid4()
    with pytest.raises(InvalidValue):
        operator.tell(payment("T1", amount="-10.00"), command_id=command_id)

    assert operator.tell(payment("T1", amount="10.00"), command_id=command_id).position > 0


def test_a_command_sent_twice_at_once_is_applied_once_and_both_get_the_same_answer(operator: Operator):
    operator.subscriber()
    decided_by_both = Barrier(2)
    tries: list[str] = []

    def decide_together(command: ReceivePayment, transaction: Transaction, origin: Origin) -> Decision:
        decision = HANDLERS[ReceivePayment](command, transaction, origin)
        tries.append(command.reference)
        decided_by_both.wait(30)
        return decision

    bus = bus_with(operator, ReceivePayment, decide_together)
    origin = origin_of_process("clerk")
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(bus.execute, payment("T1"), origin) for _ in range(2)]
        first, again = sorted((answer.result(30) for answer in answers), key=lambda answer: answer.is_repeated)
        assert again == repeated(first)

    assert len(tries) == 2
    assert operator.account("A0001").ledger.balance == eur("10.00")


def test_a_repetition_is_answered_as_the_first_time_though_the_rules_would_refuse_it_now(operator: Operator):
    operator.subscriber()
    ended = TerminateSubscription(reason="moves away", account="A0001", subscription="main", on=date(2026, 3, 1))
    command_id = uuid.uuid4()
    first = operator.tell(ended, command_id=command_id)

    with pytest.raises(RuleViolation):
        operator.tell(ended)
    assert operator.tell(ended, command_id=command_id) == repeated(first)


def test_the_id_of_an_applied_command_is_not_free_for_another_that_the_rules_refuse(operator: Operator):
    operator.subscriber()
    command_id = uuid.uuid4()
    operator.tell(payment("T1"), command_id=command_id)

    with pytest.raises(CommandIdReused, match="ReceivePayment"):
        operator.tell(payment("T2", amount="-1.00"), command_id=command_id)


# --- refused


class Unheard(Command, frozen=True):
    """A command that nobody handles."""


def test_a_command_without_a_handler_is_refused_by_name(operator: Operator):
    before, bus = operator.store_contents(), operator.application.bus
    for give in (bus.execute, bus.rehearse):
        with pytest.raises(NotFound, match="Unheard"):
            give(Unheard(), origin_of_process("clerk"))
    assert operator.store_contents() == before


def test_the_authorise_hook_refuses_before_anything_happens_also_when_the_answer_is_known(operator: Operator):
    operator.subscriber()
    origin = origin_of_process("clerk")
    operator.application.bus.execute(payment("T1"), origin)
    before = operator.store_contents()

    class NotAllowed(BillingError):
        pass

    def only_on_mondays(command: Command, origin: Origin) -> None:
        raise NotAllowed(f"{origin.actor} may not give {type(command).__name__}")

    guarded = Bus(operator.application.store, HANDLERS, only_on_mondays)
    for asked in (origin, origin_of_process("clerk")):
        with pytest.raises(NotAllowed, match="clerk may not give ReceivePayment"):
            guarded.execute(payment("T1"), asked)
    assert operator.store_contents() == before


REFUSED: dict[str, tuple[Command, type[BillingError]]] = {
    "account of an unknown customer": (
        OpenAccount(account="X", customer="nobody", seller="north", currency="EUR"), NotFound),
    "account of an unknown seller": (
        OpenAccount(account="X", customer="A0001", seller="nobody", currency="EUR"), NotFound),
    "account in an unknown currency": (
        OpenAccount(account="X", customer="A0001", seller="north", currency="XXX"), InvalidValue),
    "customer without a name": (RegisterCustomer(customer=Customer(number="X", kind="person", name=" ")), InvalidValue),
    "tariff without components": (
        PublishTariff(tariff=Tariff(code="x", name="X", currency="EUR", components=())), InvalidValue),
    "payment to an unknown account": (payment("T1", account="nobody"), NotFound),
    "payment with three decimals": (payment("T1", amount="1.001"), InvalidValue),
    "payment in another currency": (payment("T1", currency="USD"), InvalidValue),
    "reversal of an unknown payment": (ReversePayment(account="A0001", payment="bank:X", reason="bounced"), NotFound),
    "subscription on an unknown tariff": (
        ActivateSubscription(account="A0001", subscription="x", tariff="none"), NotFound),
    "subscription before the account": (
        ActivateSubscription(account="A0001", subscription="x", tariff="net", on=date(2025, 1, 1)), RuleViolation),
    "end before start": (
        TerminateSubscription(reason="move", account="A0001", subscription="main", on=date(2025, 1, 1)), RuleViolation),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_command_leaves_no_row_in_any_table(operator: Operator, name: str):
    command, error = REFUSED[name]
    operator.subscriber()
    before = operator.store_contents()

    with pytest.raises(error):
        operator.tell(command, today=date(2026, 2, 1))

    assert operator.store_contents() == before


def test_a_command_that_fails_after_it_has_written_everything_leaves_no_row_either(operator: Operator):
    operator.subscriber()
    before = operator.store_contents()

    def fails_late(command: Command, transaction: Transaction, origin: Origin) -> Decision:
        billed = HANDLERS[BillAccount](command, transaction, origin)
        taken = Claim("subscriber", "S1", "customer/S1", "")
        transaction.append(billed.appends, [taken], origin)
        return Decision(billed.appends)  # at versions that are taken by now, again and again

    with pytest.raises(VersionConflict):
        bus_with(operator, BillAccount, fails_late).execute(
            BillAccount(account="A0001", on=date(2026, 1, 1)), origin_of_process("clerk")
        )

    assert operator.store_contents() == before


# --- raced


def bus_that_decides_together(operator: Operator) -> tuple[Bus, list[ReceivePayment]]:
    """A bus that writes the first two payments only after both were decided; and the payments that it decided."""
    decided_by_both = Barrier(2)
    tries: list[ReceivePayment] = []

    def decide_together(command: ReceivePayment, transaction: Transaction, origin: Origin) -> Decision:
        decision = HANDLERS[ReceivePayment](command, transaction, origin)
        tries.append(command)
        if len(tries) <= 2:
            decided_by_both.wait(30)
        return decision

    return bus_with(operator, ReceivePayment, decide_together), tries


def test_two_writers_who_decide_on_the_same_version_are_both_applied(operator: Operator):
    operator.subscriber()
    bus, tries = bus_that_decides_together(operator)
    with ThreadPoolExecutor(2) as threads:
        answers = [
            threads.submit(bus.execute, payment(reference, amount=amount), origin_of_process("clerk"))
            for reference, amount in (("T1", "10.00"), ("T2", "7.00"))
        ]
        assert len({answer.result(30).position for answer in answers}) == 2

    assert len(tries) == 3
    assert operator.account("A0001").ledger.credits == {"bank:T1": eur("10.00"), "bank:T2": eur("7.00")}


def test_two_writers_who_claim_the_same_payment_for_two_accounts_are_not_both_applied(operator: Operator):
    operator.subscribers(2)
    bus, _ = bus_that_decides_together(operator)
    with ThreadPoolExecutor(2) as threads:
        answers = [
            threads.submit(bus.execute, payment("T1", account=account), origin_of_process("clerk"))
            for account in ("A0001", "A0002")
        ]
        refusals = [error for answer in answers if (error := answer.exception(30)) is not None]

    assert [type(error) for error in refusals] == [Conflict]
    assert "bank:T1" in str(refusals[0])
    balances = [operator.account(account).ledger.balance for account in ("A0001", "A0002")]
    assert sorted(balances) == [eur("0.00"), eur("10.00")]


PAY_AGAIN_AND_AGAIN = """
    import sys
    from decimal import Decimal
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.origins import origin_of_process
    from billing_core.kernel.money import Money
    from commands.payments.account import ReceivePayment
    from commands.platform.ports import VersionConflict

    url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    application = Application(url)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        one = Money(Decimal("1.00"), "EUR")
        command = ReceivePayment(account="A0001", source=name, reference=str(number), amount=one)
        origin = origin_of_process(name)
        while True:
            try:
                application.bus.execute(command, origin)
                break
            except VersionConflict:
                pass  # lost five times in a row: nothing of it was kept, so it is sent again
    application.close()
"""


def test_processes_that_pay_into_one_account_at_once_lose_nothing(operator: Operator, start_process: StartProcess):
    operator.subscriber()
    names, count = ("bank", "kiosk", "desk"), 30
    writers = [start_process(PAY_AGAIN_AND_AGAIN, operator.database_url, name, str(count)) for name in names]
    for writer in writers:
        assert read_line(writer) == "ready"
    for writer in writers:
        tell_line(writer, "go")
    for writer in writers:
        assert writer.wait(120) == 0

    ledger = operator.account("A0001").ledger
    assert ledger.balance == eur(f"{len(names) * count}.00")
    assert set(ledger.credits) == {f"{name}:{number}" for name in names for number in range(count)}


# --- interrupted

DIE_AROUND_COMMIT = """
    import os, signal, sys
    from contextlib import contextmanager
    from datetime import date
    from decimal import Decimal
    from uuid import UUID
    from billing_core.kernel.money import Money
    from adapters.bootstrap.registry import HANDLERS
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.origins import origin_of_process
    from adapters.postgres.store import PostgresStore
    from commands.billing.account import BillAccount
    from commands.platform.bus import Bus
    from commands.payments.account import ReceivePayment

    url, command, moment, command_id = sys.argv[1:]

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    class Mortal(PostgresStore):
        @contextmanager
        def transaction(self, **how):
            with super().transaction(**how) as transaction:
                write = transaction.append_command
                transaction.append_command = lambda *decided: die() if moment == "decided" else write(*decided)
                yield transaction
                if moment == "written":
                    die()
            die()

    commands = {
        "payment": ReceivePayment(account="A0001", source="bank", reference="T1",
                                  amount=Money(Decimal("10.00"), "EUR"), received_on=date(2026, 1, 20)),
        "bill": BillAccount(account="A0001", on=date(2026, 1, 1)),
    }
    bus = Bus(Mortal(Application(url).recorder), HANDLERS, lambda command, origin: None)
    bus.execute(commands[command], origin_of_process("clerk", command_id=UUID(command_id)))
"""
KILLED: dict[str, Command] = {"payment": payment("T1"), "bill": BillAccount(account="A0001", on=date(2026, 1, 1))}


@pytest.mark.parametrize(
    ("name", "moment", "kept"),
    [
        ("payment", "decided", False),
        ("payment", "committed", True),
        ("bill", "decided", False),
        ("bill", "written", False),  # It takes a number, so what it writes waits for a commit of its own.
        ("bill", "committed", True),
    ],
)
def test_a_program_killed_around_its_commit_repeats_the_id_and_the_command_is_applied_once(
    operator: Operator, start_process: StartProcess, name: str, moment: str, kept: bool
):
    operator.subscriber()
    before = operator.facts("account/A0001")
    command_id = uuid.uuid4()
    killed = start_process(DIE_AROUND_COMMIT, operator.database_url, name, moment, str(command_id))
    assert killed.wait(60) == -signal.SIGKILL
    written = operator.facts("account/A0001")[len(before) :]
    assert bool(written) == kept

    answers = [operator.tell(KILLED[name], command_id=command_id) for _ in range(2)]

    assert answers[1] == repeated(answers[0])
    assert answers[0].is_repeated == kept
    after = operator.facts("account/A0001")[len(before) :]
    if kept:
        assert after == written
    kinds = {"payment": ["PaymentReceived"], "bill": ["ChargesPosted", "InvoiceIssued"]}
    assert [type(fact).__name__ for fact in after] == kinds[name]


class CutOff(PostgresStore):
    """A store whose connection is ended by the server, once, at the chosen moment of a transaction."""

    def __init__(self, operator: Operator, moment: str) -> None:
        super().__init__(operator.application.recorder)
        self._operator = operator
        self._moment = moment

    @contextmanager
    def transaction(self, *, optimistic: bool = False) -> Iterator[PostgresTransaction]:
        with super().transaction(optimistic=optimistic) as transaction:
            self._cut("begun", transaction)
            yield transaction
            self._cut("decided", transaction)

    def _cut(self, moment: str, transaction: PostgresTransaction) -> None:
        if moment == self._moment:
            self._moment = "never again"
            row = transaction._cursor.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            self._operator.execute("SELECT pg_terminate_backend(%s, 5000)", row[0])


@pytest.mark.parametrize("moment", ["begun", "decided"])
def test_a_connection_lost_before_the_commit_is_noticed_and_the_command_applied_once(operator: Operator, moment: str):
    operator.subscriber()
    bus = Bus(CutOff(operator, moment), HANDLERS, allow)

    answer = bus.execute(payment("T1"), origin_of_process("clerk"))

    assert answer.result["known"] is False
    assert len(operator.facts("account/A0001")) == 3


HOLD_UP_THE_COMMIT = """
    CREATE TABLE let_go (once boolean);
    CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM public.let_go) THEN PERFORM pg_sleep(60); END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER hold_up AFTER INSERT ON billing.claims DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.hold_up();
"""


def test_a_connection_lost_while_the_commit_is_under_way_is_looked_up(operator: Operator):
    """A constraint that is checked at the commit holds it up long enough to cut it off: nothing was kept."""
    operator.subscriber()
    operator.execute(HOLD_UP_THE_COMMIT)
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(operator.tell, payment("T1"))
        eventually(lambda: operator.select("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
        operator.execute("INSERT INTO let_go VALUES (true)")
        operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        assert answer.result(30).result["known"] is False

    assert len(operator.facts("account/A0001")) == 3


COMMIT_WHEN_LET_GO = """
    CREATE TABLE let_go (once boolean);
    CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        WHILE NOT EXISTS (SELECT FROM public.let_go) LOOP PERFORM pg_sleep(0.02); END LOOP;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER hold_up AFTER INSERT ON billing.claims DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.hold_up();
"""


class Unplugged(PostgresStore):
    """A store that notes the sockets of its connections, so that they can be cut on this side only."""

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator.application.recorder)
        self.sockets: list[int] = []

    @contextmanager
    def transaction(self, *, optimistic: bool = False) -> Iterator[PostgresTransaction]:
        with super().transaction(optimistic=optimistic) as transaction:
            self.sockets.append(transaction._connection.fileno())
            yield transaction


def test_a_commit_that_goes_on_after_its_connection_was_lost_on_our_side_is_waited_for(operator: Operator):
    """The server knows nothing of the loss and keeps the commit; when it is looked up it is not there yet."""
    operator.subscriber()
    operator.execute(COMMIT_WHEN_LET_GO)
    store = Unplugged(operator)
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(Bus(store, HANDLERS, allow).execute, payment("T1"), origin_of_process("clerk"))
        eventually(lambda: operator.select("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
        with socket.socket(fileno=os.dup(store.sockets[0])) as cut:
            cut.shutdown(socket.SHUT_RDWR)
        eventually(lambda: operator.select("SELECT FROM pg_stat_activity WHERE wait_event = 'transactionid'"))
        assert not answer.done()
        operator.execute("INSERT INTO let_go VALUES (true)")
        assert answer.result(30).result == {"payment": "bank:T1", "known": False}

    assert len(operator.facts("account/A0001")) == 3
    assert operator.account("A0001").ledger.credits == {"bank:T1": eur("10.00")}


def test_a_commit_that_was_kept_though_its_connection_was_lost_is_not_repeated(own_server: OwnServer):
    """The server keeps the commit, waits for a replica that never comes, and is cut off before it has answered."""
    with fresh_database(own_server.url) as url, open_application(url) as application:
        operator = Operator(application, url).open_business()
        operator.subscriber()
        tries: list[Command] = []

        def decide(command: ReceivePayment, transaction: Transaction, origin: Origin) -> Decision:
            tries.append(command)
            return HANDLERS[ReceivePayment](command, transaction, origin)

        bus = bus_with(operator, ReceivePayment, decide)
        operator.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        operator.execute("SELECT pg_reload_conf()")
        eventually(lambda: operator.select("SHOW synchronous_standby_names") == [("nobody",)])
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(bus.execute, payment("T1"), origin_of_process("clerk"))
            eventually(lambda: operator.select("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))
            operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            assert answer.result(30).result == {"payment": "bank:T1", "known": False}
        operator.execute("ALTER SYSTEM RESET synchronous_standby_names")
        operator.execute("SELECT pg_reload_conf()")
        assert len(tries) == 1
        assert len(operator.facts("account/A0001")) == 3


def test_connections_that_died_in_the_meantime_are_replaced(operator: Operator):
    """A night passes, the server was restarted, and a clerk goes on working."""
    operator.subscriber()
    with ThreadPoolExecutor(6) as threads:
        together = Barrier(6)

        def work(_: int) -> None:
            with operator.application.store.transaction():
                together.wait(30)

        list(threads.map(work, range(6)))
    operator.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    assert operator.tell(payment("T1")).result["known"] is False
    assert operator.ask(account_named, "A0001").balance == eur("10.00")


def test_a_database_that_stays_away_leaves_the_outcome_unknown_until_the_id_is_sent_again(own_server: OwnServer):
    url = create_database(own_server.url, "away")
    with open_application(url) as application:
        operator = Operator(application, url).open_business()
        operator.subscriber()
        command_id = uuid.uuid4()
        own_server.kill()
        with pytest.raises(OutcomeUnknown, match=str(command_id)):
            operator.tell(payment("T1"), command_id=command_id)
        own_server.start()

        answer = operator.tell(payment("T1"), command_id=command_id)

        assert answer.result["known"] is False
        assert len(operator.facts("account/A0001")) == 3


# --- watching and waiting


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell_line(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
