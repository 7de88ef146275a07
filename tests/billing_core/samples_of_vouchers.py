"""How the stored samples of vouchers are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.vouchers.events import (
    VoucherBanLifted,
    VoucherBatchBlocked,
    VoucherBatchUnblocked,
    VoucherRedeemed,
    VoucherSeriesOpened,
    VouchersIssued,
    VoucherTryFailed,
)

ON = date(2026, 6, 11)
AMOUNT = Money(Decimal("300.00"), "CZK")
HASH = "6f4d6f5f4c8c2f8d1d3bfb0a3ad8b0f0cbd3a1f4b1f2a3c4d5e6f708192a3b4c"
SAMPLES: dict[str, Event] = {
    "voucher-series-opened/1": VoucherSeriesOpened(
        effective_on=ON, seller="north", amount=AMOUNT, name="Spring", valid_until=date(2026, 12, 31)
    ),
    "vouchers-issued/1": VouchersIssued(effective_on=ON, batch=1, first=1, hashes=(HASH,), dealer="east"),
    "voucher-batch-blocked/1": VoucherBatchBlocked(effective_on=ON, batch=1, reason="a box was stolen"),
    "voucher-batch-unblocked/1": VoucherBatchUnblocked(effective_on=ON, batch=1, reason="the box was found"),
    "voucher-redeemed/1": VoucherRedeemed(
        effective_on=ON, series="SPRING", batch=1, number=17, account="00000001", amount=AMOUNT
    ),
    "voucher-try-failed/1": VoucherTryFailed(
        effective_on=ON, account="00000001", tried_at=datetime(2026, 6, 11, 10, 30, tzinfo=UTC)
    ),
    "voucher-ban-lifted/1": VoucherBanLifted(effective_on=ON, account="00000001", reason="the customer called"),
}
