"""Boards of the open tickets: by queue and step, by age, and by who works on them."""

from __future__ import annotations

import msgspec

from adapters.views.persons import Persons
from adapters.views.query import Limit, Listing, Page, Queries, Query, Reading, page_of
from adapters.views.work.tickets import customers_of_tickets
from commands.platform.concerns import LISTED, Concerns
from projections.work.boards import AgeingRow, BoardCell, LoadOf, LoadRow, ageing, board, load


class ShowBoard(Query, frozen=True, kw_only=True):
    """The open tickets by queue and step: how many, how many are overdue, and since when the oldest waits.

    With the most urgent ones of each step, at most `limit`.
    """

    queue: str = ""
    limit: Limit = 5


class ListAgeing(Listing, frozen=True, kw_only=True):
    """The open tickets of each queue by their age: up to a day, three, seven and thirty days, and older."""


class ListLoad(Listing, frozen=True, kw_only=True):
    """The open tickets of each operator or crew, and the minutes that were worked on them."""

    by: LoadOf = "assignee"


class Board(msgspec.Struct):
    """The board of one queue or of all."""

    cells: list[BoardCell]


def _show_board(query: ShowBoard, reading: Reading) -> Board:
    with reading.source.cursor() as cursor:
        return Board(board(cursor, reading.source.now, query.limit, query.queue, reading.dealer))


def _list_ageing(query: ListAgeing, reading: Reading) -> Page[AgeingRow]:
    with reading.source.cursor() as cursor:
        found = ageing(cursor, reading.source.now, query.after, query.limit + 1, reading.dealer)
    return page_of(found, query.limit, lambda row: row.queue)


def _list_load(query: ListLoad, reading: Reading) -> Page[LoadRow]:
    with reading.source.cursor() as cursor:
        found = load(cursor, query.by, reading.source.now, query.after, query.limit + 1, reading.dealer)
    return page_of(found, query.limit, lambda row: row.of)


QUERIES: Queries = {ShowBoard: _show_board, ListAgeing: _list_ageing, ListLoad: _list_load}
PERSONS: Persons = {
    ShowBoard: lambda query, board, reading: customers_of_tickets(row for cell in board.cells for row in cell.first),
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, LISTED)
