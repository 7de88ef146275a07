"""How the stored samples of direct debit are read: terms, mandates, batches, answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.direct_debit.batch_events import (
    Debit,
    DebitAccepted,
    DebitBatchCancelled,
    DebitBatchClosed,
    DebitBatchDrawnUp,
    DebitBatchFrozen,
    DebitBatchSent,
    DebitCollected,
    DebitItem,
    DebitRejected,
    DebitReleased,
    DebitReturned,
)
from billing_core.direct_debit.mandates import (
    MandateAmended,
    MandateEnded,
    MandateFinal,
    MandateLapsed,
    MandateResumed,
    MandateSigned,
    MandateSuspended,
    MandateUsed,
)
from billing_core.direct_debit.reasons import Reason
from billing_core.direct_debit.terms import DebitTerms, DebitTermsSet
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

ON, COLLECT_ON = date(2026, 3, 10), date(2026, 3, 25)
LAPSES_ON = date(2029, 3, 25)
ID = "S1-3-17"


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


SAMPLES: dict[str, Event] = {
    "debit-terms-set/1": DebitTermsSet(
        effective_on=ON, seller="S1",
        terms=DebitTerms(
            creditor_id="DE98ZZZ09999999999", pain_version="pain.008.001.08", settles="answer", most_tries=2,
            return_fee=Decimal("3.00"), reasons={"AM04": Reason(consequence="ask", is_charged=True)},
        ),
    ),
    "mandate-signed/1": MandateSigned(
        effective_on=ON, mandate="M-17", account="1001", seller="S1", scheme="sepa-core", number=1,
        lapses_on=date(2029, 3, 10), customer="C1", payer="Anna Berzina", payer_account="DE89370400440532013000",
        payer_bank="COBADEFFXXX",
    ),
    "mandate-amended/1": MandateAmended(
        effective_on=ON, number=1, changed=("reference", "payer_account", "payer_bank"), reference="M-18",
        customer="C1", payer="Anna Berzina", payer_account="DE02120300000000202051", payer_bank="BYLADEM1001",
    ),
    "mandate-suspended/1": MandateSuspended(effective_on=ON, reason="AC04"),
    "mandate-resumed/1": MandateResumed(effective_on=ON),
    "mandate-final/1": MandateFinal(effective_on=ON, reason="contract ends"),
    "mandate-used/1": MandateUsed(effective_on=COLLECT_ON, end_to_end=ID, lapses_on=LAPSES_ON),
    "mandate-ended/1": MandateEnded(effective_on=ON, reason="MD01"),
    "mandate-lapsed/1": MandateLapsed(effective_on=LAPSES_ON),
    "debit-batch-drawn-up/1": DebitBatchDrawnUp(
        effective_on=ON, seller="S1", number=3, scheme="sepa-core", collect_on=COLLECT_ON,
        debits=(
            Debit(
                number=17, mandate="M-17", account="1001", sequence="RCUR", amount=euros("48.00"),
                items=(DebitItem("26005219", euros("24.00"), 1), DebitItem("26005220", euros("24.00"), 2)),
                amount_before=euros("24.00"), of_mandate=2, amendments=1, amends="S1-2-4",
            ),
        ),
        creditor_id="DE98ZZZ09999999999", creditor_name="Alfa",
    ),
    "debit-batch-frozen/1": DebitBatchFrozen(effective_on=ON, debits=17, left_out=("S1-3-2",), content_hash="0f" * 32),
    "debit-batch-sent/1": DebitBatchSent(effective_on=ON, collect_on=COLLECT_ON, debits=17, file_hash="1e" * 32),
    "debit-batch-closed/1": DebitBatchClosed(effective_on=ON, debits=17),
    "debit-batch-cancelled/1": DebitBatchCancelled(effective_on=ON, debits=17, reason="wrong day"),
    "debit-accepted/1": DebitAccepted(effective_on=ON, end_to_end=ID),
    "debit-collected/1": DebitCollected(effective_on=COLLECT_ON, end_to_end=ID),
    "debit-rejected/1": DebitRejected(
        effective_on=ON, end_to_end=ID, reason="AM04", consequence="try-again", again_on=date(2026, 3, 15)
    ),
    "debit-returned/1": DebitReturned(effective_on=ON, end_to_end=ID, reason="MS03", consequence="ask"),
    "debit-released/1": DebitReleased(effective_on=ON, end_to_end=ID),
}  # fmt: skip
