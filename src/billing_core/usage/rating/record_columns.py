"""Records as columns: numpy arrays of one length, as the rating in bulk reads them.

Texts are kept as Arrow keeps strings: all bytes in a row, and the offset at which each text begins. A number in digits
becomes three integers, so that a prefix is found by comparing integers:

    number       length   padded to 18 digits    whole
    420601       6        420601000000000000     1420601
    0            1        0                      10
    (empty)      0        0                      1
    FILM-1                                       -1: no digits, looked up as a text
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
MOST_PADDED = 18  # 10^18 is below 2^63.
POWERS = 10 ** np.arange(MOST_PADDED + 1, dtype=np.int64)


class Texts(NamedTuple):
    """Texts in UTF-8: `data` has all bytes, text n lies from `offsets[n]` up to `offsets[n + 1]`."""

    data: NDArray[np.uint8]
    offsets: Integers

    def text(self, place: int) -> str:
        """The text at a place."""
        return self.data[self.offsets[place] : self.offsets[place + 1]].tobytes().decode()


class RecordColumns(NamedTuple):
    """Records by column, in any order.

    `member` is the number of the service in `Pools`, `started_at` the microseconds since 1970 (UTC), `used_on` the days
    since 1970 of the record's day at the seller, `quantity` millionths; `bytes_in` went to the subscriber.
    """

    member: Integers
    started_at: Integers
    used_on: Integers
    number: Texts
    seconds: Integers
    quantity: Integers
    bytes_in: Integers
    bytes_out: Integers


class Digits(NamedTuple):
    """Numbers as integers; `whole` is -1 if a number is too long or has anything but digits."""

    length: Integers
    padded: Integers
    whole: Integers


def texts_of(texts: Sequence[str]) -> Texts:
    """Texts as a column."""
    encoded = [text.encode() for text in texts]
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in encoded], out=offsets[1:])
    return Texts(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)


def digits_of(texts: Texts) -> Digits:
    """Numbers as integers."""
    starts, length = texts.offsets[:-1], np.diff(texts.offsets)
    whole = np.ones(len(length), dtype=np.int64)
    is_number = length <= MOST_PADDED
    for place in range(min(MOST_PADDED, int(length.max(initial=0)))):
        reaches = length > place
        digit = texts.data[np.minimum(starts + place, len(texts.data) - 1)].astype(np.int64) - ord("0")
        is_number &= ~reaches | ((digit >= 0) & (digit <= 9))
        whole = np.where(reaches, whole * 10 + digit, whole)
    whole[~is_number] = -1
    kept = np.minimum(length, MOST_PADDED)
    return Digits(length, (whole - POWERS[kept]) * POWERS[MOST_PADDED - kept], whole)
