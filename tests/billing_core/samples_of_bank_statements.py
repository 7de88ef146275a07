"""How the stored samples of statements of banks are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.bank_statements.accounts import BankAccount, BankAccountRegistered
from billing_core.bank_statements.recorded import (
    MovementBooked,
    MovementCorrected,
    MovementTookBack,
    RejectedMovement,
    StatementBooked,
    StatementDismissed,
    StatementOverruled,
    StatementRecorded,
)
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

ON = date(2026, 3, 31)
IBAN = "CZ6508000000192000145399"


def koruna(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


SAMPLES: dict[str, Event] = {
    "bank-account-registered/1": BankAccountRegistered(
        effective_on=ON,
        account=BankAccount(iban=IBAN, seller="north", source="fio", currency="CZK", name="Collecting account",
                            payouts_from=("2000145399/0800",)),
    ),
    "statement-recorded/1": StatementRecorded(
        effective_on=ON,
        account=IBAN,
        seller="north",
        source="fio",
        currency="CZK",
        number="3/2026",
        from_on=date(2026, 3, 1),
        opening=koruna("12894.79"),
        closing=koruna("14489.29"),
        movements=3,
        credits=koruna("1633.50"),
        debits=koruna("-49.00"),
        difference=koruna("10.00"),
        findings=("opening and movements make 14479.29 CZK, the closing balance is 14489.29 CZK: 10.00 CZK differ",),
        content_hash="3f" * 32,
        place=1,
        file_name="march.xml",
    ),
    "statement-overruled/1": StatementOverruled(effective_on=ON, reason="the bank confirms it"),
    "statement-dismissed/1": StatementDismissed(effective_on=ON, reason="the file of another house"),
    "movement-booked/1": MovementBooked(
        effective_on=ON,
        line=2,
        source="fio",
        reference="26714150489",
        use="return",
        amount=koruna("-49.00"),
        code="PRTN",
        return_reason="AC04",
        end_to_end="E2E-1",
        payment_reference="77",
        counterparty="Jana Nováková",
        counterparty_account="1000000006/2010",
        message="returned",
    ),
    "movement-corrected/1": MovementCorrected(
        effective_on=ON, movement="fio:26714150489", before="outgoing", use="fee", reason="a fee of the bank"
    ),
    "movement-took-back/1": MovementTookBack(
        effective_on=ON, movement="fio:26714150489", account="00000001", payment="debit-north:E2E-1"
    ),
    "statement-booked/1": StatementBooked(
        effective_on=ON, matched=1, waiting=1, others=1, known=0,
        rejected=(RejectedMovement(3, "is recorded as 10.00 CZK on 2026-03-30"),),
    ),
}  # fmt: skip
