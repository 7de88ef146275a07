"""Allocation by hand, transfers and crumbs as commands: on accounts, in the read models, at the same time as others."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.jobs.crumbs import ClearAllCrumbs, clear_all_crumbs
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.payments.crumbs import CrumbLimit
from commands.accounts import OpenAccount
from commands.corrections.account import CorrectAccount, Correction
from commands.parties.families import AssignParent
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.by_hand import AllocatePayment, FreeCredit, ReleaseAllocation
from commands.payments.crumbs import ClearCrumbs, RestoreKeptCredit, SetCrumbLimits
from commands.payments.giving_back import CancelWriteOff, PayOut, ReturnPayOut
from commands.payments.transfers import TransferCredit
from commands.platform.progress import Progress
from projections.billing import document_numbered
from projections.money_in import money_in
from projections.statements import statement_of
from projections.unused_credits import Overpaid, overpayment_totals, overpayments_after, unused_credits_of
from tests.operators import Operator, application_on, bank_row, eur, silent

A, B, PAYMENT = "A0001", "A0002", "bank:R00002"
JANUARY, FEBRUARY, MARCH = "1000000001", "1000000003", "1000000005"
TODAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """Two accounts with invoices of 24.00 for January to March; the first one paid 54.00 on 20 January."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "54.00", A)])
    operator.bill_each_due_date(date(2026, 3, 2))


def open_amounts(operator: Operator, *invoices: str) -> list[str]:
    return [f"{operator.ask(document_numbered, invoice).open_amount.amount:f}" for invoice in invoices]


def places(operator: Operator) -> dict[str, dict[str, str]]:
    """Where the money of each source is, without what is nothing."""
    return {
        row.source: {place: f"{getattr(row, place):f}" for place in row.__struct_fields__[2:] if getattr(row, place)}
        for row in operator.ask(money_in)
    }


def test_a_release_is_held_back_through_the_next_bill_until_it_is_allocated_by_hand(operator: Operator):
    assert open_amounts(operator, JANUARY, FEBRUARY, MARCH) == ["0.00", "0.00", "18.00"]
    answer = operator.tell(ReleaseAllocation(account=A, credit=PAYMENT, invoice=JANUARY, reason="for March"), TODAY)
    assert answer.result["opened"] == [{"credit": PAYMENT, "invoice": JANUARY, "amount": "24.00", "currency": "EUR"}]
    operator.bill(date(2026, 4, 2))
    assert open_amounts(operator, JANUARY, MARCH) == ["24.00", "18.00"]
    (credit,) = operator.ask(unused_credits_of, A)
    assert (credit.unused, credit.held_back, credit.since) == (eur("24.00"), eur("24.00"), date(2026, 1, 20))
    assert places(operator) == {"bank": {"received": "54.00", "allocated": "30.00", "unused": "24.00"}}
    assert operator.findings() == []

    operator.tell(AllocatePayment(account=A, credit=PAYMENT, parts={MARCH: Decimal("18.00")}), TODAY)
    operator.tell(FreeCredit(account=A, credit=PAYMENT), TODAY)
    assert open_amounts(operator, JANUARY, MARCH) == ["18.00", "0.00"]
    assert places(operator) == {"bank": {"received": "54.00", "allocated": "54.00"}}
    assert operator.findings() == []


def test_a_payment_is_taken_with_parts_by_hand(operator: Operator):
    parts = {MARCH: Decimal("18.00"), "1000000002": Decimal("1.00")}
    command = ReceivePayment(account=A, source="desk", reference="1", amount=eur("20.00"), parts=parts)
    with pytest.raises(NotFound, match="no open invoice"):
        operator.tell(command, TODAY)
    operator.tell(ReceivePayment(account=B, source="desk", reference="1", amount=eur("20.00"),
                                 parts={"1000000006": Decimal("19.00")}), TODAY)  # fmt: skip
    assert open_amounts(operator, "1000000002", "1000000004", "1000000006") == ["23.00", "24.00", "5.00"]
    assert operator.findings() == []


