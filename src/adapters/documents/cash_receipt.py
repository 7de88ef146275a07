"""The receipt of a cash desk: narrow paper of 80 mm, as long as its content, in the customer's language.

Decides what stands where. A copy is marked as one, and a receipt that was cancelled says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from io import BytesIO
from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents.fonts import typeface
from adapters.documents.page_grid import HAIRLINE_INK, HAIRLINE_PT, INK, MUTED_INK
from adapters.documents.typesetting import Block, Column, Style, paint
from adapters.languages.language import N_, Language, language_of
from billing_core.parties.sellers import Seller
from projections.cash.receipts import CashReceiptRow

WIDTH, MARGIN, GAP = 80.0, 5.0, 2.5
FULL = Column(MARGIN, WIDTH - 2 * MARGIN)
LABEL = Column(MARGIN, 34.0)
VALUE = Column(MARGIN + 36.0, WIDTH - 2 * MARGIN - 36.0)
BODY = Style(8.5, 4.2, INK)
SMALL = Style(7, 3.4, MUTED_INK)
LABELS = SMALL._replace(leading=BODY.leading)  # on one baseline with the body
STRONG = BODY._replace(weight="semibold")
NAME = Style(10, 5.0, INK, "semibold")
TOTAL = Style(13, 6.6, INK, "semibold")

TITLES = {
    "taking": N_("Receipt"),
    "pay-out": N_("Pay-out"),
    "cancellation": N_("Cancellation of a receipt"),
    "hand-over": N_("Cash handed over"),
    "acceptance": N_("Cash accepted"),
    "deposit": N_("Deposit with the bank"),
    "return": N_("Cash returned to the till"),
}
METHODS = {"cash": N_("Cash"), "card": N_("Card"), "voucher": N_("Voucher")}
ABOUT = {
    "cancellation": N_("Cancels receipt"), "hand-over": N_("To desk"), "acceptance": N_("Handed over as"),
    "deposit": N_("Reference"), "return": N_("Receipt"),
}  # fmt: skip


class ReceiptPaper(NamedTuple):
    """A receipt as it is printed: what it says, where, by whom it is issued, and for whom."""

    receipt: CashReceiptRow
    branch: str
    seller: Seller
    customer: str
    zone: tzinfo
    language: str
    is_copy: bool = False


def render_receipt(paper: ReceiptPaper) -> bytes:
    """The receipt as a PDF of one page, the same bytes each time."""
    block = _laid_out(paper, language_of(paper.language))
    height = block.height + 2 * MARGIN
    file = BytesIO()
    canvas = Canvas(
        file, pagesize=(WIDTH * mm, height * mm), pageCompression=1, invariant=1, lang=paper.language,
        initialFontName=typeface("regular")[0].name,
    )  # fmt: skip
    canvas.setTitle(paper.receipt.receipt)
    canvas.setAuthor(paper.seller.name)
    paint(canvas, block, MARGIN, height)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _laid_out(paper: ReceiptPaper, say: Language) -> Block:
    row, block = paper.receipt, Block()
    y = _head(paper, block)
    y = _title(paper, say, block, y)
    for label, value in _facts(paper, say):
        block.write(label, LABEL, y, LABELS)
        y = block.write(value, VALUE, y, BODY)
    y = _rule(block, y)
    block.write(say.gettext("Amount"), LABEL, y + 1, STRONG)
    y = block.write_in_one_line(say.money(row.amount), VALUE, y, TOTAL, "right")
    if row.given is not None and row.change is not None and row.method == "cash":
        for label, amount in ((say.gettext("Given"), row.given), (say.gettext("Change"), row.change)):
            block.write(label, LABEL, y, BODY)
            y = block.write_in_one_line(say.money(amount), VALUE, y, BODY, "right")
    if row.fiscal_number:
        y = _rule(block, y)
        block.write(say.gettext("Fiscal number %(number)s", number=row.fiscal_number), FULL, y, SMALL)
    return block


def _head(paper: ReceiptPaper, block: Block) -> float:
    seller = paper.seller
    y = block.write(seller.name, FULL, 0, NAME)
    for line in seller.address.lines():
        y = block.write(line, FULL, y, SMALL)
    for label, number in seller.legal_ids.items():
        y = block.write(f"{label} {number}", FULL, y, SMALL)
    return _rule(block, block.write(paper.branch, FULL, y, SMALL))


def _title(paper: ReceiptPaper, say: Language, block: Block, y: float) -> float:
    row = paper.receipt
    y = block.write(f"{say.gettext(TITLES[row.kind])} {row.receipt}", FULL, y, NAME)
    if paper.is_copy:
        y = block.write(say.gettext("COPY"), FULL, y, STRONG)
    if row.cancelled_by:
        y = block.write(say.gettext("Cancelled by %(receipt)s", receipt=row.cancelled_by), FULL, y, STRONG)
    return y


def _facts(paper: ReceiptPaper, say: Language) -> Iterator[tuple[str, str]]:
    row = paper.receipt
    yield say.gettext("Business day"), say.date(row.business_day)
    yield say.gettext("Issued"), say.moment(row.at, paper.zone)
    if row.account:
        yield say.gettext("Customer"), paper.customer or row.customer
        yield say.gettext("Account"), row.account
    if row.settles:
        yield say.gettext("Settles"), row.settles
    if row.kind in ABOUT and row.about:
        yield say.gettext(ABOUT[row.kind]), row.about
    yield say.gettext("Paid by"), say.gettext(METHODS[row.method])
    if row.reason:
        yield say.gettext("Reason"), row.reason
    yield say.gettext("Cashier"), row.cashier


def _rule(block: Block, y: float) -> float:
    block.rule(FULL, y + GAP / 2, HAIRLINE_PT, HAIRLINE_INK)
    return y + GAP
