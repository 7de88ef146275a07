"""Tax documents on advances, in words."""

from __future__ import annotations

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from billing_core.payments.advances import AdvanceCorrected, AdvanceTaxed, AdvanceTermsSet


def _terms(fact: AdvanceTermsSet) -> str:
    if fact.terms is None:
        return f"seller {fact.seller} issues no tax documents on advances any more"
    return f"seller {fact.seller}, {fact.terms.vat_rate:f}% VAT, after {fact.terms.after_days} days"


SENTENCES: Sentences = {
    AdvanceTermsSet: _terms,
    AdvanceTaxed: lambda fact: (
        f"document {fact.number} on {money(fact.gross)} of {fact.credit}, {money(fact.vat)} VAT at {fact.vat_rate:f}%"
    ),
    AdvanceCorrected: lambda fact: (
        f"document {fact.number} corrects {fact.corrects} by {money(fact.gross)}, {money(fact.vat)} VAT, "
        f"because: {fact.reason}"
    ),
}