def test_a_credit_note_after_an_allocation_by_hand_changes_nothing_of_it(operator: Operator):
    """The past changes: the service began later, so January is credited in part and the credit settles the oldest."""
    operator.tell(ReleaseAllocation(account=A, credit=PAYMENT, invoice=JANUARY, reason="for March"), TODAY)
    operator.tell(AllocatePayment(account=A, credit=PAYMENT, parts={MARCH: Decimal("18.00")}), TODAY)
    late = Correction(subscription="main", activated_on=date(2026, 1, 16))
    operator.tell(CorrectAccount(account=A, corrections=(late,), reason="began later"), TODAY)

    # 15 of 31 days are credited, 9.68 and 1.94 VAT: the credit note settles the invoice of January that was opened.
    assert open_amounts(operator, JANUARY, MARCH) == ["12.38", "0.00"]
    assert operator.account(A).ledger.held_back == {PAYMENT: eur("6.00")}
    assert operator.findings() == []


def test_a_reversal_takes_what_is_held_back_first(operator: Operator):
    operator.tell(ReleaseAllocation(account=A, credit=PAYMENT, invoice=JANUARY, reason="x"), TODAY)
    operator.tell(ReversePayment(account=A, payment=PAYMENT, reason="charged back", amount=Decimal("30.00")), TODAY)
    assert operator.account(A).ledger.held_back == {}
    assert places(operator) == {"bank": {"received": "54.00", "allocated": "24.00", "returned": "30.00"}}
    operator.tell(ReversePayment(account=A, payment=PAYMENT, reason="charged back"), TODAY)
    assert places(operator) == {"bank": {"received": "54.00", "returned": "54.00"}}
    assert operator.findings() == []


