"""Remittances that are split, kept and undone, payers that are learnt, and whose each may be: on a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.payments.matching import Candidate, Key, MoneySigns, decide, sought
from billing_core.payments.matching_rules import MatchingRules, TextPattern
from commands.corrections.payment import MovePayment
from commands.forgetting import ForgetCustomer
from commands.payments.account import ReceivePayment
from commands.payments.giving_back import PayOut, RefundPayment
from commands.payments.matching_rules import SetMatchingRules, load_matching_rules
from commands.payments.payer_accounts import ForgetPayerAccount, LearnPayerAccount
from commands.payments.remittances import (
    AssignRemittance,
    GiveBackRemittance,
    KeepRemittance,
    ReceiveRemittance,
    SplitPart,
    SplitRemittance,
    UndoRemittance,
)
from projections.payments import payments_of
from projections.remittances.candidates import candidates
from projections.remittances.guesses import Unmatched, first_guesses, guesses
from projections.remittances.queue import remittance_named
from tests.operators import Operator, application_on, eur

NAME, PAYER, TODAY = "bank:R", "19-2000145399/0800", date(2026, 2, 1)
USUAL = MatchingRules()
IBAN = "CZ65 0800 0000 1920 0014 5399"


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """Two accounts, one invoice of 24.00 each, and 24.00 from somebody."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    receive(operator)


def receive(operator: Operator, reference: str = "R", amount: str = "24.00", **said: Any) -> None:
    said = {"payer_account": IBAN, "payer": "Customer A0001"} | said
    operator.tell(ReceiveRemittance(source="bank", reference=reference, amount=eur(amount),
                                    received_on=date(2026, 1, 20), **said), today=TODAY)  # fmt: skip


def balances(operator: Operator) -> list[str]:
    return [f"{operator.account(number).ledger.balance.amount:f}" for number in ("A0001", "A0002")]


def state(operator: Operator) -> tuple[str, str]:
    row = operator.ask(remittance_named, NAME)
    return row.state, f"{row.waiting.amount:f}"


def split(operator: Operator, *parts: tuple[str, str], rest_waits: bool = False) -> Any:
    made = tuple(SplitPart(account=account, amount=Decimal(amount)) for account, amount in parts)
    return operator.tell(SplitRemittance(remittance=NAME, parts=made, rest_waits=rest_waits), today=TODAY)


def test_a_split_settles_an_invoice_of_each_account_and_undone_opens_them_again(operator: Operator):
    answer = split(operator, ("A0001", "10.00"), ("A0002", "14.00"))

    assert [each["payment"] for each in answer.result["payments"]] == ["bank:R.1", "bank:R.2"]
    assert (balances(operator), state(operator)) == (["-14.00", "-10.00"], ("assigned", "0.00"))
    assert operator.findings() == []
    operator.tell(UndoRemittance(remittance=NAME), today=TODAY)
    assert (balances(operator), state(operator)) == (["-24.00", "-24.00"], ("waiting", "24.00"))
    assert operator.ask(payments_of, "A0001") == []
    operator.tell(AssignRemittance(remittance=NAME, account="A0002"), today=TODAY)
    assert (balances(operator), state(operator)) == (["-24.00", "0.00"], ("assigned", "0.00"))
    assert operator.findings() == []


def test_a_remittance_that_was_undone_is_assigned_to_the_same_account_again(operator: Operator):
    for _ in range(2):
        operator.tell(AssignRemittance(remittance=NAME, account="A0001"), today=TODAY)
        operator.tell(UndoRemittance(remittance=NAME), today=TODAY)
    operator.tell(AssignRemittance(remittance=NAME, account="A0001"), today=TODAY)

    assert (balances(operator), state(operator)) == (["0.00", "-24.00"], ("assigned", "0.00"))
    assert [row.payment for row in operator.ask(payments_of, "A0001")] == ["bank:R.2"]
    assert operator.findings() == []


