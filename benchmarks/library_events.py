"""Our events as the event-sourcing library reads and writes them, for what is measured against its own ways."""

from __future__ import annotations

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent

from billing_core.kernel.events import Event, decode, encode, topic_of


class Recorded(msgspec.Struct, frozen=True):
    """An event at its place in a stream; it has the attributes that the library asks for."""

    originator_id: str
    originator_version: int
    event: Event


class EventMapper(Mapper[str]):
    """Between events and their stored bytes, by the topics and versions the events state themselves."""

    def __init__(self) -> None:
        """Events encode themselves, so there is no transcoder."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        assert isinstance(domain_event, Recorded)
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=topic_of(type(domain_event.event)),
            state=encode(domain_event.event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        event = decode(stored_event.topic, stored_event.state)
        return Recorded(str(stored_event.originator_id), stored_event.originator_version, event)
