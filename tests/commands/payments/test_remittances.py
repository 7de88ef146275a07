"""Money that nobody recognises: it waits, is assigned once, or given back; whoever else is at work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from billing_core.kernel.errors import BillingError, Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.payments.remittances import RemittanceAssigned, RemittanceReceived
from commands.payments.account import ReceivePayment
from commands.payments.remittances import AssignRemittance, GiveBackRemittance, ReceiveRemittance
from projections.billing import document_numbered
from projections.payments import payments_of
from projections.remittances import remittances_after, waiting_totals
from projections.remittances.queue import acts_of
from tests.operators import Operator, application_on, bank_row, eur

NAME = "bank:R00002"
TODAY = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """Two accounts, one invoice of 24.00 each, and 24.00 from somebody."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "24.00", "thank you", payer="Ona")])


def state(operator: Operator) -> list[tuple[str, str | None]]:
    rows = operator.ask(partial(remittances_after, waiting_only=False), "", 9)
    acts = operator.ask(acts_of, [row.remittance for row in rows])
    return [(row.state, next((act.account for act in acts[row.remittance] if act.account), None)) for row in rows]


def open_amount(operator: Operator, invoice: str) -> Any:
    return operator.ask(document_numbered, invoice).open_amount


def test_an_assigned_remittance_is_a_payment_of_the_day_on_which_it_came_in(operator: Operator):
    answer = operator.tell(AssignRemittance(remittance=NAME, account="A0001"), today=TODAY)

    assert answer.result == {"payment": NAME, "account": "A0001"}
    (row,) = operator.ask(payments_of, "A0001")
    assert (row.payment, row.received_on, row.amount) == (NAME, date(2026, 1, 20), eur("24.00"))
    assert open_amount(operator, "1000000001") == eur("0.00")
    assert state(operator) == [("assigned", "A0001")]
    assert operator.ask(waiting_totals) == {}
    assert operator.findings() == []


def test_it_settles_the_invoice_that_is_named(operator: Operator):
    operator.bill_each_due_date(date(2026, 2, 2))
    operator.tell(AssignRemittance(remittance=NAME, account="A0001", invoice="1000000003"), today=TODAY)
    assert (open_amount(operator, "1000000001"), open_amount(operator, "1000000003")) == (eur("24.00"), eur("0.00"))


def test_what_was_given_back_is_over_and_no_account_has_seen_it(operator: Operator):
    operator.tell(GiveBackRemittance(remittance=NAME, reason="no customer"), today=TODAY)

    assert state(operator) == [("given back", None)]
    assert operator.account("A0001").ledger.balance == eur("-24.00")
    with pytest.raises(RuleViolation, match="was given back on 2026-02-01, because: no customer"):
        operator.tell(AssignRemittance(remittance=NAME, account="A0001"))
    assert operator.take_in([bank_row(2, "24.00", "thank you", payer="Ona")]).unchanged == 1
    assert operator.findings() == []


