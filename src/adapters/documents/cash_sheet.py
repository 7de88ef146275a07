"""The sheet of a desk's business day on paper: each session with float, movements, count, variance and receipts.

Decides what stands where; the words are English, as on the other papers of the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from typing import NamedTuple

from adapters.documents import page_grid as grid
from adapters.documents.house_paper import render_pages
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block, Column
from adapters.languages.language import language_of
from billing_core.cash.desks import CashDesk
from billing_core.kernel.money import Money
from projections.cash.receipts import CashReceiptRow
from projections.cash.tills import CashSessionRow, TillLine

CONTENT_BOTTOM = 272.0
WHAT, COUNT, AMOUNT, TILL = grid.columns(grid.LEFT, 84.0, 16.0, 28.0, 28.0)
TIME, RECEIPT, ABOUT, HOW, SAID, CASH = grid.columns(grid.LEFT, 12.0, 24.0, 54.0, 16.0, 22.0, 22.0)
VALUE, PIECES, WORTH = grid.columns(grid.LEFT, 24.0, 18.0, 28.0)
SIGN_LEFT, SIGN_RIGHT = grid.columns(grid.LEFT, 70.0, 70.0)
LINES = {
    "taking": "Taken", "cancellation": "Cancelled", "pay-out": "Paid out", "hand-over": "Handed over",
    "acceptance": "Accepted from other desks", "deposit": "Deposited with the bank", "return": "Returned to the till",
}  # fmt: skip
_words = language_of("en")


class SheetSession(NamedTuple):
    """A session as the sheet shows it; `till` is what should be in it."""

    session: CashSessionRow
    lines: Sequence[TillLine]
    till: Money
    receipts: Sequence[CashReceiptRow]


class DaySheet(NamedTuple):
    """The business day of a desk; times are shown in `zone`."""

    house: str
    desk: CashDesk
    on: date
    sessions: Sequence[SheetSession]
    zone: tzinfo


def render_cash_sheet(sheet: DaySheet) -> bytes:
    """The sheet as a PDF, the same bytes each time."""
    title = f"Cash desk {sheet.desk.code}, {sheet.on}"
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_head(sheet), grid.SELLER_TOP)
    if not sheet.sessions:
        pages.place(_line("No session was open on this day."))
    for session in sheet.sessions:
        for block in _blocks(session, sheet.zone):
            if not pages.has_room(block.height):
                pages.turn(_line(title))
            pages.place(block)
    return render_pages(title, sheet.house, pages)


def _head(sheet: DaySheet) -> Block:
    block = Block()
    y = block.write(sheet.house, grid.FULL, 0, grid.SMALL)
    y = block.write(f"Cash desk {sheet.desk.branch}, {sheet.on:%A} {sheet.on}", grid.FULL, y + 1, grid.TITLE)
    facts = f"Desk {sheet.desk.code}, receipts {sheet.desk.series}, amounts in {sheet.desk.currency}"
    block.write(facts, grid.FULL, y, grid.BODY)
    block.leave(grid.GAP)
    return block


def _blocks(shown: SheetSession, zone: tzinfo) -> Iterator[Block]:
    """Session, movements, count, receipts, and where it is signed."""
    yield _session_head(shown.session, zone)
    yield from _movements(shown)
    if shown.session.count:
        yield from _count(shown.session)
    yield _receipt_head()
    for receipt in shown.receipts:
        yield _receipt(receipt, zone)
    yield _signatures(shown.session)


def _session_head(session: CashSessionRow, zone: tzinfo) -> Block:
    block = Block()
    y = block.write(f"Session {session.session}", grid.FULL, 0, grid.SELLER_NAME)
    opened = f"opened {session.opened_at.astimezone(zone):%H:%M} by {session.cashier}"
    closed = "not counted yet"
    if session.closed_at is not None:
        closed = f"counted {session.closed_at.astimezone(zone):%Y-%m-%d %H:%M} by {session.closed_by}"
    block.write(f"{opened}, {closed}", grid.FULL, y, grid.SMALL)
    block.leave(grid.ROW_PADDING)
    return block


def _movements(shown: SheetSession) -> Iterator[Block]:
    """Float, what came in and went out by kind and method, what should be there, and what was counted."""
    session = shown.session
    yield _row("", "receipts", "amount", "till", is_head=True)
    yield _row("Float", "", "", _signed(session.float))
    if session.float != session.offered:
        yield _row(f"of it other than the {_amount(session.offered)} left by the last count: {session.float_reason}",
                   "", _signed(session.float - session.offered), "")  # fmt: skip
    for line in sorted(shown.lines, key=lambda line: (list(LINES).index(line.kind), line.method)):
        method = "" if line.method == "cash" else f", by {line.method}"
        what = LINES[line.kind] + (", in cash" if line.kind == "taking" and not method else method)
        till = _signed(line.cash) if line.cash.amount else ""
        yield _row(what, str(line.receipts), _amount(line.amount), till)
    yield _row("Should be in the till", "", "", _amount(shown.till), is_sum=True)
    if session.counted is not None and session.variance is not None:
        yield _row("Counted", "", "", _amount(session.counted))
        said = f": {session.reason}" if session.reason else ""
        yield _row(f"Variance{said}", "", "", _signed(session.variance), is_sum=True)


def _row(what: str, count: str, amount: str, till: str, *, is_head: bool = False, is_sum: bool = False) -> Block:
    block = Block()
    style = grid.LABEL if is_head else grid.STRONG if is_sum else grid.BODY
    if is_sum:
        block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.INK)
    for text, column in ((count, COUNT), (amount, AMOUNT), (till, TILL)):
        block.write_in_one_line(text, column, grid.DENSE_PADDING, style, "right")
    block.write(what, WHAT, grid.DENSE_PADDING, style)
    block.leave(grid.DENSE_PADDING)
    return block


def _count(session: CashSessionRow) -> Iterator[Block]:
    yield _line("Notes and coins", grid.GAP)
    for pieces in session.count:
        block = Block()
        worth = Money(pieces.value * pieces.count, session.float.currency)
        cells = ((f"{pieces.value:f}", VALUE), (f"× {pieces.count}", PIECES), (_amount(worth), WORTH))
        for text, column in cells:
            block.write_in_one_line(text, column, 0, grid.DENSE_BODY, "right")
        yield block


def _receipt_head() -> Block:
    block = Block()
    headings: Sequence[tuple[str, Column]] = (
        ("Time", TIME), ("Receipt", RECEIPT), ("For", ABOUT), ("How", HOW), ("Amount", SAID), ("Till", CASH)
    )  # fmt: skip
    for text, column in headings:
        align = "right" if column in (SAID, CASH) else "left"
        block.write_in_one_line(text, column, grid.GAP, grid.LABEL, align)  # type: ignore[arg-type]
    block.rule(grid.FULL, block.height, grid.STRONG_RULE_PT, grid.INK)
    return block


def _receipt(row: CashReceiptRow, zone: tzinfo) -> Block:
    block = Block()
    top = grid.DENSE_PADDING
    block.write_in_one_line(f"{row.at.astimezone(zone):%H:%M}", TIME, top, grid.DENSE_BODY)
    y = block.write_in_one_line(row.receipt, RECEIPT, top, grid.DENSE_BODY)
    if row.cancelled_by:
        block.write_in_one_line(f"cancelled: {row.cancelled_by}", RECEIPT, y, grid.DENSE_SMALL)
    y = block.write(_about(row), ABOUT, top, grid.DENSE_BODY)
    if row.reason:
        block.write(row.reason, ABOUT, y, grid.DENSE_SMALL)
    block.write_in_one_line(row.method, HOW, top, grid.DENSE_BODY)
    block.write_in_one_line(_amount(row.amount), SAID, top, grid.DENSE_BODY, "right")
    cash = _signed(row.cash) if row.cash.amount else ""
    block.write_in_one_line(cash, CASH, top, grid.DENSE_BODY, "right")
    block.leave(grid.DENSE_PADDING)
    block.rule(grid.FULL, block.height, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    return block


def _about(row: CashReceiptRow) -> str:
    """What a receipt was for, in a few words."""
    second = f", with {row.with_whom}" if row.with_whom else ""
    said = {
        "taking": f"account {row.account}" + (f", invoice {row.invoice}" if row.invoice else ""),
        "pay-out": f"paid out, credit of account {row.account}" if row.account else "paid out",
        "cancellation": f"cancels {row.about}{second}",
        "hand-over": f"handed to desk {row.about}" + (f", for {row.with_whom}" if row.with_whom else ""),
        "acceptance": f"accepted {row.about} from desk {row.with_whom}",
        "deposit": f"deposit {row.about}, account {row.with_whom}",
        "return": f"returned, of {row.about}",
    }
    return said[row.kind]


def _signatures(session: CashSessionRow) -> Block:
    block = Block()
    top = 3 * grid.GAP
    for column, who in ((SIGN_LEFT, f"Cashier {session.closed_by or session.cashier}"), (SIGN_RIGHT, "Checked by")):
        block.rule(column, top, grid.HAIRLINE_PT, grid.INK)
        block.write(who, column, top + grid.DENSE_PADDING, grid.SMALL)
    block.leave(grid.GAP)
    return block


def _line(text: str, above: float = 0.0) -> Block:
    block = Block()
    block.write(text, grid.FULL, above, grid.STRONG)
    block.leave(grid.ROW_PADDING)
    return block


def _amount(money: Money) -> str:
    return _words.amount(money)


def _signed(money: Money) -> str:
    """An amount with its sign, and a real minus."""
    return f"+{_amount(money)}" if money.amount > 0 else _amount(money)
