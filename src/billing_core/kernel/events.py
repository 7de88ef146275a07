"""Events: immutable facts, each with a topic and a version of its own, and how they become bytes and come back.

An event records what happened and the business date from which it is true (`effective_on`); the store adds who recorded
it, when and from where. Topics never name a module, so code may move and old bytes still decode. A change of an event's
shape is a new version; the old class stays and is lifted by its `upcast`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import BillingError
from billing_core.kernel.personal import find_personal_fields


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A fact. `effective_on` is the business date on which it is true, which may lie in the past.

    Facts and the values in them are trees that never change, so they are kept out of garbage collection: a run
    makes millions of them.
    """

    effective_on: date

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The keys that this fact claims for its stream; most facts claim none."""
        return ()


class UnknownEvent(BillingError):
    """The store holds an event type this program does not know: it was written by a newer program."""

    code = "unknown-event"


AnyEvent = TypeVar("AnyEvent", bound=Event)

_topics: dict[type[Event], str] = {}
_decoders: dict[str, msgspec.json.Decoder[Any]] = {}
_encode = msgspec.json.Encoder(decimal_format="string").encode


def event(name: str, version: int = 1) -> Callable[[type[AnyEvent]], type[AnyEvent]]:
    """Give an event class its stable topic, for example `payment-received/1`."""

    def register(cls: type[AnyEvent]) -> type[AnyEvent]:
        topic = f"{name}/{version}"
        if topic in _decoders:
            raise ValueError(f"topic {topic} is taken twice")
        find_personal_fields(cls)  # Found once and kept; a mark that could not be kept ends the program here.
        _topics[cls] = topic
        _decoders[topic] = msgspec.json.Decoder(cls)
        return cls

    return register


def topic_of(event_class: type[Event]) -> str:
    """The topic an event class was given."""
    return _topics[event_class]


def topics_of(kinds: Iterable[type[Event]]) -> list[str]:
    """Every topic under which events of these classes were ever stored, in any shape."""
    names = {_name_of(_topics[kind]) for kind in kinds}
    return [topic for topic in _decoders if _name_of(topic) in names]


def topics_under(kinds: Iterable[type[Event]]) -> list[str]:
    """The same for these classes and all their subclasses."""
    wanted = tuple(kinds)
    return topics_of(kind for kind in _topics if issubclass(kind, wanted))


def _name_of(topic: str) -> str:
    return topic.partition("/")[0]


def claiming_topics() -> list[str]:
    """The topics of all events that claim something."""
    return topics_of([kind for kind in _topics if kind.claims is not Event.claims])


def known_topics() -> dict[str, type[Event]]:
    """Every topic this program can read, with its class."""
    return {topic: cls for cls, topic in _topics.items()}


def kinds_by_name() -> dict[str, type[Event]]:
    """The events in today's shape by name, the part of the topic before the version."""
    today = {topic: kind for topic, kind in known_topics().items() if not hasattr(kind, "upcast")}
    return {_name_of(topic): kind for topic, kind in sorted(today.items())}


def encode(fact: Event) -> bytes:
    """An event as JSON bytes, decimals as strings."""
    return _encode(fact)


def decode(topic: str, state: bytes) -> Event:
    """The event that was stored, lifted to today's shape. What is personal in it is erased, where it was hidden."""
    return lifted(decode_as_stored(topic, state))


def decode_as_stored(topic: str, state: bytes) -> Event:
    """The event in the shape in which it was stored. An unknown topic raises `UnknownEvent`."""
    decoder = _decoders.get(topic)
    if decoder is None:
        raise UnknownEvent(
            "the database holds an event type this program does not know; upgrade the program",
            field="topic",
            value=topic,
        )
    fact: Event = decoder.decode(state)
    return fact


def lifted(fact: Event) -> Event:
    """An event in today's shape, lifted version by version."""
    while (upcast := getattr(fact, "upcast", None)) is not None:
        fact = upcast()
    return fact
