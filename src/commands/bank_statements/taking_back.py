"""Find the payment that a return or reversal takes back, whichever came first, and take it back once.

A return names its debit by the end-to-end id. A reversal names what it reverses by the bank's reference; without that
by amount and reference together, if exactly one payment has both. What is not found waits, is tried again after each
import, and can be named by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from billing_core.bank_statements.identity import REVERSAL
from billing_core.bank_statements.recorded import BankStatement, MovementBooked, apply_statement, statement_stream
from billing_core.kernel.errors import BillingError
from billing_core.payments.events import PAYMENT_CLAIM, MoneyReceived, payment_id
from billing_core.payments.remittances import apply_remittance, parts_of_act, remittance_stream
from commands.bank_statements.statements import TakeBackByMovement
from commands.payments.account import load_payment_history
from commands.platform.bus import Bus
from commands.platform.identity import new_id
from commands.platform.ports import Origin, Store, Transaction


class Payment(NamedTuple):
    """A payment by its name, and its account; a remittance has none."""

    payment: str
    account: str = ""


class TakenBackTargets(Protocol):
    """What may have been taken back."""

    def statements_taking_back(self) -> Sequence[str]:
        """The statements with returns or reversals whose payment is not found."""

    def income_like(self, source: str, booked: MovementBooked) -> Sequence[Payment]:
        """Income of the bank account of the opposite amount, up to the day of the movement."""


class TakingBack:
    """Tries every return and reversal whose payment is not found yet."""

    def __init__(self, store: Store, bus: Bus, targets: TakenBackTargets) -> None:
        self._store = store
        self._bus = bus
        self._targets = targets

    def settle(self, origin: Origin) -> tuple[int, int]:
        """How many took a payment back now, and how many still wait."""
        settled = waiting = 0
        for name in self._targets.statements_taking_back():
            with self._store.transaction() as transaction:
                statement, _ = transaction.load(statement_stream(name), apply_statement)
            if statement is None:
                continue
            for booked in statement.taking_back:
                if self._settle(name, statement, booked, origin):
                    settled += 1
                else:
                    waiting += 1
        return settled, waiting

    def _settle(self, name: str, statement: BankStatement, booked: MovementBooked, origin: Origin) -> bool:
        with self._store.transaction() as transaction:
            found = self._found(transaction, statement, booked)
        if found is None:
            return False
        command = TakeBackByMovement(
            statement=name, movement=booked.movement, account=found.account, payment=found.payment
        )
        try:
            self._bus.execute(command, origin._replace(command_id=new_id()))
        except BillingError:
            return False  # It waits, and says why when a person names the payment.
        return True

    def _found(self, transaction: Transaction, statement: BankStatement, booked: MovementBooked) -> Payment | None:
        keys = _names(statement, booked)
        claims = transaction.claimed(PAYMENT_CLAIM, keys)
        for key in keys:
            if key in claims and (found := _there(transaction, key, claims[key].stream)):
                return found
        fitting = [
            found
            for like in self._targets.income_like(booked.source, booked)
            if (found := _there(transaction, like.payment, _stream(like)))
            and _agrees(_arrival(transaction, found), booked)
        ]
        return fitting[0] if len(fitting) == 1 else None


def _names(statement: BankStatement, booked: MovementBooked) -> list[str]:
    """The names that the payment would have if the movement repeats its reference or its end-to-end id."""
    names = []
    if booked.end_to_end:
        names.append(payment_id(f"debit-{statement.recorded.seller}", booked.end_to_end))
    if booked.reference.endswith(REVERSAL) and not booked.reference.startswith("h-"):
        names.append(payment_id(booked.source, booked.reference.removesuffix(REVERSAL)))
    return names


def _stream(payment: Payment) -> str:
    return f"account/{payment.account}" if payment.account else remittance_stream(payment.payment)


def _there(transaction: Transaction, payment: str, stream: str) -> Payment | None:
    """The payment where it is now: a remittance may have been assigned, a payment moved. None if it is gone."""
    if stream.startswith("remittance/"):
        remittance, _ = transaction.load(stream, apply_remittance)
        if remittance is None:
            return None
        if not remittance.acts:
            return Payment(payment)
        parts = parts_of_act(remittance.acts[-1][1], payment)
        if len(parts) != 1 or parts[0].amount != remittance.received.amount:
            return None
        payment, stream = parts[0].payment, f"account/{parts[0].account}"
    kind, _, account = stream.partition("/")
    seen = set[str]()
    while kind == "account" and account not in seen:
        seen.add(account)
        record = load_payment_history(transaction, account).get(payment)
        if record is None or record.is_reversed:
            return None
        if record.moved_to is None:
            return Payment(payment, account)
        account = record.moved_to
    return None


def _arrival(transaction: Transaction, payment: Payment) -> MoneyReceived:
    if payment.account:
        return load_payment_history(transaction, payment.account)[payment.payment].arrival
    remittance, _ = transaction.load(remittance_stream(payment.payment), apply_remittance)
    assert remittance is not None
    return remittance.received


def _agrees(arrival: MoneyReceived, booked: MovementBooked) -> bool:
    """Both say the same reference or the same payer's account, and neither contradicts."""
    pairs = [
        (arrival.payment_reference, booked.payment_reference),
        (arrival.payer_account, booked.counterparty_account),
    ]
    said = [(one, other) for one, other in pairs if one and other]
    return bool(said) and all(one == other for one, other in said)
