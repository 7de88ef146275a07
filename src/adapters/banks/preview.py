"""What a bank's file says, without storing it: each statement with its movements, and whether its balances agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart
from billing_core.kernel.money import Money, total, zero


class StatementPreview(msgspec.Struct, frozen=True, kw_only=True):
    """One statement. `difference` is closing less opening less movements; None if a balance is not said."""

    account: str
    currency: str
    number: str
    from_on: date | None
    to_on: date | None
    opening: Money | None
    closing: Money | None
    credits: Money
    debits: Money
    difference: Money | None
    movements: Sequence[Movement]

    @property
    def agrees(self) -> bool | None:
        """Whether opening + movements = closing; None if a balance is not said."""
        return None if self.difference is None else self.difference == zero(self.currency)


def previewed(parts: Iterable[StatementPart]) -> list[StatementPreview]:
    """The statements of a file: opening 18.15 + 8.85 and closing 27.05 give a difference of 0.05."""
    found: list[StatementPreview] = []
    start: StatementStart | None = None
    movements: list[Movement] = []
    for part in parts:
        if isinstance(part, StatementStart):
            start, movements = part, []
        elif isinstance(part, Movement):
            movements.append(part)
        elif start is not None:
            found.append(_preview(start, movements, part))
    return found


def _preview(start: StatementStart, movements: Sequence[Movement], end: StatementEnd) -> StatementPreview:
    nothing = zero(start.currency)
    amounts = [movement.amount for movement in movements]
    closing = end.closing or start.closing
    agreed = start.opening is not None and closing is not None
    return StatementPreview(
        account=start.account,
        currency=start.currency,
        number=start.number,
        from_on=start.from_on,
        to_on=start.to_on,
        opening=start.opening,
        closing=closing,
        credits=total((amount for amount in amounts if amount > nothing), start.currency),
        debits=total((amount for amount in amounts if amount < nothing), start.currency),
        difference=closing - start.opening - total(amounts, start.currency) if agreed else None,  # type: ignore[operator]
        movements=movements,
    )
