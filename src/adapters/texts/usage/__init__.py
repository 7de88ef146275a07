"""Usage, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from adapters.texts.usage import (
    batches,
    control,
    identifiers,
    mediation,
    price_lists,
    retention,
)

SENTENCES: Sentences = {
    **batches.SENTENCES,
    **control.SENTENCES,
    **identifiers.SENTENCES,
    **mediation.SENTENCES,
    **price_lists.SENTENCES,
    **retention.SENTENCES,
}
ACCOUNT_LINES = control.account_lines
ACCOUNT_FACTS = control.account_facts
