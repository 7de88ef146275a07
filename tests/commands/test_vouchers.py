"""Vouchers from the printer to the account: each code pays once, and an account that guesses is banned."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from billing_core.kernel.errors import RuleViolation
from billing_core.vouchers.codes import RANDOM_BYTES, code_of, hash_of, read_code
from billing_core.vouchers.tries import VouchersBanned
from commands.payments.account import ReversePayment
from commands.vouchers import (
    BlockVoucherBatch,
    IssueVouchers,
    LiftVoucherBan,
    OpenVoucherSeries,
    RedeemVoucher,
    VoucherUsed,
)
from projections.payments import payments_of
from projections.vouchers import batches_after, redeemed_after
from tests.operators import Operator, application_on, eur

A, B = "A0001", "A0002"
TODAY = date(2026, 1, 20)
CODES = [code_of(bytes([number]) * RANDOM_BYTES) for number in range(1, 4)]
GUESS = code_of(bytes([99]) * RANDOM_BYTES)


def issue(operator: Operator, *codes: str, series: str = "SPRING") -> Any:
    hashes = tuple(hash_of(read_code(code)) for code in codes)
    return operator.tell(IssueVouchers(series=series, count=len(codes), hashes=hashes), today=TODAY).result


def redeem(operator: Operator, code: str, account: str = A, command_id: uuid.UUID | None = None) -> Any:
    return operator.tell(RedeemVoucher(account=account, code=code), TODAY, command_id).result


def paid(operator: Operator, account: str = A) -> list[tuple[str, str, Any]]:
    return [(row.payment, row.method, row.amount) for row in operator.ask(payments_of, account)]


@pytest.fixture(autouse=True)
def on_sale(operator: Operator) -> None:
    """Two accounts that owe 24.00 each, and three vouchers of 30.00."""
    operator.subscribers(2, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    operator.tell(OpenVoucherSeries(series="SPRING", seller="north", amount=eur("30.00")), today=TODAY)
    assert issue(operator, *CODES) == {"batch": 1, "first": "SPRING-000001", "last": "SPRING-000003"}


def test_a_voucher_is_a_payment_that_settles_what_is_owed(operator: Operator):
    answer = redeem(operator, CODES[1].lower().replace("-", " "))

    assert answer == {"redeemed": True, "payment": "voucher:SPRING-000002", "amount": "30.00 EUR"}
    assert paid(operator) == [("voucher:SPRING-000002", "voucher", eur("30.00"))]
    assert operator.account(A).ledger.balance == eur("6.00")
    (batch,) = operator.ask(batches_after, "", 9, TODAY)
    assert (batch.issued, batch.redeemed, batch.taken, batch.unused) == (3, 1, eur("30.00"), eur("60.00"))
    assert [row.voucher for row in operator.ask(redeemed_after, "", "", "", 9)] == ["SPRING-000002"]
    assert operator.findings() == []


def test_a_voucher_pays_once(operator: Operator):
    redeem(operator, CODES[0])

    for account in (A, B):
        with pytest.raises(VoucherUsed, match=f"on {TODAY} for account {A}"):
            redeem(operator, CODES[0], account)
    assert len(paid(operator)) == 1 and paid(operator, B) == []
    operator.tell(ReversePayment(account=A, payment="voucher:SPRING-000001", reason="stolen"), today=TODAY)
    with pytest.raises(VoucherUsed):
        redeem(operator, CODES[0], B)
    assert operator.findings() == []


def test_the_same_command_again_has_the_first_answer(operator: Operator):
    command_id = uuid.uuid4()

    first = redeem(operator, CODES[0], command_id=command_id)
    assert redeem(operator, CODES[0], command_id=command_id) == first
    assert len(paid(operator)) == 1


def test_two_who_redeem_one_voucher_at_once_redeem_it_once(operator: Operator):
    with application_on(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        other = Operator(second, operator.database_url)
        tried = [threads.submit(redeem, operator, CODES[0], A), threads.submit(redeem, other, CODES[0], B)]
        failures = [each.exception(60) for each in tried]

    (failure,) = [each for each in failures if each is not None]
    assert isinstance(failure, VoucherUsed)
    assert len(paid(operator, A) + paid(operator, B)) == 1
    assert operator.findings() == []


def test_five_wrong_codes_ban_the_account_and_no_other(operator: Operator):
    left = [redeem(operator, GUESS)["tries_left"] for _ in range(5)]

    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(VouchersBanned):
        redeem(operator, CODES[0])
    assert redeem(operator, CODES[0], B)["redeemed"]
    operator.tell(LiftVoucherBan(account=A, reason="the customer read it out on the phone"), today=TODAY)
    assert redeem(operator, CODES[1])["redeemed"]


def test_a_blocked_batch_and_a_code_of_another_batch_are_refused(operator: Operator):
    operator.tell(BlockVoucherBatch(series="SPRING", batch=1, reason="a box was stolen"), today=TODAY)

    with pytest.raises(RuleViolation, match="a box was stolen"):
        redeem(operator, CODES[0])
    (batch,) = operator.ask(batches_after, "", 9, TODAY)
    assert (batch.blocked, batch.unused) == ("a box was stolen", eur("0.00"))
    with pytest.raises(RuleViolation, match="draw the codes anew"):
        issue(operator, CODES[0])
    assert paid(operator) == []


def test_no_code_is_stored(operator: Operator):
    redeem(operator, CODES[0])
    redeem(operator, GUESS)

    everything = str(operator.store_contents()) + str(operator.live_contents())
    for code in (*CODES, GUESS):
        assert code not in everything and code.replace("-", "") not in everything
