"""The version of a party that a document names.

It is the document's snapshot of seller and customer: the events up to it never change.
"""

from __future__ import annotations

import msgspec


class PartyVersion(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A seller or customer exactly as it stood after the given event of its stream."""

    code: str
    version: int
