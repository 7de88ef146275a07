"""Usage, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from adapters.texts.usage import batches, identifiers, price_lists

SENTENCES: Sentences = {**batches.SENTENCES, **identifiers.SENTENCES, **price_lists.SENTENCES}
