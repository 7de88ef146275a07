"""Cash desks: desks as data, sessions, takings, hand-overs and deposits, and what was printed."""

from commands.cash import deposits, desks, handing, printing, sessions, takings
from commands.cash.deposits import MatchDeposit
from commands.cash.desks import ChangeCashDesk, CloseCashDesk, RegisterCashDesk
from commands.cash.handing import (
    AcceptCash,
    ConfirmDeposit,
    DepositCash,
    DisputeCash,
    HandOverCash,
    SettleHandOver,
    TakeBackCash,
)
from commands.cash.printing import NoteReceiptPrinted
from commands.cash.sessions import CloseCashSession, OpenCashSession
from commands.cash.takings import CancelReceipt, PayOutCash, TakePayment
from commands.platform.area import Area
from commands.platform.concerns import HOUSE, Concern, Concerns, Named

_HANDLERS = {
    **desks.HANDLERS,
    **sessions.HANDLERS,
    **takings.HANDLERS,
    **handing.HANDLERS,
    **deposits.HANDLERS,
    **printing.HANDLERS,
}
DESK = Named("cash desk", ("desk",))
HANDED = Named("cash in transit", ("hand_over",))
# What is the house's own at desks of dealers, too: which desks there are, who bears a difference, what the bank booked.
OF_THE_HOUSE = (
    RegisterCashDesk, ChangeCashDesk, CloseCashDesk, SettleHandOver, ConfirmDeposit, MatchDeposit, NoteReceiptPrinted,
)  # fmt: skip
CONCERNS: Concerns = {
    **dict.fromkeys(OF_THE_HOUSE, HOUSE),
    **dict.fromkeys((OpenCashSession, CloseCashSession, HandOverCash, DepositCash), Concern("named", (DESK,))),
    TakePayment: Concern("named", (DESK, Named("account", ("account",)))),
    PayOutCash: Concern("named", (DESK, Named("account", ("account",), is_optional=True))),
    CancelReceipt: Concern("named", (DESK, Named("cash receipt", ("receipt",)))),
    **dict.fromkeys((AcceptCash, DisputeCash), Concern("named", (DESK, HANDED))),
    TakeBackCash: Concern("named", (Named("cash receipt", ("receipt",)),)),
}
AREA = Area(handlers=_HANDLERS, concerns=CONCERNS, reactions=deposits.REACTIONS)
