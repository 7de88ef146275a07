"""Protocols of kiosks and wallets on our side of the wire, and simulators of the other side.

A protocol reads a message as what it asks, and writes an answer; it stores nothing and looks nothing up.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.kiosks import epay, idram, osmp, signed_json, telcell
from adapters.kiosks.messages import Codec
from billing_core.kiosks.connections import Protocol

PROTOCOLS: Mapping[Protocol, Codec] = {
    "osmp": Codec(osmp.read, osmp.answer),
    "epay": Codec(epay.read, epay.answer),
    "idram": Codec(idram.read, idram.answer),
    "telcell": Codec(telcell.read, telcell.answer),
    "signed-json": Codec(signed_json.read, signed_json.answer),
}
