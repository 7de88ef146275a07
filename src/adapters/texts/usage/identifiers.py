"""Identifiers of subscriptions, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.usage.mediation.identifiers import IdentifierAssigned, IdentifierReleased


def _assigned(fact: IdentifierAssigned) -> str:
    whose = f"subscription {fact.subscription} of account {fact.account}"
    return f"{fact.identifier} belongs to {whose} from {fact.effective_on} on"


def _released(fact: IdentifierReleased) -> str:
    whose = f"subscription {fact.subscription} of account {fact.account}"
    return f"belongs no more to {whose} from {fact.effective_on} on"


SENTENCES: Sentences = {IdentifierAssigned: _assigned, IdentifierReleased: _released}
