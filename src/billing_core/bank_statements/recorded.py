"""A recorded statement: taken in whole, or waiting because its sums do not close; and its movements that are no income.

Decides what may happen to a statement and to a movement of it. Money of customers is a payment or a remittance of its
own; every other movement is a fact of the statement's stream, so that all movements of a bank account are kept once.

    recorded, sums close              taken in
    recorded, 10.00 differ            waits     overruled, because: the bank confirms it      taken in
                                                dismissed, because: the wrong file            over; may be overruled yet
    a fee was booked as outgoing      corrected to fee
    a fee that was a customer's       corrected to income: a remittance that waits
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import msgspec

from billing_core.bank_statements.accounts import BankAccount
from billing_core.bank_statements.checking import CheckedStatement
from billing_core.bank_statements.saying import said, shown
from billing_core.bank_statements.statement import Movement
from billing_core.bank_statements.uses import TAKING_BACK, Use
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import Conflict, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_text
from billing_core.payments.events import PAYMENT_CLAIM, payment_id

# --- events


class RejectedMovement(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A movement that could not be booked: its line, and why."""

    line: int
    reason: str


@event("statement-recorded")
class StatementRecorded(Event, frozen=True, kw_only=True):
    """A statement of a seller's bank account was read and checked; `effective_on` is its last day.

    `content_hash` is the SHA-256 of the file, which is kept, and `place` the statement's place in it, from 1.
    `findings` say what does not fit; with any it waits whole.
    """

    account: str
    seller: str
    source: str
    currency: str
    number: str
    from_on: date
    opening: Money | None = None
    closing: Money | None = None
    movements: int
    credits: Money
    debits: Money
    difference: Money
    findings: tuple[str, ...] = ()
    content_hash: str
    place: int
    file_name: str = ""
    profile: str = ""


@event("statement-overruled")
class StatementOverruled(Event, frozen=True, kw_only=True):
    """A statement that waited, or was dismissed, is taken in all the same."""

    reason: str


@event("statement-dismissed")
class StatementDismissed(Event, frozen=True, kw_only=True):
    """A statement that waits is not taken in."""

    reason: str


@event("movement-booked")
class MovementBooked(Event, frozen=True, kw_only=True):
    """A movement that is no customer's money. `source` and `reference` name it as they name a payment.

    `end_to_end` is the reference of the order that it carries out or returns.
    """

    line: int
    source: str
    reference: str
    use: Use
    amount: Money
    code: str = ""
    return_reason: str = ""
    end_to_end: str = ""
    payment_reference: Personal[str] = ""
    counterparty: Personal[str] = ""
    counterparty_account: Personal[str] = ""
    message: Personal[str] = ""
    person: PersonNumber = ""

    @property
    def movement(self) -> str:
        """Its name across the system, as that of a payment."""
        return payment_id(self.source, self.reference)

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its name: the same movement in another file is never booked as income."""
        return (Claim(PAYMENT_CLAIM, self.movement, stream, f"{self.amount} on {self.effective_on}"),)


@event("movement-corrected")
class MovementCorrected(Event, frozen=True, kw_only=True):
    """A movement is something else than it was booked as."""

    movement: str
    before: Use
    use: Use
    reason: str


@event("movement-took-back")
class MovementTookBack(Event, frozen=True, kw_only=True):
    """A return or reversal took back this payment of an account."""

    movement: str
    account: str
    payment: str


@event("statement-booked")
class StatementBooked(Event, frozen=True, kw_only=True):
    """All movements of the statement were gone through: of so many each became what is said here.

    `known` are those that another statement, or a person, had brought before.
    """

    matched: int
    waiting: int
    others: int
    known: int
    rejected: tuple[RejectedMovement, ...] = ()


STREAM_KIND = "bank-statement/"
NAME_DIGITS = 8


def statement_stream(name: str) -> str:
    return f"{STREAM_KIND}{name}"


def statement_name(account: str, to_on: date, content_hash: str, place: int) -> str:
    """The name of a statement: its account, its last day, and what tells it from others of that day.

    `CZ6508000000192000145399-20260331-3f2a91c0`
    """
    digest = sha256(f"{content_hash} {place}".encode()).hexdigest()
    return f"{account}-{to_on:%Y%m%d}-{digest[:NAME_DIGITS]}"


def line_of_statement(name: str, line: int) -> str:
    """How a payment says which movement it is: `CZ65...-20260331-3f2a91c0 line 7`."""
    return f"{name} line {line}"


def name_of_statement(line: str) -> str:
    """The statement of such a line."""
    return line.partition(" line ")[0]


def bank_account_of(statement: str) -> str:
    """The IBAN of the bank account of a statement, or of a line of it; empty without a statement."""
    return statement.partition("-")[0]


# --- state


class BankStatement(msgspec.Struct):
    """A statement as it stands. `taking_back` are returns and reversals whose payment is not found yet."""

    recorded: StatementRecorded
    state: str = "recorded"
    reason: str = ""
    uses: dict[str, tuple[Use, MovementBooked]] = {}
    took_back: dict[str, str] = {}
    rejected: tuple[RejectedMovement, ...] = ()

    @property
    def may_be_booked(self) -> bool:
        return self.state in ("recorded", "overruled", "booked")

    @property
    def taking_back(self) -> list[MovementBooked]:
        return [
            booked
            for name, (use, booked) in self.uses.items()
            if use in TAKING_BACK and name not in self.took_back
        ]  # fmt: skip


def apply_statement(state: BankStatement | None, fact: Event) -> BankStatement | None:
    """Fold one event of a statement's stream."""
    if isinstance(fact, StatementRecorded):
        return BankStatement(fact, "waiting" if fact.findings else "recorded")
    if state is None:
        return state
    match fact:
        case StatementOverruled(reason=reason):
            state.state, state.reason = "overruled", reason
        case StatementDismissed(reason=reason):
            state.state, state.reason = "dismissed", reason
        case MovementBooked(use=use):
            state.uses[fact.movement] = (use, fact)
        case MovementCorrected(movement=movement, use=use):
            state.uses[movement] = (use, state.uses[movement][1])
        case MovementTookBack(movement=movement, payment=payment):
            state.took_back[movement] = payment
        case StatementBooked(rejected=rejected):
            state.state, state.rejected = "booked", rejected
    return state


