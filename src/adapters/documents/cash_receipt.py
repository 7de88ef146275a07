"""The receipt of a cash desk: narrow paper of 80 mm, as long as its content, in the customer's language.

Decides what stands where. A copy is marked as one, and a receipt that was cancelled says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from io import BytesIO
from typing import NamedTuple

import msgspec
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


class ReceiptLine(msgspec.Struct, frozen=True):
    """A line with its name and its value."""

    name: str
    value: str


class ReceiptText(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a receipt, from top to bottom, in the language in which it is printed."""

    language: str
    seller: str
    seller_lines: list[str]
    title: str
    marks: list[str]
    facts: list[ReceiptLine]
    amount: ReceiptLine
    sums: list[ReceiptLine]
    fiscal_number: str


def receipt_text(paper: ReceiptPaper) -> ReceiptText:
    """The words and amounts of a receipt."""
    row, say = paper.receipt, language_of(paper.language)
    marks = [say.gettext("COPY")] if paper.is_copy else []
    if row.cancelled_by:
        marks.append(say.gettext("Cancelled by %(receipt)s", receipt=row.cancelled_by))
    sums = []
    if row.given is not None and row.change is not None and row.method == "cash":
        pairs = ((say.gettext("Given"), row.given), (say.gettext("Change"), row.change))
        sums = [ReceiptLine(name, say.money(amount)) for name, amount in pairs]
    fiscal = say.gettext("Fiscal number %(number)s", number=row.fiscal_number) if row.fiscal_number else ""
    return ReceiptText(
        language=paper.language, seller=paper.seller.name, seller_lines=list(_seller_lines(paper)),
        title=f"{say.gettext(TITLES[row.kind])} {row.receipt}", marks=marks,
        facts=[ReceiptLine(name, value) for name, value in _facts(paper, say)],
        amount=ReceiptLine(say.gettext("Amount"), say.money(row.amount)), sums=sums, fiscal_number=fiscal,
    )  # fmt: skip


def render_receipt(paper: ReceiptPaper) -> bytes:
    """The receipt as a PDF of one page, the same bytes each time."""
    block = _laid_out(receipt_text(paper))
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


def _laid_out(text: ReceiptText) -> Block:
    block = Block()
    y = _title(text, block, _head(text, block))
    for line in text.facts:
        block.write(line.name, LABEL, y, LABELS)
        y = block.write(line.value, VALUE, y, BODY)
    y = _rule(block, y)
    block.write(text.amount.name, LABEL, y + 1, STRONG)
    y = block.write_in_one_line(text.amount.value, VALUE, y, TOTAL, "right")
    for line in text.sums:
        block.write(line.name, LABEL, y, BODY)
        y = block.write_in_one_line(line.value, VALUE, y, BODY, "right")
    if text.fiscal_number:
        block.write(text.fiscal_number, FULL, _rule(block, y), SMALL)
    return block


def _head(text: ReceiptText, block: Block) -> float:
    y = block.write(text.seller, FULL, 0, NAME)
    for line in text.seller_lines:
        y = block.write(line, FULL, y, SMALL)
    return _rule(block, y)


def _title(text: ReceiptText, block: Block, y: float) -> float:
    y = block.write(text.title, FULL, y, NAME)
    for mark in text.marks:
        y = block.write(mark, FULL, y, STRONG)
    return y


def _seller_lines(paper: ReceiptPaper) -> Iterator[str]:
    yield from paper.seller.address.lines()
    yield from (f"{label} {number}" for label, number in paper.seller.legal_ids.items())
    yield paper.branch


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
