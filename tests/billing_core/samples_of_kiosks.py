"""How the stored samples of kiosks and wallets are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kiosks.connections import (
    KioskChanged,
    KioskConnected,
    KioskCurrency,
    KioskSecretChanged,
    KioskSwitched,
    KioskTerms,
)
from billing_core.kiosks.registers import KioskRegisterCompared, RegisterDifference
from billing_core.kiosks.transactions import (
    KioskAnswer,
    KioskMessageRefused,
    KioskPaymentCancelled,
    KioskPaymentRefused,
    KioskPaymentTaken,
)

ON = date(2026, 3, 2)
TERMS = KioskTerms(
    protocol="epay",
    seller="north",
    currencies=(
        KioskCurrency(from_on=date(2020, 1, 1), currency="BGN"),
        KioskCurrency(from_on=date(2026, 1, 1), currency="EUR"),
    ),
    payer_key="customer",
    least=Decimal(1),
    most=Decimal(500),
    networks=("198.51.100.0/24",),
    user="0000334",
    late_days=5,
)
AMOUNT = Money(Decimal("12.50"), "EUR")
SAMPLES: dict[str, Event] = {
    "kiosk-connected/1": KioskConnected(effective_on=ON, kiosk="easypay", terms=TERMS),
    "kiosk-changed/1": KioskChanged(effective_on=ON, kiosk="easypay", terms=TERMS),
    "kiosk-secret-changed/1": KioskSecretChanged(effective_on=ON, kiosk="easypay"),
    "kiosk-switched/1": KioskSwitched(effective_on=ON, kiosk="easypay", is_on=False, reason="moves house"),
    "kiosk-payment-taken/1": KioskPaymentTaken(
        effective_on=ON, kiosk="hall", transaction="17", typed="1001", account="1001", amount=AMOUNT,
        answer=KioskAnswer("ok", "482000000000000017"),
    ),
    "kiosk-payment-refused/1": KioskPaymentRefused(
        effective_on=ON, kiosk="hall", transaction="18", typed="9999", amount=AMOUNT,
        answer=KioskAnswer("unknown-payer", "482000000000000018", "nobody is known by it"),
    ),
    "kiosk-payment-cancelled/1": KioskPaymentCancelled(
        effective_on=ON, kiosk="hall", transaction="17", account="1001", amount=AMOUNT, cancellation="19"
    ),
    "kiosk-message-refused/1": KioskMessageRefused(
        effective_on=ON, kiosk="hall", transaction="17", step="pay", verdict="forged", reason="the checksum is wrong",
        sent_from="203.0.113.9", left_out=4,
    ),
    "kiosk-register-compared/1": KioskRegisterCompared(
        effective_on=ON, kiosk="hall", register_on=date(2026, 3, 1), file="ab" * 32, lines=2, amount=AMOUNT, agreed=1,
        differences=(RegisterDifference(kind="ours-alone", transaction="20", ours=AMOUNT),),
    ),
}  # fmt: skip
