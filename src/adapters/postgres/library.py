"""The store as the event-sourcing library knows it: a plain `Application` of the library opens the same database.

    Application[str](env={"PERSISTENCE_MODULE": "adapters.postgres.library", "BILLING_DATABASE_URL": url})

It reads streams and, below the mark, the log of notifications, and appends under the same version check. It does not
know claims, document numbers and the keys of persons: what touches these is given as a command. `docs/integrators.md`
shows the whole of it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent
from eventsourcing.utils import Environment, EnvType

import billing_core
from adapters.postgres.datastore import connected, open_datastore
from adapters.postgres.migrations import require_current
from adapters.postgres.recorder import EventRecorder
from adapters.postgres.topics import require_same_topics
from adapters.postgres.tracking import FollowerEventRecorder, FollowerRecorder
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, decode, encode, known_topics, topic_of
from billing_core.kernel.personal import contents_of, erase, find_personal_fields
from billing_core.parties.forgotten import CustomerForgotten

DATABASE_URL = "BILLING_DATABASE_URL"


class Recorded(msgspec.Struct, frozen=True):
    """An event at its place in a stream; it has the attributes that the library asks for."""

    originator_id: str
    originator_version: int
    event: Event


class NotForTheLibrary(InvalidValue):
    """The event is kept together with something that the library does not know."""

    code = "not-for-the-library"


class EventMapper(Mapper[str]):
    """Between events and their stored bytes, by the topics and versions that the events state themselves."""

    def __init__(self, **_: Any) -> None:
        """Events encode themselves: a transcoder, a cipher and a compressor are not asked for."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """The row to be stored. What is kept together with keys of persons or claims comes in by a command alone."""
        assert isinstance(domain_event, Recorded)
        fact, topic = domain_event.event, topic_of(type(domain_event.event))
        _refuse_with(topic, "keys of a person", is_kept=_touches_keys(fact))
        _refuse_with(topic, "a claim", is_kept=bool(fact.claims(domain_event.originator_id)))
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, topic, encode(fact))

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """The event in today's shape; what is personal in it is erased, also if it was stored in clear."""
        event = decode(stored_event.topic, stored_event.state)
        fields = find_personal_fields(type(event))
        if fields is not None:
            event = erase(fields, event)
        return Recorded(str(stored_event.originator_id), stored_event.originator_version, event)


def _touches_keys(fact: Event) -> bool:
    fields = find_personal_fields(type(fact))
    return isinstance(fact, CustomerForgotten) or (fields is not None and bool(contents_of(fields, fact)))


def _refuse_with(topic: str, companion: str, *, is_kept: bool) -> None:
    if is_kept:
        raise NotForTheLibrary(
            f"is kept together with {companion}, which only a command writes; give the command instead",
            field="event",
            value=topic,
        )


class BillingFactory(InfrastructureFactory[FollowerRecorder]):
    """What a library `Application` is made of on our database; one that does not fit the program is refused."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        url = self.env.get(DATABASE_URL)
        if not url:
            raise InvalidValue("is not set; it names the database, as in postgresql://host/name", field=DATABASE_URL)
        for module in pkgutil.walk_packages(billing_core.__path__, "billing_core."):
            import_module(module.name)  # An event can be read as soon as its module is imported.
        with connected(url) as connection:
            require_current(connection)
            require_same_topics(connection, known_topics())
        self.datastore = open_datastore(url)

    def mapper(self, *_: Any, **__: Any) -> Any:
        return EventMapper()

    def application_recorder(self) -> EventRecorder:
        return EventRecorder(self.datastore)

    def process_recorder(self) -> FollowerEventRecorder:
        return FollowerEventRecorder(self.datastore)

    def tracking_recorder(self, tracking_recorder_class: type[Any] | None = None) -> Any:
        return (tracking_recorder_class or FollowerRecorder)(self.datastore)

    def aggregate_recorder(self, purpose: str = "events") -> EventRecorder:
        raise InvalidValue("are not kept by the library here: read models keep latest states", field=purpose)

    def close(self) -> None:
        self.datastore.close()


def facts_of(recorded: Iterable[DomainEventProtocol[str]]) -> Iterator[Event]:
    """The events alone, as the rules fold them."""
    for item in recorded:
        assert isinstance(item, Recorded)
        yield item.event
