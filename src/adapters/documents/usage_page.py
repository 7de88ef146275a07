"""A month's usage of an account on paper, for the customer who asks what a bill is made of.

Decides what stands where; the words are English, as on the screens of the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from adapters.documents import page_grid as grid
from adapters.documents.house_paper import render_pages
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block

WHAT, RECORDS, AMOUNT = grid.columns(grid.LEFT, 74.0, 25.0, 60.0)
CONTENT_BOTTOM = 272.0


class UsageDay(NamedTuple):
    """How many records a day had, and how much they are in words."""

    on: date
    records: int
    amount: str


class UsageService(NamedTuple):
    """A service with its days."""

    name: str
    amount: str
    records: int
    days: Sequence[UsageDay]


class UsageCost(NamedTuple):
    """What records to a destination cost, in words, before the sum of a line is rounded."""

    destination: str
    records: int
    amount: str


class UsagePage(NamedTuple):
    """The usage of an account in a month; `costs` is what records cost that have a price each."""

    house: str
    account: str
    from_on: date
    to_on: date
    late: int
    services: Sequence[UsageService]
    costs: Sequence[UsageCost] = ()


def render_usage_page(page: UsagePage) -> bytes:
    """The page as a PDF, the same bytes each time; with many services it is more than one."""
    return render_pages(_title(page), page.house, _laid_out(page))


def _title(page: UsagePage) -> str:
    return f"Usage of account {page.account} in {page.from_on:%B %Y}"


def _laid_out(page: UsagePage) -> Pages:
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_head(page), grid.SELLER_TOP)
    of_services = (block for service in page.services for block in _service(service))
    for block in (*_costs(page.costs), *of_services):
        if not pages.has_room(block.height):
            pages.turn(_line(_title(page)))
        pages.place(block)
    return pages


def _head(page: UsagePage) -> Block:
    block = Block()
    y = block.write(page.house, grid.FULL, 0, grid.SMALL)
    y = block.write(_title(page), grid.FULL, y + 1, grid.TITLE)
    if not page.services:
        y = block.write("Nothing was used.", grid.FULL, y, grid.STRONG)
    if page.late:
        records = "record" if page.late == 1 else "records"
        said = f"{page.late:,} {records} came when the month was over; what was billed after it says so on its line."
        block.write(said, grid.FULL, y, grid.BODY)
    block.leave(grid.GAP)
    return block


def _service(service: UsageService) -> Iterator[Block]:
    """The sum of a service, then its days."""
    head = Block()
    head.rule(grid.FULL, 0, grid.STRONG_RULE_PT, grid.INK)
    _row(head, service.name, service.records, service.amount, is_sum=True)
    yield head
    for day in service.days:
        block = Block()
        block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        _row(block, f"{day.on:%A} {day.on}", day.records, day.amount, is_sum=False)
        yield block
    last = Block()
    last.leave(grid.GAP)
    yield last


def _costs(costs: Sequence[UsageCost]) -> Iterator[Block]:
    """What each destination costs, the dearest first."""
    if not costs:
        return
    yield _line("Cost by destination, before rounding and without VAT that comes on top")
    for cost in costs:
        block = Block()
        block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        _row(block, cost.destination, cost.records, cost.amount, is_sum=False)
        yield block
    last = Block()
    last.leave(grid.GAP)
    yield last


def _row(block: Block, what: str, records: int, amount: str, *, is_sum: bool) -> None:
    style = grid.STRONG if is_sum else grid.DENSE_BODY
    top = grid.DENSE_PADDING
    block.write_in_one_line(what, WHAT, top, style)
    block.write_in_one_line(f"{records:,}", RECORDS, top, style, "right")
    block.write_in_one_line(amount, AMOUNT, top, style, "right")
    block.leave(grid.DENSE_PADDING)


def _line(text: str) -> Block:
    block = Block()
    block.write(text, grid.FULL, 0, grid.STRONG)
    block.leave(grid.GAP)
    return block
