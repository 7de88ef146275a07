"""Direct debit, in words: terms, mandates, batches, and what became of debits."""

from __future__ import annotations

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.direct_debit.batch_events import (
    DebitAccepted,
    DebitBatchCancelled,
    DebitBatchClosed,
    DebitBatchDrawnUp,
    DebitBatchFrozen,
    DebitBatchSent,
    DebitCollected,
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
from billing_core.direct_debit.reasons import Consequence
from billing_core.direct_debit.terms import DebitTermsSet
from billing_core.kernel.money import total

FOLLOWS: dict[Consequence, str] = {
    "try-again": "it is drawn again", "suspend-mandate": "the mandate is suspended", "end-mandate": "the mandate ends",
    "ask": "a person decides",
}  # fmt: skip


def _terms(fact: DebitTermsSet) -> str:
    terms = fact.terms
    ids = terms.creditor_id or terms.domestic_account or terms.sipo_recipient or "no ids yet"
    tries = counted(terms.most_tries, "try")
    return f"{fact.seller} collects as {ids}: announced {counted(terms.notice_days, 'day')} before, {tries}"


def _signed(fact: MandateSigned) -> str:
    once = ", for one debit" if fact.is_one_off else ""
    return f"mandate {fact.mandate} of account {fact.account} signed: {fact.scheme}{once}"


def _amended(fact: MandateAmended) -> str:
    """What changed, without what tells of the payer."""
    said = {
        "reference": f"reference {fact.reference}", "payer": "name of the payer",
        "payer_account": "account of the payer", "payer_bank": "bank of the payer",
    }  # fmt: skip
    return ", ".join(said[name] for name in fact.changed)


def _drawn_up(fact: DebitBatchDrawnUp) -> str:
    amount = total((debit.amount for debit in fact.debits), fact.debits[0].amount.currency)
    debits = counted(len(fact.debits), "debit")
    return f"drawn up by {fact.scheme}: {debits}, {money(amount)}, to be collected on {fact.collect_on}"


def _frozen(fact: DebitBatchFrozen) -> str:
    left_out = f", left out: {', '.join(fact.left_out)}" if fact.left_out else ""
    return f"content frozen{left_out}"


def _refused(fact: DebitRejected | DebitReturned) -> str:
    became = "rejected" if isinstance(fact, DebitRejected) else "returned"
    from_on = f" from {fact.again_on}" if fact.consequence == "try-again" and fact.again_on else ""
    return f"debit {fact.end_to_end} {became}, {fact.reason or 'no reason given'}: {FOLLOWS[fact.consequence]}{from_on}"


SENTENCES: Sentences = {
    DebitTermsSet: _terms,
    MandateSigned: _signed,
    MandateAmended: lambda fact: f"mandate amended: {_amended(fact)}",
    MandateSuspended: lambda fact: f"mandate suspended: {fact.reason}",
    MandateResumed: lambda fact: "mandate resumed",
    MandateFinal: lambda fact: f"mandate ends with its next debit: {fact.reason}",
    MandateUsed: lambda fact: f"debit {fact.end_to_end} drawn by the mandate, which lapses on {fact.lapses_on} now",
    MandateEnded: lambda fact: f"mandate ended: {fact.reason}",
    MandateLapsed: lambda fact: "mandate lapsed, as no debit was drawn by it for so long",
    DebitBatchDrawnUp: _drawn_up,
    DebitBatchFrozen: _frozen,
    DebitBatchSent: lambda fact: f"sent, to be collected on {fact.collect_on}",
    DebitBatchClosed: lambda fact: "closed",
    DebitBatchCancelled: lambda fact: f"cancelled: {fact.reason}",
    DebitAccepted: lambda fact: f"debit {fact.end_to_end} accepted",
    DebitCollected: lambda fact: f"debit {fact.end_to_end} collected",
    DebitRejected: _refused,
    DebitReturned: _refused,
    DebitReleased: lambda fact: f"debit {fact.end_to_end} may be drawn again",
}
