"""The connections of kiosks and wallets, and the messages of them that were refused."""

from __future__ import annotations

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue
from billing_core.kiosks.connections import Kiosk, KioskTerms
from commands.kiosks.connections import load_kiosk
from projections.kiosks.connections import kiosks_after
from projections.kiosks.refusals import KioskRefusalRow, refusals_before


class ListKiosks(Listing, frozen=True, kw_only=True):
    """The connections of kiosks and wallets, in order of name."""


class ShowKiosk(Query, frozen=True, kw_only=True):
    """A connection with all its terms."""

    kiosk: str


class ListKioskRefusals(Listing, frozen=True, kw_only=True):
    """Messages of a connection that were refused, and why, the newest first; of one `verdict` if named.

    `left_out` others like it came since the one before and were only counted.
    """

    kiosk: str
    verdict: str = ""


class KioskRow(msgspec.Struct):
    """A connection as it is now; `path` is where its messages are taken."""

    kiosk: str
    is_on: bool
    path: str
    terms: KioskTerms


def _row(kiosk: Kiosk) -> KioskRow:
    return KioskRow(kiosk.code, kiosk.is_on, f"/kiosk/{kiosk.code}", kiosk.terms)


def _list_kiosks(query: ListKiosks, reading: Reading) -> Page[KioskRow]:
    with reading.source.cursor() as cursor:
        found = [_row(kiosk) for kiosk in kiosks_after(cursor, query.after, query.limit + 1)]
    return page_of(found, query.limit, lambda row: row.kiosk)


def _show_kiosk(query: ShowKiosk, reading: Reading) -> KioskRow:
    return _row(reading.app.bus.look(lambda transaction: load_kiosk(transaction, query.kiosk))[0])


def _list_refusals(query: ListKioskRefusals, reading: Reading) -> Page[KioskRefusalRow]:
    if query.after and not query.after.isdigit():
        raise InvalidValue("must be the number of a refusal", field="after", value=query.after)
    before = int(query.after) if query.after else None
    with reading.source.cursor() as cursor:
        found = refusals_before(cursor, query.kiosk, query.verdict, before, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.number)


QUERIES: Queries = {ListKiosks: _list_kiosks, ShowKiosk: _show_kiosk, ListKioskRefusals: _list_refusals}
