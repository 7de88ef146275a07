"""Passwords: hashed by argon2id with the library's parameters, which follow RFC 9106."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from billing_core.kernel.errors import InvalidValue

LEAST_LENGTH, MOST_LENGTH = 12, 200


def require_password(password: str) -> None:
    """Long enough that trying does not help, and short enough that hashing takes a moment."""
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH:
        raise InvalidValue(f"must have {LEAST_LENGTH} to {MOST_LENGTH} characters", field="password")


class Argon2Passwords:
    """Implements `commands.staff.sign_in.Passwords`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = _hash_of_nobody()

    def hash(self, password: str, salt: bytes | None = None) -> str:
        """The hash of a password that may be used; the salt is random unless the same hash has to come again."""
        require_password(password)
        return self._hasher.hash(password, salt=salt)

    def matches(self, password_hash: str | None, password: str) -> bool:
        try:
            self._hasher.verify(password_hash or self._nobody, password[:MOST_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None


@cache
def _hash_of_nobody() -> str:
    """What an unknown operator's password is compared with, so that it takes as long as a wrong one."""
    return PasswordHasher().hash(secrets.token_hex(16))
