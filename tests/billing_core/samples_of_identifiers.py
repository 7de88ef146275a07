"""How the stored samples of identifiers are read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.usage.mediation.identifiers import IdentifierAssigned, IdentifierReleased

ON = date(2026, 5, 15)

SAMPLES: dict[str, Event] = {
    "identifier-assigned/1": IdentifierAssigned(
        effective_on=ON, identifier="420601000001", customer="C0000001", account="00000001", subscription="voice"
    ),
    "identifier-released/1": IdentifierReleased(effective_on=ON, account="00000001", subscription="voice"),
}