def test_a_rest_that_waits_is_given_back_and_each_act_is_undone_in_turn(operator: Operator):
    split(operator, ("A0001", "10.00"), rest_waits=True)
    assert state(operator) == ("waiting", "14.00")
    operator.tell(GiveBackRemittance(remittance=NAME, reason="too much", order="2026-7"), today=TODAY)
    assert state(operator) == ("in parts", "0.00")
    assert operator.findings() == []
    for undone, waiting in (("given back", "14.00"), ("split", "24.00")):
        answer = operator.tell(UndoRemittance(remittance=NAME), today=TODAY)
        assert (answer.result["undone"], state(operator)) == (undone, ("waiting", waiting))
    operator.tell(KeepRemittance(remittance=NAME, kind="subsidy", reason="for the village"), today=TODAY)
    assert state(operator) == ("other income", "0.00")
    with pytest.raises(RuleViolation, match="was kept as other income on 2026-02-01, because: for the village"):
        operator.tell(AssignRemittance(remittance=NAME, account="A0001"), today=TODAY)
    assert operator.findings() == []


def test_what_was_refunded_or_moved_since_is_not_undone(operator: Operator):
    operator.tell(AssignRemittance(remittance=NAME, account="A0001"), today=TODAY)
    operator.tell(MovePayment(payment=NAME, from_account="A0001", to_account="A0002", reason="hers"), today=TODAY)
    with pytest.raises(RuleViolation, match="was moved to account A0002"):
        operator.tell(UndoRemittance(remittance=NAME), today=TODAY)

    receive(operator, "Q", "30.00")
    operator.tell(AssignRemittance(remittance="bank:Q", account="A0001"), today=TODAY)
    operator.tell(RefundPayment(account="A0001", payment="bank:Q", reason="too much"), today=TODAY)
    with pytest.raises(RuleViolation, match="record that as a remittance of its own"):
        operator.tell(UndoRemittance(remittance="bank:Q"), today=TODAY)
    assert operator.findings() == []


