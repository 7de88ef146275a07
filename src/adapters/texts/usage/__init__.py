"""Usage, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from adapters.texts.usage import batches, identifiers

SENTENCES: Sentences = {**batches.SENTENCES, **identifiers.SENTENCES}
