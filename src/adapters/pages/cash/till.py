"""The page of a till: take a payment by keys alone, the last receipts, what is in the till and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from adapters.pages.page import N_, Shown
from adapters.pages.refusals import message_of, said_of
from adapters.pages.sessions import Notice, put_notice
from adapters.pages.typed import amount_typed
from adapters.pages.visit import Visit
from adapters.views.cash.desks import CashDeskNow, ListCashDesks, ShowCashDesk
from adapters.views.cash.payers import FindPayer
from adapters.views.cash.receipts import ListCashReceipts, PrintCashReceipt, ReadCashReceipt
from adapters.views.cash.sheets import PrintCashSheet
from adapters.views.customer_payments import PreviewPayment
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money, rounded
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.cash.handing import AcceptCash, DepositCash, DisputeCash, HandOverCash
from commands.cash.sessions import CloseCashSession, OpenCashSession
from commands.cash.takings import CancelReceipt, PayOutCash, TakePayment
from commands.platform.identity import new_id
from projections.cash.payers import PayerRow

DESKS = "/cash"
LAST, REFUSED = 8, 422
# What can be done from the page, by who may.
ACTS = (
    TakePayment, PayOutCash, HandOverCash, DepositCash, CloseCashSession, OpenCashSession, CancelReceipt, AcceptCash,
    DisputeCash, PrintCashReceipt, PrintCashSheet,
)  # fmt: skip
TAKEN = N_("%(receipt)s: %(amount)s taken, change %(change)s.")
# How each kind of line is told, in the order of the page.
LINES = {
    "taking": N_("Taken"), "cancellation": N_("Cancelled"), "pay-out": N_("Paid out"),
    "hand-over": N_("Handed over"), "acceptance": N_("Accepted"), "deposit": N_("Deposited"),
    "return": N_("Returned to the till"),
}  # fmt: skip
METHODS = {"cash": N_("Cash"), "card": N_("Card"), "voucher": N_("Voucher")}


class Taking(NamedTuple):
    """A payment that is being taken: what is typed, who it is, and what it would settle.

    `shown` stands for what was previewed: nothing else is taken.
    """

    who: str = ""
    payers: Sequence[PayerRow] = ()
    payer: PayerRow | None = None
    amount: str = ""
    given: str = ""
    method: str = "cash"
    invoice: str = ""
    preview: Any = None
    change: Money | None = None
    shown: str = ""
    faults: Mapping[str, str] = {}
    is_other: bool = False


def path_of(desk: str) -> str:
    return f"{DESKS}/desks/{desk}"


def desks(visit: Visit) -> Shown | Response:
    """All desks; who may look at one alone goes there at once."""
    found = visit.ask(ListCashDesks).items
    if len(found) == 1:
        return RedirectResponse(path_of(found[0].desk.code), 303)
    return Shown("cash/desks.html", {"desks": found, "path_of": path_of})


def till(visit: Visit) -> Shown:
    """The till, with the payment as far as it is filled in."""
    desk = visit.ask(ShowCashDesk, desk=visit.path["desk"])
    return _shown(visit, desk, _filled_in(visit, desk))


def taken(visit: Visit) -> Shown | Response:
    """Take the payment that was shown; one that was not shown yet is shown instead."""
    desk = visit.ask(ShowCashDesk, desk=visit.path["desk"])
    taking = _filled_in(visit, desk)
    if taking.faults or taking.payer is None:
        return _shown(visit, desk, taking, REFUSED)
    if visit.first("_shown") != taking.shown:
        return _shown(visit, desk, taking._replace(is_other=bool(visit.first("_shown"))))
    words: dict[str, Any] = {"desk": desk.desk.code, "account": taking.payer.account, "method": taking.method,
                             "amount": amount_typed(taking.amount), "invoice": taking.invoice}  # fmt: skip
    if taking.given and taking.method == "cash":
        words["given"] = amount_typed(taking.given)
    words = {name: value for name, value in words.items() if value != ""}
    try:
        done = visit.carry_out(TakePayment, words, key=visit.first("_key"))
    except (NotSignedIn, NotPermitted):
        raise
    except (BillingError, ValidationError) as error:
        return _shown(visit, desk, taking._replace(faults=_faults(error)), REFUSED)
    return _done(visit, desk, done)


def _done(visit: Visit, desk: CashDeskNow, done: Any) -> Response:
    code, receipt = desk.desk.code, done.result.get("receipt", "")
    if done.is_waiting:
        text = visit.translated(N_("It waits until a second person approves it."))
    else:
        amounts = {name: _of_answer(done.result[name]) for name in ("amount", "change")}
        text = visit.written.gettext(TAKEN, receipt=receipt, **amounts)
        text = " ".join([text, *done.result["warnings"]])
    undo = f"{path_of(code)}/receipts/{receipt}/cancel" if receipt and visit.may(CancelReceipt) else ""
    response = RedirectResponse(f"{path_of(code)}?taken={receipt}", 303)
    put_notice(response, Notice(text, done.position, undo), visit.request)
    return response


def _of_answer(amount: Mapping[str, str]) -> str:
    return f"{amount['amount']} {amount['currency']}"


def _faults(error: BillingError | ValidationError) -> dict[str, str]:
    if isinstance(error, ValidationError):
        return {"": "; ".join(str(fault["msg"]) for fault in error.errors())}
    field = error.field if error.field in ("amount", "given", "invoice") else ""
    return {field: message_of(error) if field else said_of(error)}


def _filled_in(visit: Visit, desk: CashDeskNow) -> Taking:
    """What is typed so far, with who it is and what it would settle."""
    who, method = visit.first("who").strip(), visit.first("method") or "cash"
    if not who or desk.session is None:
        return Taking(method=method)
    payers = visit.ask(FindPayer, desk=desk.desk.code, text=who).items
    taking = Taking(who, payers, method=method, given=visit.first("given").strip())
    if len(payers) != 1:
        fault = {} if payers else {"who": visit.translated(N_("Nobody is found; try a number, an invoice or a name."))}
        return taking._replace(faults=fault)
    (payer,) = payers
    open_ = payer.payable if method == "cash" else payer.open
    typed = visit.first("amount").strip()
    amount = typed or (f"{open_.amount:f}" if open_ is not None and open_.amount > 0 else "")
    invoice = visit.first("invoice") or payer.invoice
    invoice = invoice if invoice in {item.invoice for item in payer.items} else ""
    return _previewed(visit, taking._replace(payer=payer, amount=amount, invoice=invoice))


def _previewed(visit: Visit, taking: Taking) -> Taking:
    payer = taking.payer
    if not taking.amount or payer is None:
        return taking
    try:
        amount = amount_typed(taking.amount)
        preview = visit.ask(PreviewPayment, account=payer.account, amount=amount, payment_reference=taking.invoice)
        given = amount_typed(taking.given) if taking.given else amount
        change = rounded(Decimal(given) - Decimal(amount), payer.open.currency) if taking.method == "cash" else None
    except BillingError as error:
        return taking._replace(faults={"amount": error.message})
    except (ValidationError, InvalidOperation):
        wrong = "given" if _is_number(taking.amount) else "amount"
        return taking._replace(faults={wrong: visit.translated(N_("Write an amount, as 1234.50."))})
    told = (payer.account, amount, taking.method, taking.invoice, *map(str, preview.settles))
    shown = hashlib.sha256(repr(told).encode()).hexdigest()[:16]
    return taking._replace(preview=preview, change=change, shown=shown)


def _is_number(typed: str) -> bool:
    try:
        return Decimal(amount_typed(typed)).is_finite()
    except InvalidOperation:
        return False


def _clock(visit: Visit) -> Callable[[datetime], str]:
    """The time of an instant of today, else its day with it."""
    zone = visit.door.zone()

    def told(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{local:%H:%M}" if local.date() == visit.today else f"{local:%m-%d %H:%M}"

    return told


def _prints(visit: Visit, desk: CashDeskNow, receipt: str) -> bool:
    """The browser prints what was just taken, unless the desk has a fiscal printer of its own."""
    return bool(receipt) and not desk.desk.printer and visit.may(ReadCashReceipt)


def _shown(visit: Visit, desk: CashDeskNow, taking: Taking, status: int = 200) -> Shown:
    code, receipt = desk.desk.code, visit.query.get("taken", "")
    receipts = visit.ask(ListCashReceipts, desk=code, limit=LAST).items
    lines = sorted(desk.lines, key=lambda line: (list(LINES).index(line.kind), line.method))
    values = {
        "desk": desk, "code": code, "path": path_of(code), "taking": taking, "receipts": receipts, "lines": lines,
        "kinds": LINES, "methods": METHODS, "clock": _clock(visit), "key": str(new_id()),
        "taken": receipt, "prints": _prints(visit, desk, receipt), **{struct.__name__: struct for struct in ACTS},
    }  # fmt: skip
    return Shown("cash/till.html", values, status)
