"""Each event in a sentence, for the LOG and the audit answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from adapters.areas import exported
from billing_core.kernel.events import Event, topic_of

Sentences = Mapping[type[Event], Callable[[Any], str]]


def event_name(fact: Event) -> str:
    """The event's name as in its topic, without the version: `payment-received`."""
    return topic_of(type(fact)).partition("/")[0]


def sentence(fact: Event) -> str:
    """The main content of an event."""
    return _sentence_of(type(fact))(fact)


@cache
def _sentence_of(kind: type[Event]) -> Callable[[Any], str]:
    """The sentence of an event's type, or of the nearest type that it is one of."""
    known: dict[type, Callable[[Any], str]] = {}
    for sentences in exported("adapters.texts", "SENTENCES"):
        known |= sentences
    return next(known[base] for base in kind.__mro__ if base in known)
