"""The purge of usage rows, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.usage.retention import UsagePurged


def _purged(fact: UsagePurged) -> str:
    archived = f", archived as {fact.archive_hash[:12]}" if fact.archive_hash else ""
    rows = f"{counted(fact.sums.rows, 'row')} of {fact.batches:,} {'batch' if fact.batches == 1 else 'batches'}"
    return f"rows of {fact.month} purged: {rows}, hash {fact.rows_hash[:12]}{archived}; their sums stay"


SENTENCES: Sentences = {UsagePurged: _purged}
