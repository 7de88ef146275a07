"""A customer who was forgotten, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.parties.forgotten import CustomerForgotten


def _forgotten(fact: CustomerForgotten) -> str:
    kept = ", ".join(f"{document.number} until {document.until}" for document in fact.kept)
    return f"by order of {fact.ordered_by}, because: {fact.reason}; documents kept: {kept or 'none'}"


SENTENCES: Sentences = {CustomerForgotten: _forgotten}
