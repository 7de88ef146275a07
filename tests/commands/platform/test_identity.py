"""Ids of commands: unlike each other, and in the order of time."""

from __future__ import annotations

import time
from uuid import UUID

from commands.platform.identity import new_id, uuid7


def test_the_example_of_the_standard():
    """RFC 9562, appendix A.6: the 22nd of February 2022, 19:22:22 UTC."""
    assert uuid7(1_645_557_742_000, 0xCC3 << 68 | 0x18C4DC0C0C07398F) == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


def test_all_bits_of_chance_leave_version_and_variant_alone():
    assert uuid7(0, (1 << 80) - 1) == UUID("00000000-0000-7fff-bfff-ffffffffffff")
    assert uuid7((1 << 48) - 1, 0) == UUID("ffffffff-ffff-7000-8000-000000000000")


def test_ids_are_unlike_each_other_and_rise_from_one_millisecond_to_the_next():
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(1_000)]
    after = time.time_ns() // 1_000_000

    assert len(set(ids)) == 1_000
    moments = [made.int >> 80 for made in ids]
    assert moments == sorted(moments) and before <= moments[0] and moments[-1] <= after
    assert uuid7(after + 1, 0) > max(ids)
