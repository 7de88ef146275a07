"""The rows of claims are lost: no payment is booked twice, and nobody's reading stops for one that was."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import Conflict
from billing_core.payments.events import PaymentReceived
from commands.payments.account import ReceivePayment, ReversePayment
from commands.platform.ports import Append
from projections.payments import payments_of
from tests.operators import Operator, bank_row, eur

CLAIMS = "the claims are those that the events make"
ONCE = "a payment is received once"
FILE = [bank_row(2, "24.00", "1000000001"), bank_row(3, "30.00", "A0002"), bank_row(4, "1.00", "A0002")]


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """Two accounts, one invoice of 24.00 each, and a bank file that was taken in."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    assert operator.take_in(FILE).accepted == 3


def test_the_same_bank_file_again_changes_nothing(operator: Operator):
    events = operator.store_contents()["events"]
    assert operator.execute("DELETE FROM billing.claims WHERE kind = 'payment'") == 3

    report = operator.take_in(FILE)

    assert (report.accepted, report.unchanged, report.rejected) == (0, 3, [])
    assert operator.store_contents()["events"] == events
    assert operator.account("A0002").ledger.balance == eur("7.00")


def test_new_rows_of_the_file_are_booked(operator: Operator):
    operator.execute("DELETE FROM billing.claims WHERE kind = 'payment'")
    report = operator.take_in([*FILE, bank_row(5, "2.00", "A0001")])
    assert (report.accepted, report.unchanged, report.rejected) == (1, 3, [])


@pytest.mark.parametrize("other", [{"account": "A0001"}, {"amount": eur("30.01")}])
def test_the_same_payment_with_another_content_is_a_conflict(operator: Operator, other: dict[str, Any]):
    operator.execute("DELETE FROM billing.claims WHERE kind = 'payment'")
    sent: dict[str, Any] = {"account": "A0002", "amount": eur("30.00")} | other
    with pytest.raises(Conflict, match=r"30\.00 EUR on 2026-01-20 for account A0002"):
        operator.tell(ReceivePayment(source="bank", reference="R00003",
                                     received_on=date(2026, 1, 20), **sent))  # fmt: skip


def test_the_check_names_what_was_lost_and_a_claim_made_again_is_as_before(operator: Operator):
    sound = operator.store_contents()
    operator.execute("DELETE FROM billing.claims WHERE kind IN ('payment', 'invoice')")

    named = {finding.invariant: finding.offenders for finding in operator.findings()}

    assert "payment bank:R00003 of account/A0002: missing" in named[CLAIMS]
    assert operator.application.mend_claims() == {"missing": 5}
    assert operator.application.mend_claims() == {}
    assert (operator.findings(), operator.store_contents()) == ([], sound)


def book_again(operator: Operator, account: str) -> None:
    """As it could be in a store that was put together from two backups, without what keeps payments unique."""
    operator.execute("DROP INDEX billing.events_payment")
    operator.execute("DELETE FROM billing.claims WHERE key = 'bank:R00003'")
    (received,) = (
        fact
        for fact in operator.facts("account/A0002")
        if isinstance(fact, PaymentReceived) and fact.amount == eur("30.00")
    )
    version = len(operator.facts(f"account/{account}"))
    with operator.application.store.transaction() as transaction:
        transaction.append([Append(f"account/{account}", version, [received])], (), origin_of_process("clerk"))


@pytest.mark.parametrize("is_shown_already", [True, False])
def test_a_payment_that_stands_twice_on_an_account_is_named_reversed_and_stops_no_reading(
    operator: Operator, is_shown_already: bool
):
    if is_shown_already:
        operator.application.runner.catch_up()
    book_again(operator, "A0002")

    operator.subscriber("A0003")
    assert [row.amount for row in operator.ask(payments_of, "A0002")] == [eur("30.00"), eur("30.00"), eur("1.00")]
    assert operator.ask(payments_of, "A0003") == []
    (finding,) = operator.findings()
    assert (finding.invariant, finding.offenders) == (ONCE, ["bank:R00003 on account A0002 and A0002"])

    operator.tell(ReversePayment(account="A0002", payment="bank:R00003", reason="booked twice"))

    assert operator.account("A0002").ledger.balance == eur("7.00")
    assert operator.findings() == []


def test_a_payment_that_stands_on_two_accounts_is_named_and_stops_no_reading(operator: Operator):
    book_again(operator, "A0001")

    assert [row.payment for row in operator.ask(payments_of, "A0001")] == ["bank:R00002", "bank:R00003"]
    named = {finding.invariant: finding.offenders for finding in operator.findings()}

    assert named == {
        ONCE: ["bank:R00003 on account A0001 and A0002"],
        CLAIMS: ["payment bank:R00003 of account/A0002: claimed twice"],
    }
    assert operator.application.mend_claims() == {"claimed twice": 1}


def test_a_payment_on_two_accounts_does_not_hide_a_claim_that_no_event_makes(operator: Operator):
    """Events make one claim less than they have keys, and the claims kept are as many again."""
    book_again(operator, "A0001")
    operator.execute("INSERT INTO billing.claims VALUES ('payment', 'bank:X', 'account/A0001', '')")

    named = {finding.invariant: finding.offenders for finding in operator.findings()}

    assert named[CLAIMS] == ["payment bank:R00003 of account/A0002: claimed twice",
                             "payment bank:X of account/A0001: unfounded"]  # fmt: skip
