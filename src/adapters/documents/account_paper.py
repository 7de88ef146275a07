"""The statement of an account on paper: opening balance, every posting of the span, closing balance.

Decides what stands where, in the customer's language. A balance below zero is owed, as everywhere in the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from adapters.documents import page_grid as grid
from adapters.documents.house_paper import render_pages
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block
from adapters.languages.language import N_, Language, language_of
from billing_core.kernel.money import Money, zero

DAY, WHAT, AMOUNT, BALANCE = grid.columns(grid.LEFT, 24.0, 74.0, 28.0, 30.0)
CONTENT_BOTTOM = 272.0
KINDS: Mapping[str, str] = {
    "invoice": N_("Invoice"),
    "credit-note": N_("Credit note"),
    "payment": N_("Payment"),
    "payment-reversal": N_("Payment taken back"),
    "partial-reversal": N_("Part of a payment taken back"),
    "payment-moved-away": N_("Payment moved to another account"),
    "payment-moved-in": N_("Payment moved from another account"),
    "refund": N_("Refund"),
    "pay-out": N_("Credit paid out"),
    "write-off": N_("Written off"),
    "write-off-cancelled": N_("Write-off cancelled"),
}


class PaperRow(NamedTuple):
    """A posting: its kind as the read model names it, and the balance after it."""

    on: date
    kind: str
    reference: str
    due_on: date | None
    amount: Money
    balance: Money


class AccountPaper(NamedTuple):
    """What is printed. `recipient` are the lines of name and address."""

    language: str
    seller: str
    recipient: Sequence[str]
    account: str
    from_on: date
    to_on: date
    opening: Money
    charged: Money
    credited: Money
    closing: Money
    rows: Sequence[PaperRow]


def render_account_paper(paper: AccountPaper) -> bytes:
    """The statement as a PDF, the same bytes each time."""
    return render_pages(_title(paper), paper.seller, _laid_out(paper), paper.language)


def _title(paper: AccountPaper) -> str:
    return language_of(paper.language).gettext("Statement of account %(account)s", account=paper.account)


def _laid_out(paper: AccountPaper) -> Pages:
    language = language_of(paper.language)
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_seller(paper), grid.SELLER_TOP)
    pages.place(_recipient(paper), max(grid.WINDOW_TOP, pages.y + grid.GAP))
    pages.place(_head(paper, language), max(grid.TITLE_TOP, pages.y + grid.GAP))
    heading = _heading(language, paper.opening.currency)
    pages.place(heading)
    for block in _rows(paper, language):
        if not pages.has_room(block.height):
            pages.turn(_line(_title(paper)), heading)
        pages.place(block)
    summary = _summary(paper, language)
    if not pages.has_room(summary.height):
        pages.turn(_line(_title(paper)))
    pages.place(summary)
    return pages


def _seller(paper: AccountPaper) -> Block:
    block = Block()
    block.write(paper.seller, grid.SELLER, 0, grid.SELLER_NAME)
    return block


def _recipient(paper: AccountPaper) -> Block:
    block = Block()
    y, style = 0.0, grid.ADDRESS_NAME
    for line in paper.recipient:
        y, style = block.write(line, grid.WINDOW, y, style), grid.ADDRESS
    return block


def _head(paper: AccountPaper, language: Language) -> Block:
    block = Block()
    y = block.write(_title(paper), grid.FULL, 0, grid.TITLE)
    days = language.gettext(
        "%(first)s to %(last)s", first=language.date(paper.from_on), last=language.date(paper.to_on)
    )
    block.write(days, grid.FULL, y, grid.STRONG)
    block.leave(grid.GAP)
    return block


def _heading(language: Language, currency: str) -> Block:
    block = Block()
    y = block.write_in_one_line(language.gettext("Date"), DAY, 0, grid.LABEL)
    block.write_in_one_line(language.gettext("What"), WHAT, 0, grid.LABEL)
    block.write_in_one_line(f"{language.gettext('Amount')} {currency}", AMOUNT, 0, grid.LABEL, "right")
    block.write_in_one_line(f"{language.gettext('Balance')} {currency}", BALANCE, 0, grid.LABEL, "right")
    block.rule(grid.FULL, y, grid.STRONG_RULE_PT, grid.INK)
    return block


def _rows(paper: AccountPaper, language: Language) -> Iterator[Block]:
    yield _balance_row(language.date(paper.from_on), language.gettext("Opening balance"), language.moved(paper.opening))
    for row in paper.rows:
        block = Block()
        top = grid.ROW_PADDING
        block.write_in_one_line(language.date(row.on), DAY, top, grid.BODY)
        y = block.write(f"{language.gettext(KINDS[row.kind])} {row.reference}", WHAT, top, grid.BODY)
        if row.due_on is not None:
            block.write(language.gettext("due on %(day)s", day=language.date(row.due_on)), WHAT, y, grid.SMALL)
        block.write_in_one_line(language.moved(row.amount), AMOUNT, top, grid.BODY, "right")
        block.write_in_one_line(language.moved(row.balance), BALANCE, top, grid.BODY, "right")
        block.leave(grid.ROW_PADDING)
        block.rule(grid.FULL, block.height, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        yield block
    yield _balance_row(language.date(paper.to_on), language.gettext("Closing balance"), language.moved(paper.closing))


def _balance_row(day: str, what: str, balance: str) -> Block:
    block = Block()
    block.write_in_one_line(day, DAY, grid.ROW_PADDING, grid.STRONG)
    block.write_in_one_line(what, WHAT, grid.ROW_PADDING, grid.STRONG)
    block.write_in_one_line(balance, BALANCE, grid.ROW_PADDING, grid.STRONG, "right")
    block.leave(grid.ROW_PADDING)
    block.rule(grid.FULL, block.height, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    return block


def _summary(paper: AccountPaper, language: Language) -> Block:
    """What was charged and what was paid in the span, and what is owed at its end."""
    block = Block()
    y = grid.GAP
    sums = ((language.gettext("Charged"), paper.charged), (language.gettext("Paid and credited"), paper.credited))
    for name, amount in sums:
        block.write_in_one_line(name, grid.TOTAL_LABEL, y, grid.BODY)
        block.write_in_one_line(language.moved(amount), grid.TOTAL_AMOUNT, y, grid.BODY, "right")
        y += grid.BODY.leading
    owed = paper.closing < zero(paper.closing.currency)
    said = language.gettext("Owed at the end") if owed else language.gettext("In your favour at the end")
    block.rule(grid.SUMMARY, y + 1, grid.STRONG_RULE_PT, grid.INK)
    block.write_in_one_line(said, grid.TOTAL_LABEL, y + 2, grid.TOTAL_NAME)
    amount = -paper.closing if owed else paper.closing
    block.write_in_one_line(language.money(amount), grid.TOTAL_AMOUNT, y + 2, grid.TOTAL, "right")
    return block


def _line(text: str) -> Block:
    block = Block()
    block.write(text, grid.FULL, 0, grid.STRONG)
    block.leave(grid.GAP)
    return block
