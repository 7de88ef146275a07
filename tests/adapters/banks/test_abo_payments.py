"""Pay-backs in crowns as a Czech payment order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.banks.abo_orders import AboItem, read_abo
from adapters.banks.abo_payments import payment_order
from adapters.banks.pain001 import CreditTransfer, Payer
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.pay_backs.batches import PayBackBatch

BATCH = PayBackBatch("alfa", 3, "CZK", "frozen", {}, date(2026, 3, 25), date(2026, 3, 11))
PAYER = Payer("Alfa", "CZ3220100000002900123458")
ORDER = (
    b"UHL1110326Alfa                0000000012001999000000000000\r\n"
    b"1 1501 003000 2010\r\n"
    b"2 2900123458 12345 250326\r\n"
    b"19-2000145399 12345 0000300001 08000000 0 AV:Alfa: credit of account 1001\r\n"
    b"3 +\r\n"
    b"5 +\r\n"
)


def transfer(iban: str) -> CreditTransfer:
    amount = Money(Decimal("123.45"), "CZK")
    return CreditTransfer("PB alfa-3 1", "Jana", iban, amount, "Alfa: credit of account 1001")


def test_a_payment_order_byte_by_byte():
    content = payment_order(BATCH, PAYER, [transfer("CZ65 0800 0000 1920 0014 5399")], "12")
    assert content == ORDER
    (item,) = read_abo(content, "1501")
    assert item == AboItem(account="19-2000145399/0800", hellers=12345, variable_symbol="0000300001",
                           text="Alfa: credit of account 1001")  # fmt: skip


def test_an_order_names_czech_accounts_alone():
    with pytest.raises(InvalidValue, match="is no Czech account"):
        payment_order(BATCH, PAYER, [transfer("SK3112000000198742637541")], "")
