"""Decides how cash leaves a till for another desk or the bank, and how it arrives.

    17:02  Dolní hands 5,000 to Horní         5,000 on their way; Dolní's till is lower by 5,000
    08:05  Horní finds 5,000: accepted        Horní's till is higher by 5,000
           Horní finds 4,900: disputed        Horní's till is higher by 4,900; 100 wait for a named decision:
             giver     Dolní miscounted       100 are in Dolní's till after all
             receiver  Horní miscounted       100 are in Horní's till after all
             house     nobody has them        100 are a loss of the house

    deposit 20,000, reference 8801            on its way until the statement shows it
    the bank counted 19,900                   confirmed with a difference of -100, and a reason

Cash that nobody has accepted is taken back into the till of the desk that it left.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from billing_core.cash.desks import CashDesk
from billing_core.cash.events import (
    CashAccepted,
    CashDeposited,
    CashHandedOver,
    CashReturned,
    CashTakenBack,
    Decided,
    DepositConfirmed,
    HandOverAccepted,
    HandOverDisputed,
    HandOverSettled,
)
from billing_core.cash.sessions import Session, Transit, found_transit, require_in_till
from billing_core.cash.taking import Till, numbered, require_day, require_leaving
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money, zero
from billing_core.parties.details import require_printable, require_text
from billing_core.staff.roles import NotPermitted


class Destination(NamedTuple):
    """The desk to which cash goes, and the operator for whom it is, if it is for one alone."""

    desk: CashDesk
    operator: str = ""
    note: str = ""


def hand_over(till: Till, amount: Money, to: Destination) -> CashHandedOver:
    """Cash for another desk of the same seller and currency."""
    require_day(till)
    require_leaving(till.session, amount)
    require_printable(to.note, "note")
    if to.desk.code == till.desk.code:
        raise RuleViolation("hands cash over to itself; close the session to change the cashier", field="to desk",
                            value=to.desk.code)  # fmt: skip
    if (to.desk.currency, to.desk.seller) != (till.desk.currency, till.desk.seller):
        raise RuleViolation(f"is kept in {to.desk.currency} for seller {to.desk.seller}, this one in "
                            f"{till.desk.currency} for {till.desk.seller}", field="to desk",
                            value=to.desk.code)  # fmt: skip
    return CashHandedOver(**numbered(till, amount), to_desk=to.desk.code, to_operator=to.operator, note=to.note)


def accept(till: Till, giver: Session, transit: str) -> tuple[CashAccepted, HandOverAccepted]:
    """All that was handed over is there."""
    handed = _handed_to(till, giver, transit)
    came = _came(till, handed, handed.amount)
    return came, HandOverAccepted(effective_on=till.session.on, transit=transit, accepted_by=till.operator)


def dispute(
    till: Till, giver: Session, transit: str, found: Money, reason: str
) -> tuple[CashAccepted | None, HandOverDisputed]:
    """Another amount is there, perhaps nothing: what is found comes into the till, if it is anything."""
    handed = _handed_to(till, giver, transit)
    require_text(reason, "reason")
    if found < zero(found.currency):
        raise InvalidValue("must not be less than zero", field="found", value=found)
    if found == handed.amount:
        raise RuleViolation("is what was handed over; accept it", field="found", value=found)
    came = _came(till, handed, found) if found > zero(found.currency) else None
    disputed = HandOverDisputed(
        effective_on=till.session.on, transit=transit, found=found, reason=reason, disputed_by=till.operator
    )
    return came, disputed


def _came(till: Till, handed: CashHandedOver, found: Money) -> CashAccepted:
    from_desk = handed.session.rpartition("-")[0]
    return CashAccepted(**numbered(till, found), hand_over=handed.receipt, from_desk=from_desk)


def _handed_to(till: Till, giver: Session, transit: str) -> CashHandedOver:
    """A hand-over that waits for this desk and operator."""
    require_day(till)
    known = _on_its_way(giver, transit)
    if not isinstance(known.left, CashHandedOver):
        raise RuleViolation("is a deposit; confirm it by the bank's statement", field="hand-over", value=transit)
    if known.left.to_desk != till.desk.code:
        raise RuleViolation(f"was handed to desk {known.left.to_desk}", field="hand-over", value=transit)
    if known.left.to_operator not in ("", till.operator):
        raise NotPermitted(f"was handed to {known.left.to_operator}", field="hand-over", value=transit)
    return known.left


def settle(giver: Session, transit: str, decided: Decided, reason: str, by: str, on: date) -> HandOverSettled:
    """Name who bears the difference of a disputed hand-over."""
    known = found_transit(giver, transit)
    if known.state != "disputed" or known.found is None:
        raise RuleViolation(f"is {known.state}, not disputed", field="hand-over", value=transit)
    require_text(reason, "reason")
    difference = known.left.amount - known.found
    return HandOverSettled(
        effective_on=on, transit=transit, difference=difference, decided=decided, reason=reason, decided_by=by
    )


def returned(till: Till, transit: str, amount: Money, reason: str) -> CashReturned:
    """Cash that is in a till after all; a negative amount is missing there."""
    require_day(till)
    require_in_till(till.session, -amount)
    return CashReturned(**numbered(till, amount), transit=transit, reason=reason)


def deposit(till: Till, amount: Money, bank_account: str, reference: str) -> CashDeposited:
    """Cash for the bank."""
    require_day(till)
    require_leaving(till.session, amount)
    require_text(bank_account, "bank account")
    require_text(reference, "reference")
    return CashDeposited(**numbered(till, amount), bank_account=bank_account, reference=reference)


class Booked(NamedTuple):
    """What a bank's statement says of a deposit."""

    amount: Money
    on: date
    statement: str = ""


def is_deposit_of(giver: Session, transit: str, booked: Booked) -> bool:
    """Whether a deposit is still on its way, and is exactly what was booked, not before it left."""
    known = giver.transits.get(transit)
    if known is None or not known.is_deposit or known.state != "on its way":
        return False
    return known.left.amount == booked.amount and giver.on <= booked.on


def confirm_deposit(giver: Session, transit: str, booked: Booked, reason: str, today: date) -> DepositConfirmed:
    """The bank has a deposit; another amount than was deposited needs a reason."""
    known = _on_its_way(giver, transit)
    if not known.is_deposit:
        raise RuleViolation("is a hand-over; the other desk accepts it", field="deposit", value=transit)
    if not giver.on <= booked.on <= today:
        raise InvalidValue(f"must be {giver.on} to {today}", field="booked on", value=booked.on)
    difference = booked.amount - known.left.amount
    require_printable(reason, "reason")
    require_printable(booked.statement, "statement")
    if difference != zero(difference.currency) and not reason.strip():
        raise InvalidValue(f"{known.left.amount} were deposited and {booked.amount} are booked; give a reason for the "
                           "difference", field="reason")  # fmt: skip
    return DepositConfirmed(
        effective_on=today, transit=transit, booked=booked.amount, difference=difference, booked_on=booked.on,
        statement=booked.statement, reason=reason,
    )  # fmt: skip


def take_back(giver: Session, transit: str, reason: str, on: date) -> tuple[CashTakenBack, Money]:
    """Cash that is on its way comes back; how much."""
    known = _on_its_way(giver, transit)
    require_text(reason, "reason")
    return CashTakenBack(effective_on=on, transit=transit, reason=reason), known.left.amount


def _on_its_way(giver: Session, transit: str) -> Transit:
    known = found_transit(giver, transit)
    if known.state != "on its way":
        raise RuleViolation(f"is {known.state}", field="receipt", value=transit)
    return known
