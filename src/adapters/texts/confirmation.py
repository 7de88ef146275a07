"""The limits beyond which changes ask first, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.confirmation import ConfirmationLimitsSet


def _set(fact: ConfirmationLimitsSet) -> str:
    limits = fact.limits
    return (
        f"seller {fact.seller}: changes ask beyond {limits.most_days_ahead} days ahead, an amount of "
        f"{limits.most_amount:f}, or {limits.most_percent:f} % of the accounts"
    )


SENTENCES: Sentences = {ConfirmationLimitsSet: _set}
