"""What leaves for Kafka: every event to one topic, and the balance of every account to another.

    PREFIX.events      key: stream             value: the event as in the feed, without what is personal
    PREFIX.balances    key: account number     value: balance, currency, position; compacted

Both begin with the first event of the log. Of the account of a customer who is forgotten the topic of balances says
that it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from adapters.bootstrap.application import Application
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.kafka.brokers import Brokers, NotTaken, Topic
from adapters.kafka.messages import Message, balance_message, event_message
from adapters.postgres.followers import PostgresDeliveries
from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from commands.platform.event_log import Clock, RecordedEvent
from commands.platform.page_followers import PageFollower, PageFollowerRunner, PageUndelivered
from projections.accounts.balances import BALANCE_FACTS, Balances, balances_of
from projections.platform.runner import LIVE_SCHEMA, read_checkpoints

EVENTS, BALANCES = "kafka events", "kafka balances"
PARTITIONS = 12

Send = Callable[[Sequence[Message]], None]


def brokers_of(settings: Settings) -> Brokers | None:
    """The brokers that the settings name; None without."""
    servers = tuple(server.strip() for server in settings.kafka_servers.split(",") if server.strip())
    if not servers:
        return None
    password = settings.kafka_password.get_secret_value()
    return Brokers(servers, settings.kafka_security, settings.kafka_user, password, settings.kafka_authority)


def topics_of(settings: Settings) -> dict[str, Topic]:
    """The topics that are written to, each by its follower; none without brokers."""
    if brokers_of(settings) is None:
        return {}
    prefix = settings.kafka_prefix
    return {
        EVENTS: Topic(f"{prefix}.events", PARTITIONS),
        BALANCES: Topic(f"{prefix}.balances", PARTITIONS, is_compacted=True),
    }


def kafka_followers(application: Application, settings: Settings) -> list[PageFollower]:
    """The followers that write to the topics, each page over a connection of its own; none without brokers."""
    brokers = brokers_of(settings)
    if brokers is None:
        return []

    def send_once(topic: Topic, page: Sequence[Message]) -> None:
        from adapters.kafka.sending import Sender

        with closing(Sender(brokers, topic)) as sender:
            sender.send(page)

    return [follower_of(name, application, partial(send_once, topic)) for name, topic in topics_of(settings).items()]


def follower_of(name: str, application: Application, send: Send) -> PageFollower:
    """The follower of this name, which sends in some way."""
    if name == EVENTS:
        return PageFollower(EVENTS, (Event,), partial(_send_events, send))
    return PageFollower(BALANCES, (*BALANCE_FACTS, CustomerForgotten), partial(_send_balances, application, send))


class KafkaPublishing:
    """Keeps one of the topics up to date, over a connection that is kept."""

    def __init__(self, application: Application, settings: Settings, name: str, clock: Clock | None = None) -> None:
        clock = clock or SellerClock(application.store, application.tables)
        from adapters.kafka.sending import Sender

        brokers = brokers_of(settings)
        assert brokers is not None
        self._sender = Sender(brokers, topics_of(settings)[name])
        follower = follower_of(name, application, self._sender.send)
        self._runner = PageFollowerRunner(application.log, PostgresDeliveries(application.tables), clock, follower)

    def advance(self) -> int:
        """Write a page of messages; how many events it was made of."""
        return self._runner.advance()

    def close(self) -> None:
        self._sender.close()


def _send_events(send: Send, page: Sequence[RecordedEvent]) -> None:
    try:
        send([event_message(entry) for entry in page])
    except NotTaken as error:
        raise PageUndelivered(str(error), page[error.at].position) from error


def _send_balances(application: Application, send: Send, page: Sequence[RecordedEvent]) -> None:
    """The balances of the accounts that the events concern, as of the read model, which is as new as they are."""
    newest = {account: entry.event for entry in page for account in _accounts(entry)}
    application.runner.wait_for(page[-1].position)
    with application.tables.reading(LIVE_SCHEMA) as cursor:
        _, position = read_checkpoints(cursor, LIVE_SCHEMA)[Balances.name]
        balances = balances_of(cursor, list(newest))
    messages = [
        balance_message(account, None if isinstance(fact, CustomerForgotten) else balances[account], position)
        for account, fact in newest.items()
    ]
    try:
        send(messages)
    except NotTaken as error:
        raise PageUndelivered(str(error), page[0].position) from error


def _accounts(entry: RecordedEvent) -> Sequence[str]:
    return entry.event.accounts if isinstance(entry.event, CustomerForgotten) else (entry.number,)
