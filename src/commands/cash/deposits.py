"""Match deposits with the movements of bank statements, by themselves where nothing is left to guess."""

from __future__ import annotations

from billing_core.bank_statements.recorded import MovementBooked, require_movement_of
from billing_core.cash.events import DEPOSIT_CLAIM, deposit_key
from billing_core.cash.handing import Booked, confirm_deposit, is_deposit_of
from commands.bank_statements.statements import load_statement
from commands.cash.streams import load_session_of, session_stream
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction

# --- commands


class MatchDeposit(Command, frozen=True, kw_only=True):
    """Confirm the deposit that a movement of a bank statement is: the one with its reference and exactly its amount.

    Without one, or with several, nothing changes: a person confirms it. A booked statement gives it by itself.
    """

    statement: str
    movement: str


# --- handlers


def handle_match_deposit(command: MatchDeposit, transaction: Transaction, origin: Origin) -> Decision:
    statement, _ = load_statement(transaction, command.statement)
    use, booked = require_movement_of(statement, command.movement)
    nothing = Decision((), {"deposit": ""})
    if use != "deposit" or not booked.payment_reference.strip():
        return nothing
    claims = transaction.claims_beginning(DEPOSIT_CLAIM, deposit_key(booked.payment_reference))
    receipts = [claim.key.rpartition("/")[2] for claim in claims]
    sessions = {receipt: load_session_of(transaction, receipt) for receipt in receipts}
    said = Booked(booked.amount, booked.effective_on, command.statement)
    fitting = [receipt for receipt in receipts if is_deposit_of(sessions[receipt][0], receipt, said)]
    if len(fitting) != 1:
        return nothing
    (receipt,) = fitting
    session, version = sessions[receipt]
    confirmed = confirm_deposit(session, receipt, said, "", max(origin.today, booked.effective_on))
    return Decision((Append(session_stream(session.session), version, [confirmed]),), {"deposit": receipt})


# --- what happens by itself


def _match(entry: RecordedEvent) -> MatchDeposit | None:
    match entry.event:
        case MovementBooked(use="deposit") as fact:
            return MatchDeposit(statement=entry.number, movement=fact.movement)
    return None


HANDLERS: Handlers = {MatchDeposit: handle_match_deposit}
REACTIONS = (Reaction("match-deposit", (MovementBooked,), _match),)
