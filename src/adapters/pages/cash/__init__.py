"""Cash desks: the till by keys alone, its papers and lists, and desks in the set-up."""

from __future__ import annotations

from adapters.pages.cash.forms import FORMS as FORMS
from adapters.pages.cash.lists import LISTS as LISTS
from adapters.pages.cash.lists import SET_UP_DESKS
from adapters.pages.cash.papers import PAGES as PAPERS
from adapters.pages.cash.till import DESKS, desks, taken, till
from adapters.pages.page import N_, Entry, Page, Tile
from adapters.views.cash.desks import ListCashDesks, ShowCashDesk
from commands.cash.desks import ChangeCashDesk

PAGES = (
    Page(DESKS, desks, ListCashDesks),
    Page("/cash/desks/{desk}", till, ShowCashDesk),
    Page("/cash/desks/{desk}", taken, ShowCashDesk, method="POST"),
    *PAPERS,
)
SET_UP = (Tile("house", N_("Cash desks"), SET_UP_DESKS, ChangeCashDesk, N_("Where customers pay in person")),)
MENU = (Entry(N_("Cash desk"), DESKS, "cash", ListCashDesks, (1, 4), "k"),)
