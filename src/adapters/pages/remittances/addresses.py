"""Where the pages of unmatched payments are."""

from __future__ import annotations

from urllib.parse import quote

QUEUE = "/payments/unmatched"


def shown_at(remittance: str) -> str:
    """The queue with one of its payments chosen."""
    return f"{QUEUE}?chosen={quote(remittance, safe='')}"


def of(remittance: str, what: str) -> str:
    """The form of what is done with one of them."""
    return f"{QUEUE}/{quote(remittance, safe='')}/{what}"
