"""The blocks of a printed document, each set by one function: seller, window, title, totals, payment.

Decides what a block holds and how it is arranged inside; `page_grid` has the measures, `pdf` stacks the blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.documents import page_grid as grid
from adapters.documents.payment_qr import BANKING_STANDARDS, is_payable, payment_payload, qr_modules
from adapters.documents.texts import Texts, settled_amount
from adapters.documents.typesetting import Block, Box, Column, Modules, Style
from billing_core.invoicing.documents import Document, DocumentParty

Fact = tuple[str, str]


def seller(party: DocumentParty) -> Block:
    """The head of the first page: name and address on the left, legal ids and contacts on the right."""
    block = Block()
    y = block.write(party.name, grid.SELLER, 0, grid.SELLER_NAME)
    for address_line in party.address_lines:
        y = block.write(address_line, grid.SELLER, y, grid.SMALL)
    y = grid.SELLER_NAME.leading - grid.SMALL.leading  # level with the name
    for label, value in party.legal_ids.items():
        y = block.write(f"{label} {value}", grid.SIDE, y, grid.SMALL)
    for contact in (party.email, party.phone):
        y = block.write(contact or "", grid.SIDE, y, grid.SMALL)
    return block


def buyer(document: Document) -> Block:
    """The contents of the envelope's window: the sender in small type, and the buyer's address."""
    block = Block()
    sender = " \u00b7 ".join([document.seller.name, *document.seller.address_lines])
    y = block.write(sender, grid.WINDOW, 0, grid.SENDER)
    block.rule(grid.WINDOW, y, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    y = block.write(document.buyer.name, grid.WINDOW, y + grid.ROW_PADDING, grid.ADDRESS_NAME)
    for address_line in document.buyer.address_lines:
        y = block.write(address_line, grid.WINDOW, y, grid.ADDRESS)
    return block


def facts(document: Document, words: Texts) -> Block:
    """Dates, references and the buyer's legal ids, to the right of the window."""
    entries = [
        (words.label("issued_on"), words.date(document.issued_on)),
        (words.label("tax_point_on"), words.date(document.tax_point_on)),
    ]
    if is_payable(document):
        entries.append((words.label("due_on"), words.date(document.due_on)))
        entries.append((words.reference_label(document), document.payment_reference))
    entries.append((words.label("account"), document.account))
    entries.extend(words.about(document))
    if document.corrects:
        entries.append((words.label("corrected_document"), document.corrects))
        entries.append((words.label("reason"), words.label("corrected_amounts")))
    entries.extend(document.buyer.legal_ids.items())
    block = Block()
    _write_facts(block, entries, grid.SIDE_LABEL, grid.SIDE_VALUE, 0)
    return block


def _write_facts(block: Block, entries: Iterable[Fact], labels: Column, values: Column, y: float) -> float:
    """Labels and values in two columns; the place of the next line."""
    for label, value in entries:
        label_bottom = block.write(label, labels, y, grid.LABEL)
        y = max(label_bottom, block.write(value, values, y, grid.BODY))
    return y


def title(document: Document, words: Texts, copy: bool) -> Block:
    block = Block()
    block.write(words.title(document), grid.TITLE_BESIDE_STAMP if copy else grid.FULL, 0, grid.TITLE)
    if copy:
        _write_stamp(block, words, (grid.TITLE.leading - grid.STAMP_MARK.leading) / 2)
    block.leave(grid.GAP)
    return block


def running_head(document: Document, words: Texts, copy: bool) -> Block:
    """The top of every page after the first: which document the page belongs to."""
    block = Block()
    block.write(words.title(document), grid.RUNNING_TITLE, 0, grid.STRONG)
    block.write(document.seller.name, grid.RUNNING_SELLER, 0, grid.LABEL)
    if copy:
        _write_stamp(block, words, 0)
    block.leave(grid.GAP)
    return block


def _write_stamp(block: Block, words: Texts, y: float) -> None:
    frame = Box(grid.STAMP, y, grid.STAMP_MARK.leading, grid.CORNER_RADIUS, stroke=grid.INK, fill=None)
    block.add(frame)
    block.write_in_one_line(words.label("copy_mark"), grid.STAMP, y, grid.STAMP_MARK, "center")


