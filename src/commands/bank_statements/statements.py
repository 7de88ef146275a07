"""Register a bank account; overrule or dismiss a statement that waits; correct a movement, or have it take back."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.taken_back import TakenBack, take_back_payment
from billing_core.bank_statements.accounts import (
    BankAccount,
    apply_bank_account,
    bank_account_stream,
    register_bank_account,
)
from billing_core.bank_statements.recorded import (
    BankStatement,
    MovementBooked,
    apply_statement,
    correct_movement,
    dismiss,
    overrule,
    require_movement_of,
    require_statement,
    statement_stream,
    take_back,
)
from billing_core.bank_statements.uses import Use
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.money import zero
from billing_core.payments.ledger import PaymentRecord
from billing_core.payments.remittances import (
    RemittanceReceived,
    give_back,
    receive_remittance,
    remittance_stream,
    sender_of,
)
from commands.accounts import account_stream, load_account
from commands.parties import load_seller
from commands.payments.account import load_payment_history
from commands.payments.remittances import load_remittance
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RegisterBankAccount(Command, frozen=True, kw_only=True):
    """Register a bank account of a seller, so that its statements are taken in; again to change its details.

    The account that is printed on the seller's documents needs no registration. Payments are known by the IBAN, or by
    `source`: that of the bank profile, if files of this account were imported by one before. What comes in from the
    bank accounts of `payouts_from` is a payout of a card gateway, a kiosk network or the post: its payments are booked
    one by one already, so it never waits as unmatched money.
    """

    iban: str
    seller: str
    source: str = ""
    currency: str = ""
    name: str = ""
    payouts_from: tuple[str, ...] = ()


class OverruleStatement(Command, frozen=True, kw_only=True):
    """Have a statement taken in although its sums do not close. Its movements are booked by `book-statements`."""

    statement: str
    reason: str


class DismissStatement(Command, frozen=True, kw_only=True):
    """Give up a statement that waits: none of its movements is booked. It can be overruled later."""

    statement: str
    reason: str


class CorrectMovement(Command, frozen=True, kw_only=True):
    """Say that a movement of a statement is something else than it was booked as.

    As `income` it becomes a remittance, which waits until somebody assigns it. `movement` is `source:reference`.
    """

    statement: str
    movement: str
    use: Use
    reason: str


class TakeBackByMovement(Command, frozen=True, kw_only=True):
    """A return or a reversal on a statement takes back the payment that it belongs to: its amount of it.

    What was given back of it before is owed again, as an item of the next invoice, outside VAT.
    `payment` is `source:reference`, of this account; without an account it is a remittance that waits.
    """

    statement: str
    movement: str
    payment: str
    account: str = ""


# --- handlers


def load_statement(transaction: Transaction, name: str) -> tuple[BankStatement, int]:
    """The statement and its version, or `NotFound`."""
    found, version = transaction.load(statement_stream(name), apply_statement)
    return require_statement(found, name), version


def handle_register(command: RegisterBankAccount, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    account = BankAccount(
        iban="".join(command.iban.split()).upper(), seller=command.seller, source=command.source,
        currency=command.currency, name=command.name, payouts_from=command.payouts_from,
    )  # fmt: skip
    stream = bank_account_stream(account.iban)
    known, version = transaction.load(stream, apply_bank_account)
    return Decision((Append(stream, version, register_bank_account(known, account, origin.today)),))


def handle_overrule(command: OverruleStatement, transaction: Transaction, origin: Origin) -> Decision:
    statement, version = load_statement(transaction, command.statement)
    facts = overrule(statement, command.reason, origin.today)
    return Decision((Append(statement_stream(command.statement), version, facts),))


def handle_dismiss(command: DismissStatement, transaction: Transaction, origin: Origin) -> Decision:
    statement, version = load_statement(transaction, command.statement)
    facts = dismiss(statement, command.reason, origin.today)
    return Decision((Append(statement_stream(command.statement), version, facts),))


def handle_correct(command: CorrectMovement, transaction: Transaction, origin: Origin) -> Decision:
    statement, version = load_statement(transaction, command.statement)
    corrected = correct_movement(statement, command.movement, command.use, command.reason, origin.today)
    appends = [Append(statement_stream(command.statement), version, (corrected,))]
    if command.use != "income":
        return Decision(tuple(appends))
    remittance = _as_remittance(statement.uses[command.movement][1])
    appends.append(Append(remittance_stream(remittance.payment), 0, receive_remittance(remittance)))
    return Decision(tuple(appends), {"remittance": remittance.payment})


def _as_remittance(booked: MovementBooked) -> RemittanceReceived:
    """The name and line of the movement stay those of its statement, so the remittance has a name of its own."""
    if booked.amount <= zero(booked.amount.currency):
        raise RuleViolation("went out, so it cannot be income", field="movement", value=booked.movement)
    return RemittanceReceived(
        effective_on=booked.effective_on, source=booked.source, reference=f"{booked.reference}-corrected",
        sender=sender_of(f"{booked.movement}-corrected"), amount=booked.amount,
        payment_reference=booked.payment_reference, payer=booked.counterparty,
        payer_account=booked.counterparty_account, message=booked.message,
    )  # fmt: skip


def handle_take_back(command: TakeBackByMovement, transaction: Transaction, origin: Origin) -> Decision:
    statement, version = load_statement(transaction, command.statement)
    _, booked = require_movement_of(statement, command.movement)
    fact = take_back(statement, command.movement, command.account, command.payment, origin.today)
    own = Append(statement_stream(command.statement), version, (fact,))
    taken = _taken_from_account if command.account else _taken_from_remittance
    return Decision((own, taken(command, booked, transaction, origin.today)))


def _taken_from_account(
    command: TakeBackByMovement, booked: MovementBooked, transaction: Transaction, today: date
) -> Append:  # fmt: skip
    """The payment is reversed on the day of the movement, its amount of it; what it settled is open again."""
    account, version = load_account(transaction, command.account)
    history = load_payment_history(transaction, command.account)
    record = history.get(command.payment)
    if record is not None:
        _require_before(record.arrival.effective_on, booked)
        _require_whole(record, booked)
    taken = TakenBack(command.payment, -booked.amount, why_of(booked), booked.effective_on)
    events = take_back_payment(account, version, history, taken, today)
    return Append(account_stream(command.account), version, events)


def _require_whole(record: PaymentRecord, booked: MovementBooked) -> None:
    """A remittance that was split over several accounts is taken back whole, once it waits again."""
    whole, amount = record.arrival.remittance, record.arrival.amount
    is_part = whole not in ("", record.arrival.payment) and amount.currency == booked.amount.currency
    if is_part and amount < -booked.amount:
        raise RuleViolation(f"takes {-booked.amount} back, and {amount} is a part of remittance {whole}; undo what was "
                            "done with that first", field="movement", value=booked.movement)  # fmt: skip


def _taken_from_remittance(
    command: TakeBackByMovement, booked: MovementBooked, transaction: Transaction, today: date
) -> Append:  # fmt: skip
    """Money that nobody recognised went back, whole."""
    remittance, version = load_remittance(transaction, command.payment)
    _require_before(remittance.received.effective_on, booked)
    if remittance.waiting != -booked.amount:
        raise RuleViolation(f"waits with {remittance.waiting}, the movement is of {booked.amount}", field="payment",
                            value=command.payment)  # fmt: skip
    return Append(remittance_stream(command.payment), version,
                  give_back(remittance, why_of(booked), booked.effective_on))  # fmt: skip


def _require_before(received_on: date, booked: MovementBooked) -> None:
    if received_on > booked.effective_on:
        raise RuleViolation(f"came in on {received_on}, after what would take it back", field="movement",
                            value=booked.movement)  # fmt: skip


def why_of(booked: MovementBooked) -> str:
    """Why a payment was taken back, with the bank's reason if it gave one: `returned by the bank: AC04`."""
    reason = booked.return_reason or booked.code
    return f"{'returned' if booked.use == 'return' else 'reversed'} by the bank" + (f": {reason}" if reason else "")


HANDLERS: Handlers = {
    RegisterBankAccount: handle_register,
    OverruleStatement: handle_overrule,
    DismissStatement: handle_dismiss,
    CorrectMovement: handle_correct,
    TakeBackByMovement: handle_take_back,
}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
