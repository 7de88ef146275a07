"""Vouchers for the demo: a series, a batch of three, one that is redeemed and cannot be redeemed again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from decimal import Decimal

from adapters.bootstrap.application import Application
from adapters.demo.generated import CURRENCY, SELLER
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money
from billing_core.vouchers.codes import RANDOM_BYTES, code_of, hash_of, read_code
from commands.platform.bus import Answer, Command
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.vouchers import IssueVouchers, OpenVoucherSeries, RedeemVoucher

SERIES, PRICE = "GIFT", Money(Decimal("10.00"), CURRENCY)


class DemoVouchers:
    """Sells three vouchers of 10.00."""

    def __init__(self, app: Application, origin: Origin) -> None:
        self._app = app
        self._origin = origin

    def redeem_twice(self, account: str) -> Iterator[str]:
        """What is said of each step."""
        codes = [code_of(secrets.token_bytes(RANDOM_BYTES)) for _ in range(3)]
        hashes = tuple(hash_of(read_code(code)) for code in codes)
        self._tell(OpenVoucherSeries(series=SERIES, seller=SELLER.code, amount=PRICE))
        issued = self._tell(IssueVouchers(series=SERIES, count=len(codes), hashes=hashes)).result
        yield f"issued: {issued['first']} to {issued['last']}, of {PRICE} each"
        paid = self._tell(RedeemVoucher(account=account, code=codes[1])).result
        yield f"redeemed: payment {paid['payment']} of {paid['amount']} for account {account}"
        try:
            self._tell(RedeemVoucher(account=account, code=codes[1]))
        except BillingError as refused:
            yield f"redeemed again: refused, {refused}"

    def _tell(self, command: Command) -> Answer:
        return self._app.execute(command, self._origin._replace(command_id=new_id()))