def test_two_clerks_who_assign_one_remittance_at_once_assign_it_once(operator: Operator):
    with application_on(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        other = Operator(second, operator.database_url)
        tried = [
            threads.submit(operator.tell, AssignRemittance(remittance=NAME, account="A0001")),
            threads.submit(other.tell, AssignRemittance(remittance=NAME, account="A0002")),
        ]
        refused = [failure for each in tried if (failure := each.exception(60)) is not None]

    (only,) = refused
    assert isinstance(only, RuleViolation)
    (assigned,) = [fact for fact in operator.facts(f"remittance/{NAME}") if isinstance(fact, RemittanceAssigned)]
    assert f"is assigned to account {assigned.account} already" in str(only)
    assert len(operator.ask(payments_of, "A0001")) + len(operator.ask(payments_of, "A0002")) == 1
    assert operator.findings() == []


def test_the_same_command_again_gets_the_first_answer(operator: Operator):
    command, command_id = AssignRemittance(remittance=NAME, account="A0001"), uuid4()
    first = operator.tell(command, command_id=command_id)
    before = operator.store_contents()

    again = operator.tell(command, command_id=command_id)
    assert (again.position, again.result) == (first.position, first.result)
    assert operator.store_contents() == before


def test_a_row_that_names_an_account_by_now_is_the_money_that_waits_or_was_assigned(operator: Operator):
    named = bank_row(2, "24.00", "A0002", payer="Ona")
    assert operator.take_in([named]).unchanged == 1
    operator.tell(AssignRemittance(remittance=NAME, account="A0001"))
    assert operator.take_in([named, bank_row(2, "24.00", "thank you")]).unchanged == 2
    assert operator.ask(payments_of, "A0002") == []


def test_the_same_reference_with_another_amount_is_a_conflict(operator: Operator):
    (rejected,) = operator.take_in([bank_row(2, "25.00", "thank you")]).rejected
    assert (rejected.field, rejected.value) == ("payment", NAME)
    assert "is recorded as 24.00 EUR on 2026-01-20, now sent as 25.00 EUR on 2026-01-20" in rejected.reason


def test_a_payment_that_was_booked_by_hand_does_not_wait_once_the_bank_reports_it(operator: Operator):
    booked = ReceivePayment(account="A0001", source="bank", reference="R00003", amount=eur("5.00"),
                            received_on=date(2026, 1, 20))  # fmt: skip
    operator.tell(booked)
    assert operator.take_in([bank_row(3, "5.00", "thanks again")]).unchanged == 1
    assert operator.findings() == []


REMITTANCE = ReceiveRemittance(source="desk", reference="1", amount=eur("5.00"), received_on=TODAY)


@pytest.mark.parametrize(
    ("command", "error", "message"),
    [
        (AssignRemittance(remittance="bank:9", account="A0001"), NotFound, "`billing remittances` lists them"),
        (AssignRemittance(remittance=NAME, account="A0009"), NotFound, "no such account"),
        (AssignRemittance(remittance=NAME, account="A0001", invoice="1000000002"), NotFound,
         "invoice '1000000002': the account has no open invoice of this number"),
        (GiveBackRemittance(remittance="bank:9", reason="x"), NotFound, "no such remittance"),
        (GiveBackRemittance(remittance=NAME, reason=""), InvalidValue, "reason"),
        (ReceiveRemittance(source="ba:nk", reference="1", amount=eur("5.00")), InvalidValue, "must not hold a colon"),
        (ReceiveRemittance(source="bank", reference="1", amount=eur("0.00")), InvalidValue, "must be more than zero"),
        (ReceiveRemittance(source="bank", reference="1", amount=eur("1.00"), received_on=date(2026, 2, 2)),
         InvalidValue, "is after today"),
        (ReceiveRemittance(source="bank", reference="R00002", amount=eur("5.00"), received_on=date(2026, 1, 20)),
         Conflict, "ask the source which is right"),
        (ReceivePayment(account="A0001", source="bank", reference="R00002", amount=eur("24.00"),
                        received_on=date(2026, 1, 20)), RuleViolation, "is recorded as a remittance"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(operator: Operator, command: Any, error: type[BillingError], message: str):
    before = operator.store_contents()
    with pytest.raises(error) as refused:
        operator.tell(command, today=TODAY)
    assert message in str(refused.value)
    assert operator.store_contents() == before


def test_a_remittance_in_another_currency_than_the_account_is_not_assigned(operator: Operator):
    operator.take_in([bank_row(5, "24.00", "thank you", currency="USD")])
    with pytest.raises(InvalidValue, match="the account is kept in EUR"):
        operator.tell(AssignRemittance(remittance="bank:R00005", account="A0001"))


def test_a_remittance_recorded_by_hand_is_known_the_second_time(operator: Operator):
    assert operator.tell(REMITTANCE, today=TODAY).result == {"remittance": "desk:1", "known": False}
    assert operator.tell(REMITTANCE, today=TODAY).result == {"remittance": "desk:1", "known": True}


def test_the_payer_is_encrypted_in_the_store_and_read_back(operator: Operator):
    (received,) = operator.facts(f"remittance/{NAME}")
    assert isinstance(received, RemittanceReceived)
    assert (received.payer, received.payment_reference) == ("Ona", "thank you")
    stored = "".join(row for rows in operator.store_contents().values() for row in rows)
    assert "thank you" not in stored and "Ona" not in stored
