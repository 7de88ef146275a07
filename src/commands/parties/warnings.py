"""What of a party's details should be compared with a register, in the answer of a command."""

from __future__ import annotations

from typing import Any

from billing_core.kernel.legal_ids import doubts
from billing_core.parties.customers import Customer
from billing_core.parties.sellers import Seller


def warned(party: Seller | Customer) -> dict[str, Any]:
    """The answer: what should be compared with a register."""
    return {"warnings": list(doubts(party.legal_ids, party.address.country))}
