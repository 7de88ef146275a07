"""The daily register of a kiosk's operator against our own: what is theirs alone, ours alone, or of another amount.

Decides what differs; not who is right. A difference is a fact that stays until a newer register of the day lacks it.

    theirs  17  12.50    18  20.00    19  5.00
    ours    17  12.50    18  25.00    20  8.00      18 amounts differ, 19 is theirs alone, 20 is ours alone
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, total

DifferenceKind = Literal["theirs-alone", "ours-alone", "amounts-differ"]


class RegisterDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction that the registers do not agree on, with the amount on each side that has it."""

    kind: DifferenceKind
    transaction: str
    theirs: Money | None = None
    ours: Money | None = None


@event("kiosk-register-compared")
class KioskRegisterCompared(Event, frozen=True, kw_only=True):
    """The register of a day, `register_on`, was compared with ours. `file` is the SHA-256 of the register's bytes."""

    kiosk: str
    register_on: date
    file: str
    lines: int
    amount: Money
    agreed: int
    differences: tuple[RegisterDifference, ...]


class KioskRegister(msgspec.Struct, frozen=True):
    """A day's register as compared last."""

    file: str
    lines: int
    differences: tuple[RegisterDifference, ...]


def apply_register(register: KioskRegister | None, fact: Event) -> KioskRegister | None:
    """The register after an event of its stream."""
    if isinstance(fact, KioskRegisterCompared):
        return KioskRegister(fact.file, fact.lines, fact.differences)
    return register


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """The other side's register of a day: what it paid to us, by its own ids."""

    kiosk: str
    register_on: date
    file: str
    currency: str
    amounts: Mapping[str, Money]


def compare(register: Register, ours: Mapping[str, Money], on: date) -> KioskRegisterCompared:
    """What the registers of a day agree and differ on, in order of transaction."""
    theirs, found = register.amounts, []
    for transaction in sorted({*theirs, *ours}):
        their, our = theirs.get(transaction), ours.get(transaction)
        if their == our:
            continue
        kind: DifferenceKind = "amounts-differ"
        if our is None:
            kind = "theirs-alone"
        elif their is None:
            kind = "ours-alone"
        found.append(RegisterDifference(kind=kind, transaction=transaction, theirs=their, ours=our))
    agreed = sum(1 for transaction, their in theirs.items() if ours.get(transaction) == their)
    return KioskRegisterCompared(
        effective_on=on, kiosk=register.kiosk, register_on=register.register_on, file=register.file, lines=len(theirs),
        amount=total(theirs.values(), register.currency), agreed=agreed, differences=tuple(found),
    )  # fmt: skip
