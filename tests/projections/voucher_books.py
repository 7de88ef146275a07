"""A series of vouchers with a blocked batch, one that was redeemed, a wrong code; and a standing order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing_core.vouchers.codes import RANDOM_BYTES, code_of, hash_of, read_code
from commands.expected_payments import ExpectStandingOrder
from commands.vouchers import BlockVoucherBatch, IssueVouchers, OpenVoucherSeries, RedeemVoucher
from tests.operators import Operator, eur

ON = date(2026, 4, 9)
CODES = [code_of(bytes([number]) * RANDOM_BYTES) for number in range(1, 7)]


def keep_vouchers(operator: Operator) -> None:
    sell_vouchers(operator, CODES[:2])
    sell_batch(operator, CODES[2:4])
    operator.tell(BlockVoucherBatch(series="SPRING", batch=2, reason="a box was stolen"), today=ON)
    operator.tell(RedeemVoucher(account="A0008", code=CODES[0]), today=ON)
    operator.tell(RedeemVoucher(account="A0008", code=CODES[5]), today=ON)
    operator.tell(ExpectStandingOrder(account="A0008", monthly=Decimal("24.00"), day=15), today=ON)


def sell_vouchers(operator: Operator, codes: Sequence[str]) -> None:
    """A series of 1.00 EUR with one batch."""
    operator.tell(OpenVoucherSeries(series="SPRING", seller="north", amount=eur("1.00")), today=ON)
    sell_batch(operator, codes)


def sell_batch(operator: Operator, codes: Sequence[str]) -> None:
    hashes = tuple(hash_of(read_code(code)) for code in codes)
    operator.tell(IssueVouchers(series="SPRING", count=len(codes), hashes=hashes), today=ON)
