"""Hashes of passwords that cost next to nothing, for tests that sign in: a hash says itself what checking it costs."""

from __future__ import annotations

from argon2 import PasswordHasher

_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_of(password: str) -> str:
    """The hash of a password that anybody may try quickly."""
    return _CHEAP.hash(password)
