"""A claim: a key that only one stream may have, such as a payment's id or an invoice's number.

An event says which keys it claims for its stream. They are kept in the transaction that keeps the event, so they are
a look-up that never lags, and they can be made again from the events at any time.
"""

from __future__ import annotations

from typing import NamedTuple


class Claim(NamedTuple):
    """A key that only one stream may have; `content` tells a repetition from a conflict."""

    kind: str
    key: str
    stream: str
    content: str
