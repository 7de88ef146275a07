"""Errors of the rules: typed, and readable by the person who has to mend them.

Every error names what is wrong, the field and the value, and how to mend it. A rule raises before any event
exists, so an error leaves nothing behind. Batch work catches `BillingError` per row and reports it as data.
"""

from __future__ import annotations


class BillingError(Exception):
    """Something the caller can mend. `code` is stable and meant for programs, the text for people.

    `subscription` is the one concerned, if an account has several.
    """

    code = "billing-error"
    subscription = ""

    def __init__(self, message: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = None if value is None else str(value)

    def __str__(self) -> str:
        if self.field is None:
            return self.message
        if self.value is None:
            return f"{self.field}: {self.message}"
        return f"{self.field} {self.value!r}: {self.message}"


class InvalidValue(BillingError):
    """A value that can never be right: bad date, unknown currency, negative price, too many decimals."""

    code = "invalid-value"


class NotFound(BillingError):
    """The named thing does not exist."""

    code = "not-found"


class AlreadyExists(BillingError):
    """The number, code or reference is taken by something else."""

    code = "already-exists"


class RuleViolation(BillingError):
    """The values are well formed, but a rule of the field forbids the change now."""

    code = "rule-violation"


class Conflict(BillingError):
    """A concurrent change, or the same reference with different content."""

    code = "conflict"


class Unavailable(Exception):
    """Nothing is wrong with the request: the database cannot be reached or has no room. Repeat it later."""


class ConnectionLost(Unavailable):
    """The database went away; whether the last commit was kept is not known until looked up."""


class DiskFull(Unavailable):
    """The database has no room left; what was being written is rolled back."""


class TookTooLong(Unavailable):
    """A transaction was ended because it kept others waiting for too long; nothing of it was kept."""


class DeclaredTwice(Exception):
    """Two areas declare something under one name: a fault of the program, found as it starts."""
