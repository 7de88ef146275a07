"""Payers of the seller `north`: each owes 24.00 of January 2026, due on the 15th, and signed a mandate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.jobs.direct_debit import (
    DrawDebits,
    DrawnDebits,
    ReadDebitAnswers,
    draw_debits,
    read_debit_answers,
)
from billing_core.direct_debit.answers import DebitAnswer
from billing_core.direct_debit.batches import DebitBatch
from billing_core.direct_debit.mandates import Mandate
from billing_core.direct_debit.terms import DebitTerms
from billing_core.party_changes import AddressChanges, SellerChanges
from commands.direct_debit.answers import RecordDebitAnswers
from commands.direct_debit.batches import DrawUpDebitBatch, FreezeDebitBatch, NoteDebitBatchSent, load_batch
from commands.direct_debit.mandates import SignMandate, load_mandate
from commands.direct_debit.terms import SetDebitTerms
from commands.parties import ChangeSeller
from commands.platform.batch import BatchReport
from commands.platform.progress import Progress
from tests.operators import Operator, silent

A, B = "A0001", "A0002"
SIGNED_ON = date(2026, 1, 5)
ON, COLLECT_ON = date(2026, 1, 16), date(2026, 1, 30)
IBANS = {A: "DE89370400440532013000", B: "CZ6508000000192000145399", "A0003": "DE89370400440532013000"}
USUAL = DebitTerms(creditor_id="DE98ZZZ09999999999", return_fee=Decimal("3.00"), return_fee_vat_rate=Decimal(20))


def set_up_payers(
    operator: Operator, *accounts: str, terms: DebitTerms = USUAL, until: date = date(2026, 2, 1)
) -> None:
    """The seller's bank, its terms, and accounts that owe the invoice of January and have signed."""
    address = AddressChanges(street="Main Street", house_number="7", city="Berlin", postal_code="10115", country="DE")
    bank = SellerChanges(address=address, iban="DE02120300000000202051", bic="BYLADEM1001")
    operator.tell(ChangeSeller(code="north", changes=bank), today=SIGNED_ON)
    operator.tell(SetDebitTerms(seller="north", terms=terms), today=SIGNED_ON)
    for account in accounts:
        operator.subscriber(account, until=until, billing_day=1, due_days=14)
    operator.bill(date(2026, 1, 2))
    for account in accounts:
        sign(operator, account)


def sign(operator: Operator, account: str, mandate: str = "", signed_on: date = SIGNED_ON, **details: Any) -> str:
    words = {"scheme": "sepa-core", "payer": f"Customer {account}", "payer_account": IBANS[account]} | details
    name = mandate or f"M-{account}"
    operator.tell(SignMandate(mandate=name, account=account, signed_on=signed_on, **words), today=signed_on)
    return name


def owed(operator: Operator, account: str = A) -> str:
    """The number of the oldest open invoice of an account."""
    return next(iter(operator.account(account).ledger.open_items))


def draw(operator: Operator, *accounts: str, on: date = ON, collect_on: date = COLLECT_ON) -> dict[str, Any]:
    mandates = tuple(f"M-{account}" for account in accounts)
    command = DrawUpDebitBatch(seller="north", scheme="sepa-core", collect_on=collect_on, mandates=mandates)
    return operator.tell(command, today=on).result


def send(operator: Operator, batch: str, on: date = ON) -> None:
    operator.tell(FreezeDebitBatch(batch=batch), today=on)
    operator.tell(NoteDebitBatchSent(batch=batch), today=on)


def drawn_and_sent(operator: Operator, *accounts: str) -> str:
    """The name of a batch that the bank has."""
    batch: str = draw(operator, *accounts)["batch"]
    send(operator, batch)
    return batch


def answer(operator: Operator, debit: str, outcome: str, reason: str = "", on: date = COLLECT_ON) -> dict[str, Any]:
    answered = DebitAnswer(end_to_end=debit, outcome=outcome, reason=reason)  # type: ignore[arg-type]
    return operator.tell(RecordDebitAnswers(batch=debit.rpartition("-")[0], answers=(answered,)), today=on).result


def batch_now(operator: Operator, name: str) -> DebitBatch:
    return operator.application.bus.look(lambda transaction: load_batch(transaction, name)[0])


def mandate_now(operator: Operator, name: str) -> Mandate:
    return operator.application.bus.look(lambda transaction: load_mandate(transaction, name)[0])


def states(operator: Operator, name: str) -> dict[str, str]:
    """The state of each debit of a batch."""
    return {end_to_end: drawn.state for end_to_end, drawn in batch_now(operator, name).debits.items()}


def let_happen(operator: Operator, on: date) -> None:
    """Everything that happens by itself on a day."""
    operator.let_happen(on)


@contextmanager
def _watch(what: str, unit: str, count: int | None) -> Iterator[Progress]:
    yield silent


def work_on(operator: Operator, on: date, file: Path | None = None, *, is_dry_run: bool = False) -> Work:
    return Work(operator.application, origin_of_process("clerk", on), _watch, datetime.now(UTC), file, is_dry_run)


def draw_all(
    operator: Operator, on: date = ON, collect_on: date = COLLECT_ON, *, is_dry_run: bool = False
) -> DrawnDebits:
    asked = DrawDebits(seller="north", collect_on=collect_on)
    return draw_debits(asked, work_on(operator, on, is_dry_run=is_dry_run))


def read_file(operator: Operator, file: Path, on: date = COLLECT_ON, **asked: Any) -> BatchReport:
    return read_debit_answers(ReadDebitAnswers(**asked), work_on(operator, on, file))
