"""What of a party's details is likely wrong, in the answer of a command."""

from __future__ import annotations

from typing import Any

from billing_core.parties.customers import Customer
from billing_core.parties.doubts import doubts_of
from billing_core.parties.sellers import Seller


def warned(party: Seller | Customer) -> dict[str, Any]:
    """The answer: what should be looked at once more."""
    return {"warnings": list(doubts_of(party))}
