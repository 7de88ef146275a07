"""Forms of cash desks: open, count, pay out, hand over, deposit, cancel, settle; and desks in the set-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.pages.cash.lists import SET_UP_DESKS, TRANSIT
from adapters.pages.cash.till import METHODS
from adapters.pages.forms import Amounted, Choice, Effect, Field, Form, says, to
from adapters.pages.page import N_
from adapters.pages.sellers import dealers, sellers
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.cash.desks import ListCashDesks, ShowCashDesk
from adapters.views.cash.receipts import ShowCashReceipt
from adapters.views.cash.tills import ShowCashInTransit
from billing_core.cash.desks import CashDesk
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
from commands.cash.takings import CancelReceipt, PayOutCash
from projections.cash.desks import cash_desks

STAYS = ("seller", "currency", "series", "dealer")
TILL = "/cash/desks/{desk}"
COUNT = Field("count", N_("Notes and coins"), "rows", columns=(
    Field("value", N_("Value"), "amount"), Field("count", N_("Pieces"), "whole"),
))  # fmt: skip
REASON = Field("reason", N_("Reason"), is_required=True)
COUNTED = {"expected": N_("Should be there"), "counted": N_("Counted"), "variance": N_("Variance")}
DECIDED = (
    Choice("giver", N_("The desk that handed it over")), Choice("receiver", N_("The desk that received it")),
    Choice("house", N_("The house, as a loss")),
)  # fmt: skip


def _desk(visit: Visit) -> str:
    return visit.path["desk"]


def _to_be_counted(visit: Visit) -> dict[str, Any]:
    values = visit.ask(ShowCashDesk, desk=_desk(visit)).values
    return {"count": [{"value": value, "count": ""} for value in values]}


def _counted(visit: Visit, words: Any) -> Effect:
    """What should be there, what was counted, and the difference."""
    answer = visit.carry_out(CloseCashSession, words, dry_run=True).result
    shown = [
        Amounted(visit.translated(label), "", _of_answer(answer[name]), is_sum=name == "variance")
        for name, label in COUNTED.items()
    ]
    return Effect(visit.translated(N_("The session is closed with this count.")), shown)


def _of_answer(amount: Any) -> str:
    return f"{amount['amount']} {amount['currency']}"


def _other_desks(visit: Visit) -> list[Choice]:
    mine = visit.ask(ShowCashDesk, desk=_desk(visit)).desk
    with visit.door.app.queries.cursor() as cursor:
        found = [row.desk for row in cash_desks(cursor) if not row.is_closed]
    return [_choice(desk) for desk in found if desk.code != mine.code and _is_reached(mine, desk)]


def _is_reached(mine: CashDesk, desk: CashDesk) -> bool:
    """Whether a desk may hand cash over to another one."""
    if (desk.currency, desk.seller) != (mine.currency, mine.seller):
        return False
    return not mine.dealer or desk.dealer == mine.dealer or desk.code == mine.settles_at


def _choice(desk: CashDesk) -> Choice:
    return Choice(desk.code, f"{desk.code} {desk.branch}")


def _desks_of_the_house(visit: Visit) -> list[Choice]:
    return [_choice(row.desk) for row in visit.ask(ListCashDesks).items if not row.desk.dealer]


def _cancelled(visit: Visit, words: Any) -> Effect:
    """Which receipt it is, and that its payment is taken back."""
    found = visit.ask(ShowCashReceipt, receipt=visit.path["receipt"])
    row = found.receipt
    who = found.customer_name or row.account or row.reason
    line = Amounted(who, visit.translated(METHODS[row.method]), amount_with_currency(row.amount))
    said = N_("The payment is taken back; what it settled is open again.") if row.kind == "taking" else N_(
        "What was paid out is back in the till.")  # fmt: skip
    return Effect(visit.translated(said), [line])


def _handed(visit: Visit, words: Any) -> Effect:
    row = visit.ask(ShowCashInTransit, receipt=visit.path["hand_over"])
    line = Amounted(f"{row.cashier}, {row.desk}", row.note, amount_with_currency(row.amount))
    return Effect(visit.translated(N_("The amount is in your till from now on.")), [line])


def _known_desk(visit: Visit) -> dict[str, Any]:
    rows = visit.ask(ListCashDesks, all=True).items
    found = next((row.desk for row in rows if row.desk.code == visit.path["code"]), None)
    if found is None:
        return {}
    return {name: "" if (value := getattr(found, name)) is None else value for name in found.__struct_fields__}


def _kept(visit: Visit) -> dict[str, Any]:
    """What cannot be changed is sent as it is."""
    return {name: value for name, value in _known_desk(visit).items() if name in STAYS}


def _about(name: str) -> Callable[[Visit], str]:
    return lambda visit: visit.path[name]


# fmt: off
LIMITS = (
    Field("till_limit", N_("Limit of the till"), "amount", width=4,
          hint=N_("With more in it no cash is taken")),
    Field("receipt_limit", N_("Limit of a receipt in cash"), "amount", width=4),
    Field("cancel_alone_up_to", N_("Cancelled alone up to"), "amount", width=4,
          hint=N_("Above it a second person approves")),
    Field("staff", N_("Who works here"), "pairs", clears=True,
          hint=N_("As petra = write, a line for each: read, write or all. Without any, whom the roles permit.")),
    Field("printer", N_("Fiscal printer"), width=6, hint=N_("As 10.0.0.7:9100"), clears=True),
)
SETTLES = Field("settles_at", N_("Settles at"), "choice", choices=_desks_of_the_house, width=6, clears=True,
                hint=N_("The desk of the house to which a dealer's desk hands over"))
FORMS = (
    Form(
        f"{TILL}/open", OpenCashSession, N_("Open the desk"), N_("Open with this float"),
        (COUNT, Field("reason", N_("Reason, if it is not what the last count left"))),
        then=to(TILL), back=to(TILL), done=says(N_("The desk is open.")), begins=_to_be_counted, about=_desk,
    ),
    Form(
        f"{TILL}/close", CloseCashSession, N_("Count and close"), N_("Close the session"),
        (COUNT, Field("reason", N_("Reason, if the count differs"))),
        then=to(TILL), back=to(TILL), done=says(N_("The session is closed.")), begins=_to_be_counted,
        effect=_counted, about=_desk,
    ),
    Form(
        f"{TILL}/pay-out", PayOutCash, N_("Pay out"), N_("Pay it out"),
        (
            Field("amount", N_("Amount"), "amount", is_required=True, width=4), REASON._replace(width=8),
            Field("account", N_("Account"), width=6, hint=N_("If it is credit of a customer")),
        ),
        then=to(TILL), back=to(TILL), done=says(N_("The money is paid out.")), about=_desk,
    ),
    Form(
        f"{TILL}/hand-over", HandOverCash, N_("Hand over"), N_("Hand it over"),
        (
            Field("amount", N_("Amount"), "amount", is_required=True, width=4),
            Field("to_desk", N_("To desk"), "choice", choices=_other_desks, is_required=True, width=8),
            Field("to_operator", N_("For this operator alone"), width=6),
            Field("note", N_("Note"), width=6),
        ),
        then=to(TILL), back=to(TILL), done=says(N_("The money is on its way until it is accepted.")), about=_desk,
    ),
    Form(
        f"{TILL}/deposit", DepositCash, N_("Deposit with the bank"), N_("Deposit it"),
        (
            Field("amount", N_("Amount"), "amount", is_required=True, width=4),
            Field("bank_account", N_("Bank account"), is_required=True, width=8),
            Field("reference", N_("Reference on the statement"), is_required=True),
        ),
        then=to(TILL), back=to(TILL), done=says(N_("The money is on its way until the bank has booked it.")),
        about=_desk,
    ),
    Form(
        f"{TILL}/receipts/{{receipt}}/cancel", CancelReceipt, N_("Cancel the receipt"), N_("Cancel it"), (REASON,),
        then=to(TILL), back=to(TILL), done=says(N_("The receipt is cancelled.")), effect=_cancelled,
        about=_about("receipt"),
    ),
    Form(
        f"{TILL}/hand-overs/{{hand_over}}/accept", AcceptCash, N_("Accept the money"), N_("Accept it"), (),
        then=to(TILL), back=to(TILL), done=says(N_("The money is accepted.")), effect=_handed,
        about=_about("hand_over"),
    ),
    Form(
        f"{TILL}/hand-overs/{{hand_over}}/dispute", DisputeCash, N_("Another amount was found"), N_("Dispute it"),
        (Field("found", N_("Found"), "amount", is_required=True, width=4), REASON._replace(width=8)),
        then=to(TILL), back=to(TILL), done=says(N_("What was found is in your till; the rest waits for a decision.")),
        about=_about("hand_over"),
    ),
    Form(
        f"{TRANSIT}/{{hand_over}}/settle", SettleHandOver, N_("Settle the hand-over"), N_("Settle it"),
        (Field("decided", N_("Who bears the difference"), "choice", choices=DECIDED, is_required=True, width=6),
         REASON),
        then=to(TRANSIT), back=to(TRANSIT), done=says(N_("The hand-over is settled.")), about=_about("hand_over"),
    ),
    Form(
        f"{TRANSIT}/{{deposit}}/confirm", ConfirmDeposit, N_("The bank has booked the deposit"), N_("Confirm it"),
        (
            Field("booked_on", N_("Booked"), "day", is_required=True, width=4),
            Field("amount", N_("Amount, if another"), "amount", width=4),
            Field("statement", N_("Statement"), width=4),
            Field("reason", N_("Reason of a difference")),
        ),
        then=to(TRANSIT), back=to(TRANSIT), done=says(N_("The deposit is confirmed.")), about=_about("deposit"),
    ),
    Form(
        f"{TRANSIT}/{{receipt}}/take-back", TakeBackCash, N_("Take the money back into the till"),
        N_("Take it back"), (REASON,),
        then=to(TRANSIT), back=to(TRANSIT), done=says(N_("The money is back in the till.")), about=_about("receipt"),
    ),
    Form(
        "/cash/receipts/{receipt}/printed", NoteReceiptPrinted, N_("The receipt was printed another way"),
        N_("Note it as printed"),
        (Field("printer", N_("Printer"), is_required=True, width=6),
         Field("fiscal_number", N_("Its own number"), is_required=True, width=6)),
        then=to("/cash"), back=to("/cash"), done=says(N_("The receipt is noted as printed.")),
        about=_about("receipt"),
    ),
    Form(
        f"{SET_UP_DESKS}/new", RegisterCashDesk, N_("New desk"), N_("Register the desk"),
        (
            Field("code", N_("Code"), is_required=True, width=4),
            Field("branch", N_("Branch"), is_required=True, width=8),
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
            Field("currency", N_("Currency"), is_required=True, width=3),
            Field("series", N_("Series of receipts"), is_required=True, width=3, hint=N_("H1 gives H1-0001")),
            Field("dealer", N_("Dealer"), "choice", choices=dealers, width=6,
                  hint=N_("Takes payments of the dealer's own customers; empty for a desk of the house")),
            SETTLES, *LIMITS,
        ),
        then=to(SET_UP_DESKS), back=to(SET_UP_DESKS), done=says(N_("The desk is registered.")),
    ),
    Form(
        f"{SET_UP_DESKS}/{{code}}/details", ChangeCashDesk, N_("Change the desk"), N_("Save the desk"),
        (Field("branch", N_("Branch"), is_required=True), SETTLES, *LIMITS),
        then=to(SET_UP_DESKS), back=to(SET_UP_DESKS), done=says(N_("The desk is changed.")), begins=_known_desk,
        fixed=_kept, about=_about("code"),
    ),
    Form(
        f"{SET_UP_DESKS}/{{desk}}/close", CloseCashDesk, N_("Close the desk"), N_("Close it"), (),
        then=to(SET_UP_DESKS), back=to(SET_UP_DESKS), done=says(N_("The desk is closed.")), about=_desk,
    ),
)
# fmt: on
