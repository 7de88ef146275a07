"""One invoice or credit note: its lines with what explains them, and the document itself as PDF."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from adapters.pages.lists import State
from adapters.pages.page import N_, Page, Shown
from adapters.pages.visit import Visit
from adapters.views.billing import PrintInvoice, ReadInvoice, ShowInvoice
from billing_core.kernel.spans import ONE_DAY

# The browser's own reader shows a PDF in a page that it makes itself, with styles in it; nothing else may be loaded.
POLICY_OF_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


def state_of_document(row: Any) -> State:
    """Paid or open; until when it is to be paid stands next to it."""
    if row.kind == "credit-note":
        return State(N_("Credit note"), "calm")
    if row.open_amount.amount <= 0:
        return State(N_("Paid"), "good")
    return State(N_("Open"), "info")


def document(visit: Visit) -> Shown:
    """A document as it is printed, with what explains each line and what is still open."""
    number = visit.path["number"]
    row, printed = visit.ask(ShowInvoice, number=number), visit.ask(ReadInvoice, number=number)
    is_late = row.kind == "invoice" and row.open_amount.amount > 0 and row.due_on < visit.today
    shown = {"row": row, "printed": printed, "is_late": is_late, "one_day": ONE_DAY}
    return Shown("documents/document.html", shown)


def pdf(visit: Visit) -> Response:
    """The document itself, to be opened in the browser; `?copy=1` marks it as a copy."""
    number = visit.path["number"]
    file = visit.ask(PrintInvoice, number=number, as_copy=visit.query.get("copy") == "1")
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in number)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Content-Security-Policy": POLICY_OF_PDF}
    return Response(file.content, media_type=file.media_type, headers=headers)


PAGES = (
    Page("/documents/{number}", document, ReadInvoice),
    Page("/documents/{number}/pdf", pdf, PrintInvoice),
)
