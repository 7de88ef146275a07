"""A contract or an annex on paper: the parties, numbered sections and paragraphs, the services, and room to sign.

Decides what stands where. The words are those of the template, filled in by `contract_content`. The paper is the same
before and after it was signed, so that what was signed can be printed again, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from adapters.documents import page_grid as grid
from adapters.documents.house_paper import render_pages
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block, Column, broken

CONTENT_BOTTOM = 272.0
NUMBER = Column(grid.LEFT, 9.0)
TEXT = Column(NUMBER.right, grid.RIGHT - NUMBER.right)
DASH = Column(TEXT.x, 4.0)
LISTED = Column(DASH.right, grid.RIGHT - DASH.right)
MARK = Column(grid.RIGHT - 40.0, 40.0)
TITLE = Column(grid.LEFT, MARK.x - grid.LEFT - grid.GUTTER)
SELLER, CUSTOMER = grid.columns(grid.LEFT, 81.0, 81.0)
FEE, PRICE = grid.columns(TEXT.x, 90.0, 63.0)
HEADING = grid.BODY._replace(size_pt=11, leading=5.6, weight="semibold")
ITEM = "- "
PARAGRAPH_GAP = 1.4
SIGNATURE_HEIGHT = 17.0
# A paragraph is broken over two pages only between so many lines.
MOST_LINES_TOGETHER = 8


class PaperParty(NamedTuple):
    """A party as it stands at the head: its role, its name, and lines below."""

    role: str
    name: str
    lines: Sequence[str]


class PaperFee(NamedTuple):
    """A fee with its price in words."""

    name: str
    price: str


class PaperService(NamedTuple):
    """A service with its facts in words, and its fees."""

    name: str
    facts: str
    fees: Sequence[PaperFee]


class PaperSection(NamedTuple):
    """A section as printed; `services` stand below its text."""

    heading: str
    paragraphs: Sequence[str]
    services: Sequence[PaperService] = ()


class Signing(NamedTuple):
    """What stands at one place for a signature: where and when, and who signs."""

    place_and_date: str
    role: str
    name: str


class ContractPaper(NamedTuple):
    """A contract or an annex as printed; `mark` says that it is a draft only."""

    language: str
    house: str
    title: str
    lead: str
    mark: str
    parties: tuple[PaperParty, PaperParty]
    sections: Sequence[PaperSection]
    signings: tuple[Signing, Signing]


# A block, and whether it stands on one page with the next one.
Placed = tuple[Block, bool]


def render_contract(paper: ContractPaper) -> bytes:
    """The paper as a PDF, the same bytes each time."""
    return render_pages(paper.title, paper.house, _laid_out(paper), paper.language)


def _laid_out(paper: ContractPaper) -> Pages:
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_head(paper), grid.SELLER_TOP)
    for number, section in enumerate(paper.sections, start=1):
        for together in _content(number, section):
            _place_together(pages, together)
    _place_together(pages, [_signatures(paper.signings)])
    return pages


def _place_together(pages: Pages, blocks: Sequence[Block]) -> None:
    """Place blocks that no page divides, such as a heading with the first paragraph below it."""
    if not pages.has_room(sum(block.height for block in blocks)):
        pages.turn()
    for block in blocks:
        pages.place(block)


def _head(paper: ContractPaper) -> Block:
    block = Block()
    y = block.write(paper.house, grid.FULL, 0, grid.SMALL)
    if paper.mark:
        block.write_in_one_line(paper.mark.upper(), MARK, y + 1, grid.STAMP_MARK, "right")
    y = block.write(paper.title, TITLE if paper.mark else grid.FULL, y + 1, grid.TITLE)
    if paper.lead:
        y = block.write(paper.lead, grid.FULL, y + 1, grid.BODY)
    y += grid.GAP
    block.rule(grid.FULL, y, grid.STRONG_RULE_PT, grid.INK)
    top = y + grid.ROW_PADDING + 1
    bottom = max(_party(block, party, column, top) for party, column in zip(paper.parties, (SELLER, CUSTOMER),
                                                                            strict=True))  # fmt: skip
    block.rule(grid.FULL, bottom + grid.ROW_PADDING + 1, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    return block


def _party(block: Block, party: PaperParty, column: Column, y: float) -> float:
    y = block.write(party.role, column, y, grid.LABEL)
    y = block.write(party.name, column, y, grid.ADDRESS_NAME)
    for line in party.lines:
        y = block.write(line, column, y, grid.DENSE_BODY)
    return y


def _heading(number: int, text: str) -> Block:
    block = Block()
    y = grid.GAP
    block.write(f"{number}.", NUMBER, y, HEADING)
    block.write(text, TEXT, y, HEADING)
    block.leave(PARAGRAPH_GAP)
    return block


def _content(number: int, section: PaperSection) -> Iterator[list[Block]]:
    """The blocks of a section, those in one list that no page divides: the heading with what follows, a paragraph with
    the first line of its list, a service with its first fee.
    """
    waiting = [_heading(number, section.heading)]
    for block, is_with_next in chain(_paragraphs(number, section.paragraphs), *map(_service, section.services)):
        waiting.append(block)
        if not is_with_next:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _paragraphs(section: int, paragraphs: Sequence[str]) -> Iterator[Placed]:
    """Each paragraph with its number, 2.1, 2.2 ...; the lines of a list have a dash instead."""
    number = 0
    for paragraph, following in pairwise([*paragraphs, ""]):
        if paragraph.startswith(ITEM):
            blocks = _lines(paragraph.removeprefix(ITEM), "\u2013", DASH, LISTED)
            yield from ((block, False) for block in blocks)
        else:
            number += 1
            *others, last = _lines(paragraph, f"{section}.{number}", NUMBER, TEXT)
            yield from ((block, False) for block in others)
            yield last, following.startswith(ITEM)


def _lines(text: str, mark: str, mark_column: Column, column: Column) -> Iterator[Block]:
    lines = broken(text, grid.BODY, column.width)
    for first in range(0, len(lines), MOST_LINES_TOGETHER):
        block = Block()
        if first == 0:
            block.write_in_one_line(mark, mark_column, 0, grid.BODY)
        y = 0.0
        for line in lines[first : first + MOST_LINES_TOGETHER]:
            y = block.write(line, column, y, grid.BODY)
        if first + MOST_LINES_TOGETHER >= len(lines):
            block.leave(PARAGRAPH_GAP)
        yield block


def _service(service: PaperService) -> Iterator[Placed]:
    head = Block()
    head.rule(TEXT, grid.ROW_PADDING, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    y = head.write(service.name, TEXT, 2 * grid.ROW_PADDING, grid.STRONG)
    head.write(service.facts, TEXT, y, grid.SMALL)
    yield head, bool(service.fees)
    for fee in service.fees:
        block = Block()
        block.write(fee.name, FEE, grid.DENSE_PADDING, grid.BODY)
        block.write_in_one_line(fee.price, PRICE, grid.DENSE_PADDING, grid.BODY, "right")
        yield block, False
    last = Block()
    last.leave(grid.ROW_PADDING)
    yield last, False


def _signatures(signings: tuple[Signing, Signing]) -> Block:
    """Two places to sign, next to each other, which no page divides."""
    block = Block()
    for signing, column in zip(signings, (SELLER, CUSTOMER), strict=True):
        line = Column(column.x, column.width - grid.GAP)
        y = 2 * grid.GAP + grid.SMALL.leading
        block.rule(line, y, grid.HAIRLINE_PT, grid.MUTED_INK)
        block.write(signing.place_and_date, line, y + 0.6, grid.SMALL)
        y += SIGNATURE_HEIGHT
        block.rule(line, y, grid.HAIRLINE_PT, grid.MUTED_INK)
        y = block.write(signing.role, line, y + 0.6, grid.SMALL)
        block.write(signing.name, line, y, grid.STRONG)
    return block
