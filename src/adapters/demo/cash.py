"""A morning at a cash desk: float, a payment with change, one that is cancelled, a count that is short."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from adapters.demo.generated import CURRENCY, SELLER
from adapters.demo.year import DemoYear
from billing_core.cash.denominations import DENOMINATIONS, Count, Pieces
from billing_core.cash.desks import CashDesk
from commands.cash.desks import RegisterCashDesk
from commands.cash.sessions import CloseCashSession, OpenCashSession
from commands.cash.takings import CancelReceipt, TakePayment
from commands.platform.bus import Command
from commands.platform.identity import new_id

DESK = "C1"


class DemoTill:
    """A till of the demo's operator, on the last day of the year."""

    def __init__(self, year: DemoYear) -> None:
        self._year = year

    def morning(self, account: str, amount: Decimal, wrong: str) -> Iterator[str]:
        """What happens, a sentence each; `wrong` is the account on which a payment is taken by mistake."""
        desk = CashDesk(code=DESK, branch="Centre", seller=SELLER.code, currency=CURRENCY, series=DESK,
                        till_limit=Decimal(1000))  # fmt: skip
        self._give(RegisterCashDesk(desk=desk))
        floats = (Pieces(Decimal(20), 4), Pieces(Decimal(10), 2))
        self._give(OpenCashSession(desk=DESK, count=floats, reason="from the safe"))
        given = amount.to_integral_value() + 5
        taken = self._give(TakePayment(desk=DESK, account=account, amount=amount, given=given))
        yield (f"Receipt {taken['receipt']}: account {account} pays {amount:f} EUR with {given:f} EUR and gets "
               f"{taken['change']['amount']} back.")  # fmt: skip
        mistaken = self._give(TakePayment(desk=DESK, account=wrong, amount=Decimal("10.00")))
        storno = self._give(CancelReceipt(desk=DESK, receipt=mistaken["receipt"], reason="wrong customer"))
        yield f"Receipt {mistaken['receipt']} was on the wrong account, so {storno['receipt']} cancels it."
        short = Decimal(storno["till"]["amount"]) - 1
        closed = self._give(CloseCashSession(desk=DESK, count=_in_pieces(short), reason="miscounted change"))
        yield (f"{closed['expected']['amount']} EUR should be in the till and {closed['counted']['amount']} are "
               f"counted: the variance of {closed['variance']['amount']} is a fact with its reason.")  # fmt: skip
        self._year.app.runner.catch_up()

    def _give(self, command: Command) -> dict[str, Any]:
        origin = self._year.origin(self._year.ends_on)._replace(command_id=new_id())
        return self._year.app.bus.execute(command, origin).result


def _in_pieces(amount: Decimal) -> Count:
    """An amount by the largest notes and coins."""
    found = []
    for value in DENOMINATIONS[CURRENCY]:
        found.append(Pieces(value, int(amount // value)))
        amount %= value
    return tuple(found)