def test_two_clerks_who_allocate_the_same_credit_at_once_use_it_once(operator: Operator):
    operator.tell(ReleaseAllocation(account=A, credit=PAYMENT, invoice=JANUARY, reason="x"), TODAY)
    commands = [AllocatePayment(account=A, credit=PAYMENT, parts={JANUARY: Decimal("14.00")})] * 2
    with application_on(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        other = Operator(second, operator.database_url)
        tried = [threads.submit(each.tell, command) for each, command in zip((operator, other), commands, strict=True)]
        failures = [each.exception(60) for each in tried]

    (failure,) = [each for each in failures if each is not None]
    assert isinstance(failure, RuleViolation)
    assert open_amounts(operator, JANUARY) == ["10.00"]
    assert operator.findings() == []


# --- transfers


def overpay(operator: Operator) -> None:
    operator.take_in([bank_row(3, "50.00", A, received_on=TODAY)], today=TODAY)


def test_a_transfer_within_a_family_is_kept_by_both_accounts_and_goes_back(operator: Operator):
    overpay(operator)
    command = TransferCredit(from_account=A, to_account=B, reason="the son's account", amount=Decimal("30.00"))
    with pytest.raises(RuleViolation, match="not of the family"):
        operator.tell(command, TODAY)
    operator.tell(AssignParent(customer=B, parent=A), TODAY)
    answer = operator.tell(command, TODAY)

    name = answer.result["transfer"]
    assert name.startswith("transfer A0001-")
    assert open_amounts(operator, "1000000002", "1000000004") == ["0.00", "18.00"]
    assert places(operator) == {
        "bank": {"received": "104.00", "allocated": "72.00", "unused": "2.00", "transferred": "30.00"},
        "transfer": {"received": "30.00", "allocated": "30.00"},
    }
    shown = statement_of(operator.facts(f"account/{B}"))
    assert shown is not None
    assert (shown.postings[-1].kind, shown.postings[-1].other_account, len(shown.postings[-1].settled)) == (
        "transfer-in", A, 2,
    )  # fmt: skip
    assert operator.findings() == []

    operator.tell(ReleaseAllocation(account=B, credit=name, invoice="1000000002", reason="was a mistake"), TODAY)
    operator.tell(ReleaseAllocation(account=B, credit=name, invoice="1000000004", reason="was a mistake"), TODAY)
    operator.tell(TransferCredit(from_account=B, to_account=A, reason="was a mistake"), TODAY)
    assert operator.account(A).ledger.balance == eur("32.00")
    assert operator.account(B).ledger.balance == eur("-72.00")
    assert operator.findings() == []


def test_a_transfer_is_between_accounts_of_one_currency_and_seller(operator: Operator):
    overpay(operator)
    with pytest.raises(RuleViolation, match="is the account itself"):
        operator.tell(TransferCredit(from_account=A, to_account=A, reason="x"), TODAY)
    operator.tell(OpenAccount(account="A9", customer=A, seller="north", currency="CZK"), TODAY)
    with pytest.raises(RuleViolation, match="is kept in CZK"):
        operator.tell(TransferCredit(from_account=A, to_account="A9", reason="x"), TODAY)
    operator.tell(OpenAccount(account="A8", customer=A, seller="north", currency="EUR"), TODAY)
    operator.tell(TransferCredit(from_account=A, to_account="A8", reason="x"), TODAY)
    assert operator.account("A8").ledger.balance == eur("32.00")
    assert operator.findings() == []


# --- overpayments, crumbs


def test_overpayments_are_listed_by_age_and_given_back_money_comes_back(operator: Operator):
    overpay(operator)
    tomorrow = date(2026, 3, 6)
    assert operator.ask(overpayments_after, Overpaid(TODAY), "", 10) == []
    (row,) = operator.ask(overpayments_after, Overpaid(tomorrow), "", 10)
    assert (row.account, row.unused, row.since) == (A, eur("32.00"), TODAY)
    assert operator.ask(overpayment_totals, Overpaid(tomorrow)) == {"EUR": (1, eur("32.00"))}

    operator.tell(PayOut(account=A, reason="asked for it"), TODAY)
    assert operator.ask(overpayments_after, Overpaid(tomorrow), "", 10) == []
    operator.tell(ReturnPayOut(account=A, credit="bank:R00003", reason="account closed"), TODAY)
    assert operator.ask(overpayment_totals, Overpaid(tomorrow)) == {"EUR": (1, eur("32.00"))}
    assert operator.findings() == []


@contextmanager
def watch(what: str, unit: str, count: int | None) -> Iterator[Progress]:
    yield silent


def test_crumbs_are_cleared_by_a_job_and_each_can_be_taken_back(operator: Operator):
    operator.take_in([bank_row(3, "17.00", A, received_on=TODAY), bank_row(4, "73.50", B, received_on=TODAY)], TODAY)
    limit = CrumbLimit(currency="EUR", item=Decimal("2.00"), credit=Decimal("2.00"), older_than_days=30)
    work = Work(operator.application, origin_of_process("clerk", date(2026, 5, 1)), watch, datetime.now(UTC))
    assert clear_all_crumbs(ClearAllCrumbs(), work).written_off == 0, "without limits nothing is a crumb"
    operator.tell(SetCrumbLimits(seller="north", limits=(limit,)), TODAY)

    rehearsed = clear_all_crumbs(ClearAllCrumbs(), work._replace(is_dry_run=True))
    assert (rehearsed.written_off, rehearsed.kept) == (1, 1)
    assert open_amounts(operator, MARCH) == ["1.00"]
    run = clear_all_crumbs(ClearAllCrumbs(), work)
    assert run.sums == {"written_off": {"EUR": Decimal("1.00")}, "kept": {"EUR": Decimal("1.50")}}
    assert open_amounts(operator, MARCH) == ["0.00"]
    assert places(operator)["bank"] == {"received": "144.50", "allocated": "143.00", "income": "1.50"}
    assert operator.findings() == []
    again = clear_all_crumbs(ClearAllCrumbs(), work)
    assert (again.written_off, again.kept) == (0, 0)

    operator.tell(CancelWriteOff(account=A, invoice=MARCH, reason="asked"), TODAY)
    operator.tell(RestoreKeptCredit(account=B, credit="bank:R00004", reason="asked"), TODAY)
    assert open_amounts(operator, MARCH) == ["1.00"]
    assert operator.account(B).ledger.credits == {"bank:R00004": eur("1.50")}
    assert operator.findings() == []


def test_an_account_without_crumbs_is_left_as_it_is(operator: Operator):
    before = operator.store_contents()["events"]
    assert operator.tell(ClearCrumbs(account=A), TODAY).result == {"written_off": [], "kept": []}
    assert operator.store_contents()["events"] == before