def summary(document: Document, words: Texts) -> Block:
    """VAT per rate, their sum if there are several rates, and the total."""
    block = Block()
    y = _write_summary_row(
        block, [words.label(name) for name in ("vat_rate", "base", "vat", "gross")], grid.GAP, grid.LABEL
    )
    block.rule(grid.SUMMARY, y, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    y += grid.ROW_PADDING / 2
    for tax in document.taxes:
        amounts = [words.number(amount) for amount in (tax.base, tax.vat, tax.base + tax.vat)]
        y = _write_summary_row(block, [words.rate(tax.rate), *amounts], y, grid.BODY)
    if len(document.taxes) > 1:
        amounts = [words.number(amount) for amount in (document.net, document.vat, document.gross)]
        y = _write_summary_row(block, [words.label("sum"), *amounts], y, grid.STRONG)
    y += grid.ROW_PADDING
    block.rule(grid.SUMMARY, y, grid.STRONG_RULE_PT, grid.INK)
    y += grid.ROW_PADDING / 2
    block.write_in_one_line(words.total(document), grid.TOTAL_LABEL, y, grid.TOTAL_NAME)
    y = block.write_in_one_line(words.money(settled_amount(document)), grid.TOTAL_AMOUNT, y, grid.TOTAL, "right")
    for label, amount in words.settled(document):
        block.write_in_one_line(label, grid.TOTAL_LABEL, y, grid.BODY)
        y = block.write_in_one_line(amount, grid.TOTAL_AMOUNT, y, grid.BODY, "right")
    block.leave(grid.GAP)
    return block


def _write_summary_row(block: Block, cells: list[str], y: float, style: Style) -> float:
    rate, *amounts = cells
    block.write_in_one_line(rate, grid.SUMMARY_RATE, y, style)
    for amount, column in zip(amounts, (grid.SUMMARY_BASE, grid.SUMMARY_VAT, grid.SUMMARY_GROSS), strict=True):
        block.write_in_one_line(amount, column, y, style, "right")
    return y + style.leading


def payment(document: Document, words: Texts) -> Block:
    """How to pay, with the code to scan; or the sentence that there is nothing to pay."""
    payload = payment_payload(document)
    column = grid.PANEL_BESIDE_QR if payload else grid.PANEL
    content = Block()
    y = content.write(words.settlement(document), column, grid.PANEL_PADDING, grid.STRONG)
    if is_payable(document):
        entries = _payment_facts(document, words)
        y = _write_facts(content, entries, grid.PAYMENT_LABEL, grid.PAYMENT_VALUE, y + grid.ROW_PADDING)
        content.write(words.label("reference_note"), column, y + grid.ROW_PADDING, grid.SMALL)
    if payload:
        caption = "scan_to_pay" if document.gross.currency in BANKING_STANDARDS else "scan_to_read"
        _write_code(content, payload, words.label(caption))
    content.leave(grid.PANEL_PADDING)
    panel = Block()
    panel.add(Box(grid.FULL, 0, content.height, grid.CORNER_RADIUS, stroke=None, fill=grid.PANEL_INK))
    panel.add(*content.marks)
    return panel


def _payment_facts(document: Document, words: Texts) -> list[Fact]:
    entries = [(words.reference_label(document), document.payment_reference)]
    if document.bank:
        entries = [
            (words.label("payee"), document.seller.name),
            (words.label("iban"), in_fours(document.bank.iban)),
            (words.label("bic"), document.bank.bic or ""),
            *entries,
        ]
    return [(label, value) for label, value in entries if value]


def in_fours(iban: str) -> str:
    """An IBAN as people read it, in groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _write_code(block: Block, payload: str, caption: str) -> None:
    """The QR code on white, with the quiet zone that readers need."""
    modules = qr_modules(payload)
    quiet = grid.QR.width * grid.QR_QUIET_MODULES / (len(modules) + 2 * grid.QR_QUIET_MODULES)
    inner = Column(grid.QR.x + quiet, grid.QR.width - 2 * quiet)
    y = grid.PANEL_PADDING
    block.add(Box(grid.QR, y, grid.QR.width, grid.CORNER_RADIUS, stroke=None, fill=grid.WHITE))
    block.add(Modules(inner, y + quiet, modules, grid.BLACK))
    block.write_in_one_line(caption, grid.QR, y + grid.QR.width, grid.LABEL, "center")


def footer(document: Document, words: Texts) -> Block:
    block = Block()
    block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    y = grid.ROW_PADDING
    for line in words.footer(document).splitlines():
        y = block.write(line, grid.FOOTER, y, grid.FOOTNOTE)
    return block


def page_number(text: str) -> Block:
    block = Block()
    block.write_in_one_line(text, grid.PAGE_NUMBER, grid.ROW_PADDING, grid.FOOTNOTE, "right")
    return block
