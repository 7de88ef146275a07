"""Which rows of usage can be taken: by columns, for they come by the million.

Decides what is wrong with a row itself, and whether a row under a known key is repeated or another one. Does not decide
whose it is.

    clock in 1970        began more than 731 days ago              refused
    clock ahead          begins more than a day after now          refused
    seconds -5           is negative                               refused
    same key again       same content: repeated                    other content: refused
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

MICROSECONDS_OF_DAY = 86_400_000_000
# A source may send a record late, but a year and a half later its clock is more likely wrong.
MOST_DAYS_AGO = 731
# A clock may be ahead a little.
MOST_DAYS_AHEAD = 1
# Longer texts have no place in the index of keys, and no number, name or title is that long.
MOST_BYTES = 250
# Per record; what is above is a fault of the source. 10^12 units, as they are in millionths; 1 PiB; three years.
MOST_QUANTITY, MOST_TRANSFERRED, MOST_SECONDS = 10**18, 2**50, 10**8
# A source may use a key again; by then the earlier record began before the month before.
MONTHS_KNOWN = 1


class Fault(NamedTuple):
    """What is wrong with a row, and in which of its fields."""

    field: str
    reason: str


# The order is that in which they are looked for.
FAULTS = (
    Fault("key", "is empty; every record needs the id that its source gives it"),
    Fault("started_at", f"is more than {MOST_DAYS_AGO} days ago; is the clock of the source right?"),
    Fault("started_at", "is of a month whose records were purged"),
    Fault("started_at", "has not come yet; is the clock of the source right?"),
    *(
        Fault(field, f"must be from 0 to {most}")
        for field, most in (
            ("seconds", MOST_SECONDS), ("quantity", MOST_QUANTITY),
            ("bytes_in", MOST_TRANSFERRED), ("bytes_out", MOST_TRANSFERRED),
        )
    ),
)  # fmt: skip
TEXT_FAULT = f"must be at most {MOST_BYTES} bytes long, without a NUL character"
OTHER_CONTENT = "was received before with another content"


class Metered(NamedTuple):
    """What is checked of rows: the length of their keys, their beginning in microseconds since 1970, their counts."""

    key_length: Integers
    started_at: Integers
    seconds: Integers
    quantity: Integers
    bytes_in: Integers
    bytes_out: Integers


def faults(rows: Metered, now: int, kept_from: int = 0) -> NDArray[np.int8]:
    """The number of the first fault of each row in `FAULTS`, counted from 1; 0 for a row without any.

    What began before `kept_from` was purged: whether a record of then is repeated is known no longer.

    >>> ago = np.array([3, 3, 3]); none = np.array([0, 0, 0])
    >>> began = np.array([1_790_000_000_000_000, 0, 1_790_000_000_000_000])
    >>> faults(Metered(ago, began, np.array([60, 60, -5]), none, none, none), now=1_790_000_100_000_000)
    array([0, 2, 5], dtype=int8)
    """
    wrong = (
        rows.key_length == 0,
        rows.started_at < now - MOST_DAYS_AGO * MICROSECONDS_OF_DAY,
        rows.started_at < kept_from,
        rows.started_at > now + MOST_DAYS_AHEAD * MICROSECONDS_OF_DAY,
        _outside(rows.seconds, MOST_SECONDS),
        _outside(rows.quantity, MOST_QUANTITY),
        _outside(rows.bytes_in, MOST_TRANSFERRED),
        _outside(rows.bytes_out, MOST_TRANSFERRED),
    )
    found = np.zeros(len(rows.started_at), np.int8)
    for number in range(len(wrong), 0, -1):
        found[wrong[number - 1]] = number
    return found


def _outside(counts: Integers, most: int) -> Flags:
    return (counts < 0) | (counts > most)


def months_of(started_at: Integers) -> Integers:
    """The month of UTC in which rows began, in months since January 1970: 0 is 1970-01, 681 is 2026-10."""
    days: NDArray[np.datetime64] = started_at.view("datetime64[us]").astype("datetime64[M]")
    return days.astype(np.int64)


def month_name(month: int) -> str:
    """`2026-10` for 681."""
    return f"{1970 + month // 12}-{month % 12 + 1:02}"


def is_known_by(month: int, known: int) -> bool:
    """Whether a record that began in a month is compared with one of another month under the same key.

    October with September, October or November: yes    October with August or December: no
    """
    return abs(month - known) <= MONTHS_KNOWN


def exact_sum(counts: Integers) -> int:
    """The sum of counts from 0 on, which may be more than 64 bits hold.

    >>> exact_sum(np.array([2**62, 2**62, 2**62]))
    13835058055282163712
    """
    low, high = counts & 0xFFFFFFFF, counts >> 32
    return (int(high.sum()) << 32) + int(low.sum())
