"""The tasks of a crew's day on paper: who works, the visits with their ways, and room for what was done.

Decides what stands where; the words are English, as on the screens of the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from adapters.documents import page_grid as grid
from adapters.documents.house_paper import render_pages
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block, Box

TIME, WHAT, NOTES = grid.columns(grid.LEFT, 26.0, 82.0, 51.0)
CONTENT_BOTTOM = 272.0
LEAST_VISIT = 17.0


class SheetVisit(NamedTuple):
    """A visit as the sheet shows it; `faults` say what does not fit."""

    number: str
    job: str
    place: str
    begins_at: datetime
    ends_at: datetime
    travel: int
    faults: Sequence[str]


class Sheet(NamedTuple):
    """The day of a crew; `notes` are about the day as a whole."""

    house: str
    crew: str
    on: date
    technicians: Sequence[str]
    notes: Sequence[str]
    visits: Sequence[SheetVisit]


def render_day_sheet(sheet: Sheet) -> bytes:
    """The sheet as a PDF, the same bytes each time."""
    return render_pages(_title(sheet), sheet.house, _laid_out(sheet))


def _title(sheet: Sheet) -> str:
    return f"{sheet.crew}, {sheet.on:%A} {sheet.on}"


def _laid_out(sheet: Sheet) -> Pages:
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_head(sheet), grid.SELLER_TOP)
    if not sheet.visits:
        pages.place(_sentence("No visits are booked."))
    for visit in _visits(sheet):
        if not pages.has_room(visit.height):
            pages.turn(_sentence(_title(sheet)))
        pages.place(visit)
    return pages


def _head(sheet: Sheet) -> Block:
    block = Block()
    y = block.write(sheet.house, grid.FULL, 0, grid.SMALL)
    y = block.write(_title(sheet), grid.FULL, y + 1, grid.TITLE)
    y = block.write(", ".join(sheet.technicians) or "Nobody works", grid.FULL, y, grid.STRONG)
    for note in sheet.notes:
        y = block.write(note, grid.FULL, y, grid.SMALL)
    block.leave(grid.GAP)
    return block


def _visits(sheet: Sheet) -> Iterator[Block]:
    for visit in sheet.visits:
        block = Block()
        block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        top = grid.ROW_PADDING
        y = block.write(f"{visit.begins_at:%H:%M} to {visit.ends_at:%H:%M}", TIME, top, grid.STRONG)
        if visit.travel:
            block.write(f"way {visit.travel} min", TIME, y, grid.SMALL)
        y = block.write(visit.place, WHAT, top, grid.STRONG)
        y = block.write(f"{visit.job}, {visit.number}", WHAT, y, grid.BODY)
        for fault in visit.faults:
            y = block.write(f"{fault[:1].upper()}{fault[1:]}", WHAT, y, grid.SMALL)
        block.add(Box(NOTES, top, LEAST_VISIT - top, grid.CORNER_RADIUS, stroke=grid.HAIRLINE_INK, fill=None))
        block.leave(grid.ROW_PADDING)
        yield block


def _sentence(text: str) -> Block:
    block = Block()
    block.write(text, grid.FULL, 0, grid.STRONG)
    block.leave(grid.GAP)
    return block
