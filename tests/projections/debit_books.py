"""Direct debit for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date

from billing_core.direct_debit.answers import DebitAnswer, Outcome
from billing_core.direct_debit.terms import DebitTerms
from commands.direct_debit.answers import RecordDebitAnswers
from commands.direct_debit.batches import CloseDebitBatch, DrawUpDebitBatch, FreezeDebitBatch, NoteDebitBatchSent
from commands.direct_debit.mandates import AmendMandate, EndMandate, SignMandate
from commands.direct_debit.terms import SetDebitTerms
from tests.operators import Operator

ON, COLLECT_ON = date(2026, 4, 10), date(2026, 4, 24)
COLLECTED, ACCEPTED, REJECTED, DRAWN = "A0001", "A0005", "A0006", "A0008"


def keep_direct_debit(operator: Operator) -> None:
    """A batch with a collected and an accepted debit, a closed one with a rejected debit, and one just drawn up."""
    operator.tell(SetDebitTerms(seller="north", terms=DebitTerms(creditor_id="DE98ZZZ09999999999")), today=ON)
    sign(operator, DRAWN, "M-0")
    operator.tell(EndMandate(mandate="M-0", reason="another bank"), today=ON)
    for account in (COLLECTED, ACCEPTED, REJECTED, DRAWN):
        sign(operator, account, f"M-{account}")
    amended = AmendMandate(mandate=f"M-{COLLECTED}", payer_account="CZ6508000000192000145399", reference="N-1")
    operator.tell(amended, today=ON)
    draw(operator, COLLECTED, ACCEPTED)
    draw(operator, REJECTED)
    draw(operator, DRAWN)
    for batch in ("north-1", "north-2"):
        operator.tell(FreezeDebitBatch(batch=batch), today=ON)
        operator.tell(NoteDebitBatchSent(batch=batch), today=ON)
    answer(operator, "north-1-1", "collected")
    answer(operator, "north-1-2", "accepted")
    answer(operator, "north-2-1", "rejected", "AM04")
    operator.tell(CloseDebitBatch(batch="north-2"), today=ON)


def sign(operator: Operator, account: str, mandate: str) -> None:
    signed = SignMandate(mandate=mandate, account=account, scheme="sepa-core", payer="Payer", signed_on=ON,
                         payer_account="DE89370400440532013000")  # fmt: skip
    operator.tell(signed, today=ON)


def draw(operator: Operator, *accounts: str) -> None:
    mandates = tuple(f"M-{account}" for account in accounts)
    command = DrawUpDebitBatch(seller="north", scheme="sepa-core", collect_on=COLLECT_ON, mandates=mandates)
    assert operator.tell(command, today=ON).result["debits"] == len(accounts)


def answer(operator: Operator, debit: str, outcome: Outcome, reason: str = "") -> None:
    answered = DebitAnswer(end_to_end=debit, outcome=outcome, reason=reason)
    operator.tell(RecordDebitAnswers(batch=debit.rpartition("-")[0], answers=(answered,)), today=ON)
