"""Loading a stream starts from its latest state where one is kept, and gives what the whole stream would."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.bootstrap.application import LATEST
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.store import PostgresStore
from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.parking import BillingParked
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event
from commands.payments.account import ReceivePayment
from commands.platform.ports import Append, Given, Known
from tests.operators import Operator, eur


class CountingStore(PostgresStore):
    """The real store, loading with a fold that counts the events it is given."""

    def __init__(self, operator: Operator) -> None:
        self.folded = 0
        super().__init__(operator.application.recorder, {self._fold: LATEST[apply_account]})

    def _fold(self, state: Account | None, fact: Event) -> Account | None:
        self.folded += 1
        return apply_account(state, fact)

    def account(self, number: str) -> tuple[Account | None, int]:
        self.folded = 0
        with self.transaction() as transaction:
            return transaction.load(f"account/{number}", self._fold)


def from_the_first_event(operator: Operator, number: str) -> tuple[Account | None, int]:
    with PostgresStore(operator.application.recorder).transaction() as transaction:
        return transaction.load(f"account/{number}", apply_account)


def pay(operator: Operator, reference: str) -> None:
    operator.tell(
        ReceivePayment(account="A0001", source="bank", reference=reference, amount=eur("7.00")),
        today=date(2026, 3, 1),
    )


def test_an_account_is_loaded_from_its_latest_state_and_the_events_after_it(operator: Operator):
    operator.subscriber()
    operator.bill_each_due_date(date(2026, 7, 1))
    store = CountingStore(operator)

    assert store.account("A0001") == from_the_first_event(operator, "A0001")
    assert store.folded == 0

    for reference in ("T1", "T2"):
        pay(operator, reference)
    account, version = store.account("A0001")
    assert (account, version) == from_the_first_event(operator, "A0001")
    written = operator.facts("account/A0001")[-store.folded :]
    assert [type(fact).__name__ for fact in written] == ["PaymentReceived", "CreditAllocated"] * 2
    assert version == len(operator.facts("account/A0001"))


def test_a_state_that_another_version_of_the_fold_made_is_not_used(operator: Operator):
    operator.subscriber()
    operator.application.runner.catch_up()
    operator.execute("UPDATE billing.checkpoints SET version = version - 1 WHERE projection = 'account_states'")
    operator.execute("UPDATE live.account_states SET state = 'made by an older program'")
    store = CountingStore(operator)

    assert store.account("A0001") == from_the_first_event(operator, "A0001")
    assert store.folded == len(operator.facts("account/A0001"))


def test_a_stream_that_does_not_exist_has_no_state_and_version_0(operator: Operator):
    assert CountingStore(operator).account("A0009") == (None, 0)


def test_many_streams_are_loaded_at_once_each_up_to_its_version_and_only_events_of_the_kinds(operator: Operator):
    operator.subscribers(3)
    operator.bill_each_due_date(date(2026, 3, 2))
    pay(operator, "T1")
    versions = {"account/A0001": 4, "account/A0002": 6, "account/A0009": 3}

    def names(known: list[str] | None, fact: Event) -> list[str]:
        return [*(known or []), type(fact).__name__]

    with operator.application.store.transaction() as transaction:
        found = transaction.load_all(versions, [ChargesPosted, InvoiceIssued], names)

    assert [type(fact).__name__ for fact in operator.facts("account/A0001")][2:6] == [
        "ChargesPosted", "InvoiceIssued", "ChargesPosted", "InvoiceIssued",
    ]  # fmt: skip
    assert found == {
        "account/A0001": ["ChargesPosted", "InvoiceIssued"],
        "account/A0002": ["ChargesPosted", "InvoiceIssued"] * 2,
    }


def test_what_is_kept_is_what_is_loaded(operator: Operator):
    """The negative control: a load that looked past the kept state would not see that it was swapped."""
    operator.subscribers(2)
    operator.application.runner.catch_up()
    operator.execute("UPDATE live.account_states SET state = (SELECT state FROM live.account_states"
                     " WHERE number = 'A0002') WHERE number = 'A0001'")  # fmt: skip
    account, _ = CountingStore(operator).account("A0001")
    assert account is not None and account.number == "A0002"


def test_a_command_of_more_events_than_a_statement_takes_is_kept_with_its_answer(operator: Operator):
    """A statement takes 65,535 values, which are those of 9,362 events."""
    noted = BillingParked(effective_on=date(2026, 3, 1), code="price-missing", reason="no price")
    origin = origin_of_process("clerk", date(2026, 3, 1))
    with operator.application.store.transaction() as transaction:
        append = Append("account/A0009", 0, [noted] * 10_000)
        position = transaction.append_command([append], origin, Given("Note", b"hash", '{"noted":10000}'))

    store = operator.application.store
    assert store.versions(["account/A0009"]) == {"account/A0009": 10_000}
    assert operator.select("SELECT max(position) FROM billing.events") == [(position,)]
    answer = f'{{"position":{position},"result":{{"noted":10000}}}}'
    assert store.find_command(origin.command_id) == Known("Note", b"hash", answer)


def test_a_ticket_number_is_given_once_and_a_transaction_that_fails_leaves_a_gap(operator: Operator):
    store = operator.application.store
    with store.transaction() as transaction:
        assert (transaction.next_ticket_number(""), transaction.next_ticket_number("")) == ("T-1", "T-2")

    def fail() -> None:
        with store.transaction() as transaction:
            assert transaction.next_ticket_number("") == "T-3"
            raise NotFound("no such customer")

    with pytest.raises(NotFound):
        fail()
    with store.transaction() as transaction:
        assert transaction.next_ticket_number("") == "T-4"


def test_who_draws_a_ticket_number_does_not_wait_for_who_has_drawn_one(operator: Operator):
    store = operator.application.store
    with store.transaction() as first:
        first.hold("customer/C1")  # A transaction of the database is under way.
        assert first.next_ticket_number("") == "T-1"
        with store.transaction(optimistic=True) as second:
            assert second.next_ticket_number("") == "T-2"
