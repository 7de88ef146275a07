"""Which events tell how a customer signs in? They need no table: they are read from their stream."""

from __future__ import annotations

from projections.platform.area import Area
from projections.platform.projection import Cursor


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The stream that tells how the customer signs in."""
    return [f"self-care/{customer}"]


AREA = Area(streams_of_customer=streams_of_customer)
