"""Work, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from adapters.texts.work import tickets

SENTENCES: Sentences = {**tickets.SENTENCES}
