"""The ids of commands that this program makes itself."""

from __future__ import annotations

from os import urandom
from time import time_ns
from uuid import UUID

VERSION, VARIANT = 7, 0b10
CHANCE_BYTES = 10


def new_id() -> UUID:
    """An id of version 7, made now.

    Ids that are made one after the other stand side by side in an index, so writing one touches a page that was just
    written. An id of chance alone touches any page of the index, and each of them is written to the log of the database
    in full after a checkpoint.
    """
    return uuid7(time_ns() // 1_000_000, int.from_bytes(urandom(CHANCE_BYTES)))


def uuid7(milliseconds: int, chance: int) -> UUID:
    """A UUID of version 7 (RFC 9562): the milliseconds since 1970, then the first 12 and the last 62 of 80 random bits.

    >>> uuid7(0x017F22E279B0, 0xCC3 << 68 | 0x18C4DC0C0C07398F)
    UUID('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
    """
    first, last = chance >> 68, chance & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | VERSION << 76 | first << 64 | VARIANT << 62 | last)
