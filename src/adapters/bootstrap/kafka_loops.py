"""The threads of a worker for Kafka: one for each topic that is written to or read, with connections of its own."""

from __future__ import annotations

from typing import Protocol

from adapters.bootstrap.application import Application
from adapters.bootstrap.kafka_out import KafkaPublishing, topics_of
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.settings import Settings
from adapters.processes.worker import Loop, Part, Worker
from billing_core.kernel.errors import InvalidValue
from commands.platform.progress import Progress

AT_ONCE = 0.2


class Advances(Protocol):
    """What a thread does, step by step."""

    def advance(self) -> int: ...

    def close(self) -> None: ...


def kafka_loops(database_url: str, settings: Settings) -> list[Loop]:
    """The threads; none without brokers."""

    def part(application: Application, work: Advances) -> Part:
        def close() -> None:
            work.close()
            application.close()

        return Part(work.advance, close)

    def publishing(name: str) -> Loop:
        def open_part(_: Progress) -> Part:
            application = Application(database_url, settings)
            return part(application, KafkaPublishing(application, settings, name))

        return Loop(f"follower {name}", open_part, AT_ONCE)

    def reading(source: KafkaSourceSettings) -> Loop:
        def open_part(_: Progress) -> Part:
            application = Application(database_url, settings)
            from adapters.bootstrap.kafka_in import KafkaReading

            receive = application.usage_mediation().receive_within
            return part(application, KafkaReading(application, settings, source, receive))

        return Loop(f"kafka source {source.name}", open_part, AT_ONCE)

    topics = topics_of(settings)
    sources = settings.kafka_sources if topics else ()
    return [*(publishing(name) for name in topics), *(reading(source) for source in sources)]


def kafka_worker(database_url: str, settings: Settings) -> Worker:
    """A worker for Kafka alone."""
    loops = kafka_loops(database_url, settings)
    if not loops:
        raise InvalidValue("names no brokers", field="setting", value="kafka_servers")
    return Worker(loops)
