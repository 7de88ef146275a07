"""Was anything charged by a revision of a price list? Asked of the log itself, which never lags.

Only the events after the revision are looked through, and of them only those that name the tariff are decoded.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from psycopg import Cursor

from billing_core.catalogue.tariffs import TariffRevised, TariffRevisionReplaced
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.kernel.events import decode, topics_of

SELECT_CHARGED = """
    SELECT originator_id, topic, state FROM billing.events
    WHERE topic = ANY(%(charged)s) AND position(%(named)s IN state) > 0 AND events.position > (
        SELECT max(revisions.position) FROM billing.events AS revisions
        WHERE revisions.originator_id = %(stream)s AND revisions.topic = ANY(%(revised)s)
    )
    ORDER BY events.position
"""
PAGE_ROWS = 1_000


def account_charged_by_revision(cursor: Cursor[Any], tariff: str, from_on: date) -> str | None:
    """The first account that was charged for days from `from_on` on since the tariff was last revised."""
    wanted = {
        "charged": topics_of([ChargesPosted]),
        "named": b'"tariff":' + msgspec.json.encode(tariff),
        "stream": f"tariff/{tariff}",
        "revised": topics_of([TariffRevised, TariffRevisionReplaced]),
    }
    cursor.execute(SELECT_CHARGED.encode(), wanted)
    while rows := cursor.fetchmany(PAGE_ROWS):
        for stream, topic, state in rows:
            fact = decode(topic, state)
            if isinstance(fact, ChargesPosted) and any(_is_by_list(each, tariff, from_on) for each in fact.charges):
                return str(stream).partition("/")[2]
    return None


def _is_by_list(charge: Charge, tariff: str, from_on: date) -> bool:
    is_from_then = charge.from_on >= from_on or charge.to_on > from_on
    return charge.tariff == tariff and is_from_then and not charge.agreed and not charge.corrects
