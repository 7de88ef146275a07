"""Papers of a cash desk: receipts, copies of them, and the sheet of a day."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.responses import Response

from adapters.pages.documents.document import POLICY_OF_PDF
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.views.cash.receipts import PrintCashReceipt, ReadCashReceipt
from adapters.views.cash.sheets import PrintCashSheet, WriteCashSheet


def _receipt(copy: bool) -> Callable[[Visit], Response]:
    def paper(visit: Visit) -> Response:
        found = visit.ask(PrintCashReceipt, receipt=visit.path["receipt"], as_copy=copy)
        return _pdf(found.content, visit.path["receipt"])

    return paper


def _to_print(visit: Visit) -> Shown:
    """A receipt for the roll of a printer; the browser prints it as soon as it is there."""
    receipt = visit.path["receipt"]
    return Shown("cash/receipt.html", {"receipt": receipt, "text": visit.ask(ReadCashReceipt, receipt=receipt)},
                 is_framed=True)  # fmt: skip


def _sheet(visit: Visit) -> Response:
    desk, on = visit.path["desk"], visit.path["on"]
    return _pdf(visit.ask(PrintCashSheet, desk=desk, on=on).content, f"{desk}-{on}")


def _csv(visit: Visit) -> Response:
    desk, on = visit.path["desk"], visit.path["on"]
    found = visit.ask(WriteCashSheet, desk=desk, on=on)
    headers = {"Content-Disposition": f'attachment; filename="{quote(f"{desk}-{on}")}.csv"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _pdf(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="{quote(name)}.pdf"', "Content-Security-Policy": POLICY_OF_PDF
    }  # fmt: skip
    return Response(content, media_type="application/pdf", headers=headers)


PAGES = (
    Page("/cash/receipts/{receipt}/paper", _receipt(copy=False), PrintCashReceipt),
    Page("/cash/receipts/{receipt}/print", _to_print, ReadCashReceipt),
    Page("/cash/receipts/{receipt}/copy", _receipt(copy=True), PrintCashReceipt),
    Page("/cash/desks/{desk}/sheets/{on}", _sheet, PrintCashSheet),
    Page("/cash/desks/{desk}/sheets/{on}/csv", _csv, WriteCashSheet),
)
