"""The QR code of a payment as a picture of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adapters.documents.payment_qr import qr_modules

QUIET = 2  # The frame of the picture adds the rest of the four modules that readers need.


class Code(NamedTuple):
    """A QR code as one path in a square of so many modules."""

    size: int
    path: str


def qr_code(payload: str) -> Code:
    """The code for a payment, with the quiet zone that readers need."""
    rows: Sequence[Sequence[int]] = qr_modules(payload)
    dark = [(x + QUIET, y + QUIET) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return Code(len(rows) + 2 * QUIET, "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
