"""A bank lists a movement once in a statement: a second line with its reference is reported, and not passed over.

Else money of its own would look like what is known already. Banks that give all movements of a batch one reference
write such statements. Of a statement only the references are kept, as numbers of eight bytes, until the next one.
"""

from __future__ import annotations

from billing_core.bank_statements.recorded import name_of_statement
from billing_core.kernel.errors import RuleViolation


class OwnReferences:
    """The lines on which the payments of the statement stand that is being booked."""

    def __init__(self) -> None:
        self._statement = ""
        self._lines: dict[int, int] = {}

    def require_own(self, payment: str, statement: str, line: int) -> None:
        """Refuse a payment that stands on another line of the statement, too; of no statement nothing is known."""
        name = name_of_statement(statement)
        if not name:
            return
        if name != self._statement:
            self._statement, self._lines = name, {}
        first = self._lines.setdefault(hash(payment), line)
        if first != line:
            reason = f"is the reference of line {first} of this statement, too"
            raise RuleViolation(f"{reason}; if it is money of its own, record it by hand", field="payment",
                                value=payment)  # fmt: skip
