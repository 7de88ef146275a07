"""Checks a statement: a pure fold over its parts, with the memory of one movement.

Decides whether the sums of a statement close, and by how much they do not. What the movements are is not decided here.

    opening 1,000.00    +399.00    -49.00    closing 1,350.00    closes
    opening 1,000.00    +399.00    -49.00    closing 1,360.00    waits: 10.00 are missing among the movements

Sums and counts that the format gives are compared as well; what it does not give is not missed. All amounts of a
statement are in one currency, and its parts come in order: start, movements, end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money, zero
from billing_core.parties.details import require_printable

# --- values


class CheckedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it was read: its head, what its movements add up to, and what does not fit.

    `difference` is the closing balance less what opening and movements make; zero if the format gives no balances.
    `debits` are below zero or zero; `last_on` is the day of the last movement.
    """

    start: StatementStart
    opening: Money | None
    closing: Money | None
    from_on: date | None
    to_on: date | None
    last_on: date | None
    movements: int
    credits: Money
    debits: Money
    difference: Money
    findings: tuple[str, ...] = ()


class _Sums(msgspec.Struct):
    """A statement as far as it is read."""

    start: StatementStart
    credits: Money
    debits: Money
    movements: int = 0
    first_on: date | None = None
    last_on: date | None = None


class PartsOutOfOrder(RuleViolation):
    """A movement or an end without a start, or a statement that never ends: the file is cut off or damaged."""


def with_finding(checked: CheckedStatement, finding: str) -> CheckedStatement:
    """The statement with one more thing that does not fit, so that it waits."""
    return msgspec.structs.replace(checked, findings=(*checked.findings, finding))


class OfDays(NamedTuple):
    """What the statements of some days sum to that were booked before, and their names."""

    names: tuple[str, ...]
    movements: int
    credits: Money
    debits: Money


def is_repeated(checked: CheckedStatement, before: OfDays | None) -> bool:
    """Whether the statements of the same days had exactly these movements by their number and sums.

    Then it is either the same statement, whose movements are known by their names, or the same one in another format
    with other references, by which every payment would be booked twice.
    """
    if before is None or not checked.movements:
        return False
    sums = (checked.movements, checked.credits, checked.debits)
    return sums == (before.movements, before.credits, before.debits)


def says_the_same(before: OfDays) -> str:
    """The finding on a statement that comes again under other references."""
    return (f"the statements of these days that were booked before, {', '.join(before.names)}, have as many movements "
            "and the same sums under other references: it is the same again, unless you say otherwise")  # fmt: skip


# --- the fold


def check_statements(parts: Iterable[StatementPart]) -> Iterator[CheckedStatement]:
    """Each statement of a file when its end is reached."""
    sums: _Sums | None = None
    for part in parts:
        match part:
            case StatementStart():
                if sums is not None:
                    raise _cut_off(sums)
                sums = _Sums(part, zero(part.currency), zero(part.currency))
            case Movement():
                _add(_begun(sums), part)
            case StatementEnd():
                yield _checked(_begun(sums), part)
                sums = None
    if sums is not None:
        raise _cut_off(sums)


def _begun(sums: _Sums | None) -> _Sums:
    if sums is None:
        raise PartsOutOfOrder("stands before the head of a statement; fetch the file from the bank again",
                              field="movement")  # fmt: skip
    return sums


def _cut_off(sums: _Sums) -> PartsOutOfOrder:
    return PartsOutOfOrder(f"is cut off after {sums.movements} movements; fetch the file from the bank again",
                           field="statement", value=sums.start.account)  # fmt: skip


def _add(sums: _Sums, movement: Movement) -> None:
    require_movement(movement, sums.start)
    if movement.amount.amount > 0:
        sums.credits = sums.credits + movement.amount
    else:
        sums.debits = sums.debits + movement.amount
    on = movement.booked_on
    sums.movements += 1
    sums.first_on = on if sums.first_on is None else min(sums.first_on, on)
    sums.last_on = on if sums.last_on is None else max(sums.last_on, on)


def require_movement(movement: Movement, start: StatementStart) -> None:
    """A movement is in the currency of its statement, and what names it can be kept."""
    if movement.amount.currency != start.currency:
        raise InvalidValue(f"is not in {start.currency}, the currency of the statement",
                           field=f"amount of movement {movement.line}", value=movement.amount)  # fmt: skip
    for name in ("reference", "code", "return_reason"):
        require_printable(getattr(movement, name), f"{name.replace('_', ' ')} of movement {movement.line}")


def _checked(sums: _Sums, end: StatementEnd) -> CheckedStatement:
    start, nothing = sums.start, zero(sums.start.currency)
    closing = start.closing if end.closing is None else end.closing
    difference = nothing
    if start.opening is not None and closing is not None:
        difference = closing - (start.opening + sums.credits + sums.debits)
    return CheckedStatement(
        start=start,
        opening=start.opening,
        closing=closing,
        from_on=start.from_on or sums.first_on,
        to_on=start.to_on or sums.last_on,
        last_on=sums.last_on,
        movements=sums.movements,
        credits=sums.credits,
        debits=sums.debits,
        difference=difference,
        findings=tuple(_findings(sums, end, closing, difference)),
    )


def _findings(sums: _Sums, end: StatementEnd, closing: Money | None, difference: Money) -> Iterator[str]:
    if difference.amount:
        assert sums.start.opening is not None
        found = sums.start.opening + sums.credits + sums.debits
        yield f"opening and movements make {found}, the closing balance is {closing}: {difference} differ"
    if None not in (start_closing := sums.start.closing, end.closing) and start_closing != end.closing:
        yield f"the head says a closing balance of {start_closing}, the end of {end.closing}"
    if end.movements is not None and end.movements != sums.movements:
        yield f"the bank counts {end.movements} movements, the file has {sums.movements}"
    for name, given, summed in (("credits", end.credits, sums.credits), ("debits", end.debits, sums.debits)):
        if given is not None and abs(given.amount) != abs(summed.amount):
            yield f"the bank sums {name} to {given}, the movements of the file make {summed}"