def test_two_clerks_at_once_do_one_thing(operator: Operator):
    with application_on(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        other = Operator(second, operator.database_url)
        tried = [
            threads.submit(split, operator, ("A0001", "10.00"), ("A0002", "14.00")),
            threads.submit(other.tell, KeepRemittance(remittance=NAME, kind="other", reason="unknown")),
        ]
        refused = [failure for each in tried if (failure := each.exception(60)) is not None]

    assert len(refused) == 1 and isinstance(refused[0], BillingError)
    assert operator.findings() == []


# --- payers


def found_by(operator: Operator, rules: MatchingRules = USUAL, **signs: str) -> Any:
    money = MoneySigns(amount=eur("24.00"), seller="north", **signs)
    keys = sought(money, rules)
    looked_up = operator.ask(lambda cursor: candidates(cursor, keys, with_open_items="open-amount" in rules.rungs))
    return decide(money, rules, looked_up)


def test_a_payer_is_learnt_once_and_forgotten_with_the_undoing(operator: Operator):
    operator.tell(AssignRemittance(remittance=NAME, account="A0001", learn=True), today=TODAY)
    assert (found_by(operator, payer_account=PAYER).account, found_by(operator, payer_account=IBAN).rung) == (
        "A0001", "payer-account",
    )  # fmt: skip
    operator.tell(UndoRemittance(remittance=NAME), today=TODAY)
    assert found_by(operator, payer_account=PAYER).outcome == "nobody"
    operator.tell(LearnPayerAccount(account="A0001", payer_account=IBAN), today=TODAY)
    operator.tell(AssignRemittance(remittance=NAME, account="A0001", learn=True), today=TODAY)
    operator.tell(UndoRemittance(remittance=NAME), today=TODAY)
    assert found_by(operator, payer_account=PAYER).account == "A0001", "it was known before"
    operator.tell(ForgetPayerAccount(account="A0001", payer_account=PAYER), today=TODAY)
    assert found_by(operator, payer_account=PAYER).outcome == "nobody"


def test_money_without_a_bank_account_teaches_nothing(operator: Operator):
    receive(operator, "N", payer_account="")
    with pytest.raises(InvalidValue, match="names no bank account"):
        operator.tell(AssignRemittance(remittance="bank:N", account="A0001", learn=True), today=TODAY)


def test_a_forgotten_customer_leaves_the_known_payers(operator: Operator):
    operator.subscriber("A0009", until=date(2026, 1, 3))
    operator.tell(LearnPayerAccount(account="A0009", payer_account="55/0100"), today=TODAY)
    assert found_by(operator, payer_account="55/0100").account == "A0009"
    operator.bill(date(2026, 1, 5))
    owed = operator.account("A0009").ledger.balance
    if owed.amount < 0:
        operator.tell(ReceivePayment(account="A0009", source="bank", reference="Z", amount=-owed), today=TODAY)
    elif owed.amount > 0:
        operator.tell(PayOut(account="A0009", reason="left"), today=TODAY)
    operator.tell(ForgetCustomer(customer="A0009", ordered_by="the person", reason="on request"), today=TODAY)

    assert found_by(operator, payer_account="55/0100").outcome == "nobody"
    stored = "".join(row for rows in operator.store_contents().values() for row in rows)
    assert "55/0100" not in stored and "55/0100" not in "".join(operator.live_contents()["payer_accounts"])


# --- the ladder on the tables


def test_each_rung_finds_the_account_on_the_tables(operator: Operator):
    rules = MatchingRules(rungs=("invoice-number", "account-number", "customer-number", "end-to-end-id", "text"),
                          patterns=(TextPattern(pattern="invoice ([0-9]+)", finds="invoice"),))  # fmt: skip
    assert found_by(operator, rules, payment_reference="1000000002").account == "A0002"
    assert found_by(operator, rules, payment_reference="a0001").account == "A0001"
    assert found_by(operator, rules, end_to_end="1000000001").account == "A0001"
    assert found_by(operator, rules, message="Invoice 1000000002, thanks").account == "A0002"
    assert found_by(operator, rules, payment_reference="1000000001", end_to_end="A0002").outcome == "doubt"


def test_a_chunk_is_looked_up_at_once(operator: Operator):
    keys = [Key("invoice", "1000000001"), Key("account", "A0002"), Key("customer", "A0001"), Key("invoice", "none")]
    found = operator.ask(lambda cursor: dict(candidates(cursor, keys)))
    assert {key: [each.account for each in values] for key, values in found.items()} == {
        keys[0]: ["A0001"], keys[1]: ["A0002"], keys[2]: ["A0001"],
    }  # fmt: skip
    assert found[keys[0]] == [Candidate("A0001", "north", "EUR")]


def test_rules_of_a_seller_are_set_and_taken_back(operator: Operator):
    rules = MatchingRules(rungs=("invoice-number",))
    operator.tell(SetMatchingRules(seller="north", rules=rules), today=TODAY)
    with operator.application.store.transaction() as transaction:
        assert load_matching_rules(transaction, "north") == rules
    operator.tell(SetMatchingRules(seller="north"), today=TODAY)
    with operator.application.store.transaction() as transaction:
        assert load_matching_rules(transaction, "north") == MatchingRules()


# --- guesses


def test_guesses_are_ranked_by_what_is_known_of_the_payer(operator: Operator):
    operator.tell(ReceivePayment(account="A0002", source="bank", reference="B", amount=eur("24.00"), payer_account=IBAN,
                                 received_on=date(2026, 1, 20)), today=TODAY)  # fmt: skip
    signs = MoneySigns(amount=eur("24.00"), payment_reference="1000000010", payer_account=PAYER)
    money = Unmatched(NAME, date(2026, 1, 20), signs, "CUSTOMER A0001")

    first, second = operator.ask(guesses, money)[:2]

    assert (first.account, first.invoice) == ("A0001", "1000000001")
    assert [sign.code for sign in first.signs if sign.agrees] == ["amount", "name", "reference"]
    assert (second.account, second.is_repeated) == ("A0002", True)
    assert [sign.times for sign in second.signs if sign.code == "payer-account"] == [1]
    assert operator.ask(first_guesses, [money])[NAME].account in ("A0001", "A0002")
