"""Compare the daily register of a kiosk's operator with our own transactions."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, parse_amount
from billing_core.kiosks.registers import Register, apply_register, compare
from billing_core.kiosks.transactions import (
    KioskPaymentCancelled,
    KioskPaymentRefused,
    KioskPaymentTaken,
    apply_kiosk_transaction,
    require_transaction,
)
from commands.kiosks.connections import load_kiosk
from commands.kiosks.payments import transaction_stream
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

KINDS = (KioskPaymentTaken, KioskPaymentRefused, KioskPaymentCancelled)
NEWEST = 2**31 - 1
MOST_LINES = 100_000

# --- commands


class CompareKioskRegister(Command, frozen=True, kw_only=True):
    """Compare a day's register of a kiosk's operator with ours: each of `theirs` is an id and an amount, as `17=12.50`.

    `ours` are the ids of our own transactions of that day. `file` is the SHA-256 of the register; the same one again
    changes nothing unless our side has changed.
    """

    kiosk: str
    register_on: date
    file: str
    theirs: tuple[str, ...]
    ours: tuple[str, ...] = ()


# --- handlers


def register_stream(kiosk: str, on: date) -> str:
    return f"kiosk-register/{kiosk}:{on}"


def handle_compare_register(command: CompareKioskRegister, transaction: Transaction, origin: Origin) -> Decision:
    kiosk, _ = load_kiosk(transaction, command.kiosk)
    currency = kiosk.terms.currency_on(command.register_on).currency
    theirs = _amounts(command.theirs, currency)
    stream = register_stream(kiosk.code, command.register_on)
    known, version = transaction.load(stream, apply_register)
    ours = _ours(kiosk.code, {*theirs, *command.ours}, transaction)
    register = Register(kiosk=kiosk.code, register_on=command.register_on, file=command.file, currency=currency,
                        amounts=theirs)  # fmt: skip
    compared = compare(register, ours, origin.today)
    is_known = known is not None and (known.file, known.differences) == (compared.file, compared.differences)
    result = {"lines": compared.lines, "agreed": compared.agreed, "differences": len(compared.differences),
              "known": is_known}  # fmt: skip
    return Decision(() if is_known else (Append(stream, version, [compared]),), result)


def _amounts(lines: tuple[str, ...], currency: str) -> dict[str, Money]:
    """The amounts by transaction; an id that stands twice is a fault of the register."""
    if len(lines) > MOST_LINES:
        raise InvalidValue(f"has more than {MOST_LINES:,} lines", field="theirs", value=len(lines))
    found: dict[str, Money] = {}
    for line in lines:
        transaction, _, amount = line.partition("=")
        if require_transaction(transaction) in found:
            raise InvalidValue("stands twice in the register", field="transaction", value=transaction)
        found[transaction] = parse_amount(amount, currency, "amount")
    return found


def _ours(kiosk: str, transactions: set[str], transaction: Transaction) -> dict[str, Money]:
    """Our payments among these that were not cancelled."""
    versions = {transaction_stream(kiosk, each): NEWEST for each in transactions}
    states = transaction.load_all(versions, KINDS, apply_kiosk_transaction)
    return {
        state.transaction: state.amount
        for state in states.values()
        if state.answer.verdict == "ok" and state.cancelled_by is None
    }


CONCERNS: Concerns = {CompareKioskRegister: HOUSE}
HANDLERS: Handlers = {CompareKioskRegister: handle_compare_register}
