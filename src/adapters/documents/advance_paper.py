"""A tax document on an advance, or a correction of one, on one page in the customer's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from adapters.documents import page_grid as grid
from adapters.documents.house_paper import render_pages
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block, Style
from adapters.languages.language import Language, language_of
from billing_core.invoicing.documents import DocumentParty
from billing_core.payments.advances import AdvanceCorrected, AdvanceDocument, AdvanceTaxed

CONTENT_BOTTOM = 272.0


class AdvancePaper(NamedTuple):
    """What is printed: the parties as they stood when it was issued, and the fact."""

    language: str
    seller: DocumentParty
    buyer: DocumentParty
    fact: AdvanceDocument


def render_advance(paper: AdvancePaper) -> bytes:
    """The document as a PDF, the same bytes each time."""
    say = language_of(paper.language)
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_party(paper.seller, grid.SELLER_NAME), grid.SELLER_TOP)
    pages.place(_party(paper.buyer, grid.ADDRESS_NAME), max(grid.WINDOW_TOP, pages.y + grid.GAP))
    pages.place(_head(paper, say), max(grid.TITLE_TOP, pages.y + grid.GAP))
    pages.place(_amounts(paper.fact, say))
    return render_pages(_title(paper.fact, say), paper.seller.name, pages, paper.language)


def _title(fact: AdvanceDocument, say: Language) -> str:
    if isinstance(fact, AdvanceCorrected):
        return say.gettext("Correction %(number)s of a tax document on an advance", number=fact.number)
    return say.gettext("Tax document %(number)s on an advance", number=fact.number)


def _party(party: DocumentParty, name: Style) -> Block:
    block = Block()
    y = block.write(party.name, grid.WINDOW, 0, name)
    ids = [f"{label} {number}" for label, number in party.legal_ids.items()]
    for line in (*party.address_lines, *ids):
        y = block.write(line, grid.WINDOW, y, grid.ADDRESS)
    return block


def _head(paper: AdvancePaper, say: Language) -> Block:
    block = Block()
    y = block.write(_title(paper.fact, say), grid.FULL, 0, grid.TITLE)
    for line in _facts(paper.fact, say):
        y = block.write(line, grid.FULL, y, grid.BODY)
    block.leave(grid.GAP)
    return block


def _facts(fact: AdvanceDocument, say: Language) -> Iterator[str]:
    yield say.gettext("Issued on %(day)s", day=say.date(fact.effective_on))
    if isinstance(fact, AdvanceTaxed):
        yield say.gettext("Money received on %(day)s, on which VAT is due", day=say.date(fact.tax_point_on))
    if isinstance(fact, AdvanceCorrected):
        yield say.gettext("Corrects document %(number)s", number=fact.corrects)
        yield say.gettext("VAT is corrected as of %(day)s", day=say.date(fact.tax_point_on))
        if fact.invoice:
            yield say.gettext("Invoice %(number)s used the money", number=fact.invoice)
        yield say.gettext("Reason: %(reason)s", reason=fact.reason)
    yield say.gettext("Account %(account)s, payment %(payment)s", account=fact.account, payment=fact.credit)


def _amounts(fact: AdvanceDocument, say: Language) -> Block:
    block = Block()
    y = grid.GAP
    rate = say.gettext("VAT %(rate)s percent", rate=f"{fact.vat_rate.normalize():f}")
    for name, amount in ((say.gettext("Without VAT"), fact.base), (rate, fact.vat)):
        block.write_in_one_line(name, grid.TOTAL_LABEL, y, grid.BODY)
        block.write_in_one_line(say.money(amount), grid.TOTAL_AMOUNT, y, grid.BODY, "right")
        y += grid.BODY.leading
    block.rule(grid.SUMMARY, y + 1, grid.STRONG_RULE_PT, grid.INK)
    block.write_in_one_line(say.gettext("With VAT"), grid.TOTAL_LABEL, y + 2, grid.TOTAL_NAME)
    block.write_in_one_line(say.money(fact.gross), grid.TOTAL_AMOUNT, y + 2, grid.TOTAL, "right")
    return block
