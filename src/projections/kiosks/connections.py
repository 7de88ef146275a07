"""Which kiosks and wallets are connected, and on which terms?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.kiosks.connections import Kiosk, KioskChanged, KioskConnected, KioskSwitched, apply_kiosk
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_KIOSKS = """
    INSERT INTO kiosks (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""
_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(Kiosk).decode


class KioskConnections:
    """Every connection as it is now."""

    name = "kiosks"
    version = 1
    tables = ("kiosks",)
    streams = ("kiosk",)
    by_stream = True
    definition = """CREATE TABLE kiosks (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);"""
    indexes = ""
    folds: tuple[type[Event], ...] = (KioskConnected, KioskChanged, KioskSwitched)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        codes = list({entry.number for entry in page})
        rows = cursor.execute("SELECT code, details FROM kiosks WHERE code = ANY(%s)", (codes,)).fetchall()
        known = {code: _decode(details) for code, details in rows}
        for entry in page:
            kiosk = apply_kiosk(known.get(entry.number), entry.event)
            assert kiosk is not None
            known[entry.number] = kiosk
        changed = ((code, _encode(kiosk).decode()) for code, kiosk in known.items())
        cursor.execute(UPSERT_KIOSKS, as_columns(changed, 2))


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> dict[str, str]:
    """The sellers of connections."""
    codes = [stream.removeprefix("kiosk/") for stream in streams if stream.startswith("kiosk/")]
    rows = cursor.execute("SELECT details FROM kiosks WHERE code = ANY(%s)", (codes,)).fetchall()
    kiosks = [_decode(details) for (details,) in rows]
    return {f"kiosk/{kiosk.code}": kiosk.terms.seller for kiosk in kiosks}


# --- queries


def kiosks_after(cursor: Cursor, after: str, limit: int) -> list[Kiosk]:
    """The connections after a name, in order of name."""
    rows = cursor.execute("SELECT details FROM kiosks WHERE code > %s ORDER BY code LIMIT %s", (after, limit))
    return [_decode(details) for (details,) in rows]
