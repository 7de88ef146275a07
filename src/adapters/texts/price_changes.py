"""Price changes on their way to the accounts, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.billing.repricing import RepricingAdvanced


def _advanced(fact: RepricingAdvanced) -> str:
    end = ", complete" if fact.is_complete else ""
    return f"up to {fact.until_account}: {counted(fact.accounts, 'account')} marked for re-rating{end}"


SENTENCES: Sentences = {RepricingAdvanced: _advanced}
