"""Usage, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from adapters.texts.usage import (
    batches,
    identifiers,
    mediation,
    price_lists,
    retention,
)

SENTENCES: Sentences = {
    **batches.SENTENCES,
    **identifiers.SENTENCES,
    **mediation.SENTENCES,
    **price_lists.SENTENCES,
    **retention.SENTENCES,
}
from adapters.texts.usage import batches, control, identifiers, price_lists

SENTENCES: Sentences = {**batches.SENTENCES, **control.SENTENCES, **identifiers.SENTENCES, **price_lists.SENTENCES}
ACCOUNT_LINES = control.account_lines
ACCOUNT_FACTS = control.account_facts