# --- decisions


class FileTaken(msgspec.Struct, frozen=True, kw_only=True):
    """The file in which a statement came: its hash and name, the place in it, the profile by which it was read."""

    content_hash: str
    place: int = 1
    name: str = ""
    profile: str = ""


def record_statement(
    known: BankStatement | None,
    checked: CheckedStatement,
    account: BankAccount,
    file: FileTaken,
    today: date,
) -> list[Event]:
    """Record a statement; the same one of the same file again changes nothing."""
    if known is not None:
        if (known.recorded.content_hash, known.recorded.place) != (file.content_hash, file.place):
            raise Conflict("another statement has this name", field="statement", value=account.iban)
        return []
    to_on, start = checked.to_on or today, checked.start
    recorded = StatementRecorded(
        effective_on=to_on,
        account=account.iban,
        seller=account.seller,
        source=account.source,
        currency=start.currency,
        number=start.number,
        from_on=checked.from_on or to_on,
        opening=checked.opening,
        closing=checked.closing,
        movements=checked.movements,
        credits=checked.credits,
        debits=checked.debits,
        difference=checked.difference,
        findings=checked.findings,
        content_hash=file.content_hash,
        place=file.place,
        file_name=file.name,
        profile=file.profile,
    )
    return [recorded]


def overrule(statement: BankStatement, reason: str, on: date) -> list[Event]:
    """Have a statement taken in whose sums do not close."""
    require_text(reason, "reason")
    if statement.may_be_booked:
        raise RuleViolation("does not wait", field="statement", value=statement.state)
    return [StatementOverruled(effective_on=on, reason=reason)]


def dismiss(statement: BankStatement, reason: str, on: date) -> list[Event]:
    """Give up a statement that waits."""
    require_text(reason, "reason")
    if statement.state != "waiting":
        raise RuleViolation("does not wait; correct its movements one by one", field="statement",
                            value=statement.state)  # fmt: skip
    return [StatementDismissed(effective_on=on, reason=reason)]


def booked_movement(movement: Movement, reference: str, source: str, use: Use) -> MovementBooked:
    """The fact of a movement that is no income."""
    return MovementBooked(
        effective_on=movement.booked_on,
        line=movement.line,
        source=source,
        reference=reference,
        use=use,
        amount=movement.amount,
        code=movement.code,
        return_reason=movement.return_reason,
        end_to_end=shown(movement.symbols.end_to_end),
        payment_reference=said(movement.symbols),
        counterparty=shown(movement.counterparty),
        counterparty_account=shown(movement.counterparty_account),
        message=shown(movement.message),
    )


def correct_movement(statement: BankStatement, movement: str, use: Use, reason: str, on: date) -> MovementCorrected:
    """Say that a movement is something else; one that took back a payment stays what it is."""
    require_text(reason, "reason")
    before, _ = require_movement_of(statement, movement)
    if movement in statement.took_back:
        raise RuleViolation(f"took back payment {statement.took_back[movement]}, and stays a {before}",
                            field="movement", value=movement)  # fmt: skip
    if before == "income":
        raise RuleViolation("is a remittance now; assign or give back that", field="movement", value=movement)
    if before == use:
        raise RuleViolation(f"is {use} already", field="movement", value=movement)
    return MovementCorrected(effective_on=on, movement=movement, before=before, use=use, reason=reason)


def take_back(statement: BankStatement, movement: str, account: str, payment: str, on: date) -> MovementTookBack:
    """A return or reversal takes back a payment, once."""
    use, _ = require_movement_of(statement, movement)
    if use not in TAKING_BACK:
        raise RuleViolation(f"is {use}, and takes nothing back; correct it first", field="movement", value=movement)
    if movement in statement.took_back:
        raise RuleViolation(f"took back payment {statement.took_back[movement]} before", field="movement",
                            value=movement)  # fmt: skip
    return MovementTookBack(effective_on=on, movement=movement, account=account, payment=payment)


def require_statement(statement: BankStatement | None, name: str) -> BankStatement:
    """The statement of a name."""
    if statement is None:
        raise NotFound("no such statement; `billing payments statements` lists them", field="statement", value=name)
    return statement


def require_movement_of(statement: BankStatement, movement: str) -> tuple[Use, MovementBooked]:
    """A movement of a statement that is no income, with what it is now."""
    if movement not in statement.uses:
        raise NotFound("the statement booked no such movement; income is a payment or a remittance", field="movement",
                       value=movement)  # fmt: skip
    return statement.uses[movement]
