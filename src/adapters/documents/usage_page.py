"""A month's usage of an account on paper, for the customer who asks what a bill is made of.

Decides what stands where, in the customer's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from adapters.documents import page_grid as grid
from adapters.documents.house_paper import render_pages
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block
from adapters.languages.language import Language, language_of

WHAT, RECORDS, AMOUNT = grid.columns(grid.LEFT, 74.0, 25.0, 60.0)
CONTENT_BOTTOM = 272.0


class Used(Protocol):
    """How much was used of something: of calls the seconds, of data the bytes, else a quantity."""

    @property
    def kind(self) -> str: ...
    @property
    def seconds(self) -> int: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def bytes_in(self) -> int: ...
    @property
    def bytes_out(self) -> int: ...


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

    language: str
    house: str
    account: str
    from_on: date
    to_on: date
    late: int
    services: Sequence[UsageService]
    costs: Sequence[UsageCost] = ()


def render_usage_page(page: UsagePage) -> bytes:
    """The page as a PDF, the same bytes each time; with many services it is more than one."""
    return render_pages(_title(page), page.house, _laid_out(page), page.language)


def used_words(used: Used, language: Language) -> str:
    """How much was used, in the unit of its kind: `1:02:03`, `7.5 MB down, 0.5 MB up`, `3`."""
    if used.kind == "call":
        return str(timedelta(seconds=used.seconds))
    if used.kind == "data":
        down, up = (language.decimal(Decimal(count) / 10**6, 1) for count in (used.bytes_in, used.bytes_out))
        return language.gettext("%(down)s MB down, %(up)s MB up", down=down, up=up)
    return language.number(used.quantity)


def _title(page: UsagePage) -> str:
    language = language_of(page.language)
    month = language.month(page.from_on)
    return language.gettext("Usage of account %(account)s: %(month)s", account=page.account, month=month)


def _laid_out(page: UsagePage) -> Pages:
    language = language_of(page.language)
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_head(page, language), grid.SELLER_TOP)
    of_services = (block for service in page.services for block in _service(service, language))
    for block in (*_costs(page.costs, language), *of_services):
        if not pages.has_room(block.height):
            pages.turn(_line(_title(page)))
        pages.place(block)
    return pages


def _head(page: UsagePage, language: Language) -> Block:
    block = Block()
    y = block.write(page.house, grid.FULL, 0, grid.SMALL)
    y = block.write(_title(page), grid.FULL, y + 1, grid.TITLE)
    if not page.services:
        y = block.write(language.gettext("Nothing was used."), grid.FULL, y, grid.STRONG)
    if page.late:
        said = language.ngettext(
            "%(num)s record came when the month was over; what was billed after it says so on its line.",
            "%(num)s records came when the month was over; what was billed after it says so on its line.",
            page.late,
        )
        block.write(said, grid.FULL, y, grid.BODY)
    block.leave(grid.GAP)
    return block


def _service(service: UsageService, language: Language) -> Iterator[Block]:
    """The sum of a service, then its days."""
    head = Block()
    head.rule(grid.FULL, 0, grid.STRONG_RULE_PT, grid.INK)
    _row(head, service.name, language.number(service.records), service.amount, is_sum=True)
    yield head
    for day in service.days:
        block = Block()
        block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        _row(block, language.weekday(day.on), language.number(day.records), day.amount, is_sum=False)
        yield block
    last = Block()
    last.leave(grid.GAP)
    yield last


def _costs(costs: Sequence[UsageCost], language: Language) -> Iterator[Block]:
    """What each destination costs, the dearest first."""
    if not costs:
        return
    yield _line(language.gettext("Cost by destination, before rounding and without VAT that comes on top"))
    for cost in costs:
        block = Block()
        block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        _row(block, cost.destination, language.number(cost.records), cost.amount, is_sum=False)
        yield block
    last = Block()
    last.leave(grid.GAP)
    yield last


def _row(block: Block, what: str, records: str, amount: str, *, is_sum: bool) -> None:
    style = grid.STRONG if is_sum else grid.DENSE_BODY
    top = grid.DENSE_PADDING
    block.write_in_one_line(what, WHAT, top, style)
    block.write_in_one_line(records, RECORDS, top, style, "right")
    block.write_in_one_line(amount, AMOUNT, top, style, "right")
    block.leave(grid.DENSE_PADDING)


def _line(text: str) -> Block:
    block = Block()
    block.write(text, grid.FULL, 0, grid.STRONG)
    block.leave(grid.GAP)
    return block
