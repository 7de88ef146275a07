"""Kiosks and wallets for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date, timedelta

from billing_core.kernel.money import Money
from billing_core.kiosks.connections import KioskCurrency, KioskTerms, Protocol
from commands.kiosks.connections import ChangeKiosk, ChangeKioskSecret, ConnectKiosk, SwitchKiosk
from commands.kiosks.payments import CancelKioskPayment, NoteKioskRefusal, PayByKiosk
from commands.kiosks.registers import CompareKioskRegister
from tests.operators import Operator, eur

ON = date(2026, 4, 10)
EUR = (KioskCurrency(from_on=date(2026, 1, 1), currency="EUR"),)


def terms_of(protocol: Protocol = "osmp", **terms: object) -> KioskTerms:
    """Terms by which a kiosk or wallet is connected to seller `north`, in EUR."""
    given = {"seller": "north", "currencies": EUR, "user": "merchant", **terms}
    return KioskTerms(protocol=protocol, **given)  # type: ignore[arg-type]


def pay(transaction: str, account: str, amount: Money, kiosk: str = "hall") -> PayByKiosk:
    return PayByKiosk(kiosk=kiosk, transaction=transaction, typed=account, account=account, amount=amount)


def keep_kiosks(operator: Operator) -> None:
    """Payments that were taken, refused, cancelled and wait; refused messages; a register that differs, twice."""
    operator.tell(ConnectKiosk(kiosk="hall", terms=terms_of()), today=ON)
    operator.tell(ConnectKiosk(kiosk="wallet", terms=terms_of("idram")), today=ON)
    for transaction, account, amount in (("1", "A0002", "3.00"), ("2", "A0006", "4.00"), ("3", "NOBODY", "5.00")):
        operator.tell(pay(transaction, account, eur(amount)), today=ON)
    operator.tell(pay("1", "A0002", eur("3.50")), today=ON)  # It was another payment.
    operator.tell(CancelKioskPayment(kiosk="hall", transaction="2", cancellation="92"), today=ON)
    operator.tell(pay("7", "", eur("6.00"), "wallet"), today=ON)
    operator.tell(
        NoteKioskRefusal(kiosk="hall", step="pay", verdict="forged", reason="the password is wrong"), today=ON
    )
    for name, theirs in (("a", ("1=3.10", "9=1.00")), ("b", ("1=3.00", "9=1.00"))):
        register = CompareKioskRegister(kiosk="hall", register_on=ON, file=name * 64, theirs=theirs, ours=("1",))
        operator.tell(register, today=ON + timedelta(days=1))
    operator.tell(ChangeKiosk(kiosk="hall", terms=terms_of(late_days=7)), today=ON)
    operator.tell(ChangeKioskSecret(kiosk="hall"), today=ON)
    operator.tell(SwitchKiosk(kiosk="hall", is_on=False, reason="is moved"), today=ON)
