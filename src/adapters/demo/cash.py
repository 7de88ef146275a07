"""A morning at a cash desk: float, change, a payment that is cancelled, cash of a dealer, a count that is short."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from adapters.demo.generated import CURRENCY, SELLER
from adapters.demo.year import DemoYear
from billing_core.cash.denominations import DENOMINATIONS, Count, Pieces
from billing_core.cash.desks import CashDesk
from billing_core.dealers import Dealer
from commands.cash.desks import RegisterCashDesk
from commands.cash.handing import AcceptCash, HandOverCash
from commands.cash.sessions import CloseCashSession, OpenCashSession
from commands.cash.takings import CancelReceipt, TakePayment
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.platform.bus import Command
from commands.platform.identity import new_id
from projections.cash.desks import cash_desks
from projections.cash.tills import session_named, till_lines

DESK, SHOP, DEALER = "C1", "S1", "harbour"


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
        yield from self._of_a_dealer(wrong)
        self._year.app.runner.catch_up()
        short = self._in_the_till() - 1
        closed = self._give(CloseCashSession(desk=DESK, count=_in_pieces(short), reason="miscounted change"))
        yield (f"{closed['expected']['amount']} EUR should be in the till and {closed['counted']['amount']} are "
               f"counted: the variance of {closed['variance']['amount']} is a fact with its reason.")  # fmt: skip
        self._year.app.runner.catch_up()

    def _of_a_dealer(self, account: str) -> Iterator[str]:
        """A dealer's own desk takes a payment of the dealer's customer, and hands it over."""
        self._give(RegisterDealer(dealer=Dealer(code=DEALER, name="Jūras Veikals, SIA")))
        self._give(AssignCustomer(customer=account.removeprefix("A"), dealer=DEALER))
        shop = CashDesk(code=SHOP, branch="Harbour", seller=SELLER.code, currency=CURRENCY, series=SHOP, dealer=DEALER,
                        settles_at=DESK, till_limit=Decimal(300))  # fmt: skip
        self._give(RegisterCashDesk(desk=shop))
        self._give(OpenCashSession(desk=SHOP, count=(Pieces(Decimal(20), 1),), reason="from the dealer's safe"))
        taken = self._give(TakePayment(desk=SHOP, account=account, amount=Decimal("15.00")))
        handed = self._give(HandOverCash(desk=SHOP, to_desk=DESK, amount=Decimal("15.00")))
        self._give(AcceptCash(desk=DESK, hand_over=handed["receipt"]))
        yield (f"Receipt {taken['receipt']}: the desk of dealer {DEALER} takes 15.00 EUR of the dealer's own customer, "
               f"hands them over by {handed['receipt']}, and desk {DESK} accepts them.")  # fmt: skip

    def _in_the_till(self) -> Decimal:
        """What should be in the till of the desk of the house."""
        with self._year.app.queries.cursor() as cursor:
            (desk,) = cash_desks(cursor, DESK)
            session = session_named(cursor, desk.session)
            lines = till_lines(cursor, [desk.session])
        assert session is not None
        return session.float.amount + sum((line.cash.amount for line in lines), Decimal(0))

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
