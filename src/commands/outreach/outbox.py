"""The outbox: sends the messages whose time has come, and records what became of them, batch by batch.

One process sends at a time. A batch is read, compared with the streams so that nothing is sent that was sent,
cancelled or moved meanwhile, sent, and recorded in one transaction. Killed between sending and recording, it sends the
batch again: at least once, each message with the same id.

    due at 10:00   1 2 3 4     4 was cancelled a moment ago: its stream is newer than the table, so it is left out
    sent           1 taken, 2 refused for good, 3 not taken now
    recorded       1 sent, 2 failed (a dead letter), 3 failed, again at 10:00:05
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from billing_core.kernel.events import Event
from billing_core.outreach.kinds import MESSAGE_KINDS, ChannelName, MessageKind
from billing_core.outreach.messages import MessageCancelled, MessageFailed, MessageSent
from billing_core.outreach.terms import OutreachTerms, earliest
from commands.outreach.channels import Channel, Outcome, OutgoingMessage, Postponed, Refused, Taken
from commands.outreach.terms import load_outreach_terms
from commands.outreach.throttle import Allowance
from commands.outreach.writing import has_agreed, message_stream
from commands.parties import load_customer, load_seller
from commands.platform.deliveries import DELAYS, next_try_at
from commands.platform.ports import Append, Origin, Store, Transaction, VersionConflict

BATCH = 200
MOST_CONFLICTS = 5

logger = logging.getLogger(__name__)


class Due(NamedTuple):
    """A message that is to be sent, and the version of its stream, as far as the tables show it."""

    outgoing: OutgoingMessage
    version: int

    @property
    def stream(self) -> str:
        return message_stream(self.outgoing.message)


class Line(NamedTuple):
    """The messages of a seller by a channel, which leave one after the other."""

    seller: str
    channel: ChannelName


class OutboxTables(Protocol):
    """What waits, as the read models show it."""

    def only_sender(self) -> AbstractContextManager[bool]:
        """Keep other processes from sending; False while another one does."""

    def lines(self, at: datetime) -> Sequence[Line]:
        """Where something waits whose time has come."""

    def due(
        self, line: Line, at: datetime, kinds: Sequence[MessageKind], limit: int, but_not: Sequence[str]
    ) -> Sequence[Due]:
        """The next messages of a line, of some kinds, without those that are named; advertising comes last."""

    def position(self) -> int:
        """Up to which position of the log the tables show everything."""


class Clock(Protocol):
    """Instants, business dates, and seconds that never go back."""

    def now(self) -> datetime: ...

    def today(self, stream: str) -> date:
        """The business date of the seller of a message."""

    def seconds(self) -> float: ...


class Ports(NamedTuple):
    """What an outbox works with; `origin` makes the origin of what it records."""

    store: Store
    tables: OutboxTables
    clock: Clock
    origin: Callable[[datetime, date], Origin]


class Outbox:
    """Sends by some channels; for one thread."""

    def __init__(self, ports: Ports, channels: Mapping[str, Channel]) -> None:
        self._ports = ports
        self._channels = channels
        self._allowances: dict[Line, Allowance] = defaultdict(Allowance)
        self._paused_until: dict[str, datetime] = {}
        self._pauses: dict[str, int] = defaultdict(int)
        # What the tables need not show yet: message by the position of what was recorded of it.
        self._recorded: dict[str, int] = {}

    def advance(self) -> int:
        """Send a batch of every line that has something to send; how many were tried, 0 if nothing is left for now."""
        with self._ports.tables.only_sender() as is_alone:
            if not is_alone:
                return 0
            now = self._ports.clock.now()
            return sum(self._send(line, now) for line in self._ports.tables.lines(now) if self._is_open(line, now))

    def _is_open(self, line: Line, now: datetime) -> bool:
        return line.channel in self._channels and self._paused_until.get(line.channel, now) <= now

    def _send(self, line: Line, now: datetime) -> int:
        with self._ports.store.transaction() as transaction:
            terms = load_outreach_terms(transaction, line.seller)
            zone = load_seller(transaction, line.seller)[0].time_zone
        kinds = [kind for kind in MESSAGE_KINDS if earliest(terms, kind, now, zone) <= now]
        allowed = self._take(line, terms)
        batch = self._current(line, now, kinds, allowed) if allowed and kinds else []
        refused = self._withdrawn(batch, now)
        outgoing = [each for each in batch if each.stream not in refused]
        self._allowances[line].give_back(allowed - len(outgoing))
        if not batch:
            return 0
        today = self._ports.clock.today(batch[0].stream)
        events = refused | self._tried(line.channel, outgoing, now, today)
        if events:
            self._record({each.stream: each.version for each in batch}, events, self._ports.origin(now, today))
        return len(events)

    def _tried(self, channel: str, outgoing: Sequence[Due], now: datetime, today: date) -> dict[str, Event]:
        """What is recorded of each message that was tried."""
        if not outgoing:
            return {}
        outcomes = self._channels[channel].send([each.outgoing for each in outgoing])
        self._note_pause(channel, outcomes, now)
        return {
            due.stream: fact
            for due, outcome in zip(outgoing, outcomes, strict=True)
            if (fact := fact_of(outcome, due.outgoing.attempt, now, today)) is not None
        }

    def _take(self, line: Line, terms: OutreachTerms) -> int:
        return self._allowances[line].take(BATCH, terms.per_second(line.channel), self._ports.clock.seconds())

    def _current(self, line: Line, now: datetime, kinds: Sequence[MessageKind], limit: int) -> list[Due]:
        """What waits and is as the tables show it; what was recorded since is passed over."""
        shown = self._ports.tables.position()
        self._recorded = {message: at for message, at in self._recorded.items() if at > shown}
        found = self._ports.tables.due(line, now, kinds, limit, list(self._recorded))
        versions = self._ports.store.versions([each.stream for each in found])
        return [each for each in found if versions.get(each.stream) == each.version]

    def _withdrawn(self, batch: Sequence[Due], now: datetime) -> dict[str, Event]:
        """Advertising to customers who agree to it no more is cancelled."""
        marketing = [each for each in batch if each.outgoing.consent]
        if not marketing:
            return {}
        with self._ports.store.transaction() as transaction:
            return {each.stream: fact for each in marketing if (fact := self._cancelled(each, transaction)) is not None}

    def _cancelled(self, due: Due, transaction: Transaction) -> Event | None:
        today = self._ports.clock.today(due.stream)
        customer, _ = load_customer(transaction, due.outgoing.customer)
        if has_agreed(customer, due.outgoing.consent, today):
            return None
        return MessageCancelled(effective_on=today, reason=f"the customer agrees to {due.outgoing.consent} no more")

    def _note_pause(self, channel: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """A channel that takes nothing is asked again after growing pauses."""
        postponed = next((each for each in outcomes if isinstance(each, Postponed)), None)
        if postponed is None:
            self._pauses[channel] = 0
            return
        pause = DELAYS[min(self._pauses[channel], 3)]
        self._pauses[channel] += 1
        self._paused_until[channel] = now + pause
        logger.warning("%s: nothing is sent for %d s: %s", channel, pause / timedelta(seconds=1), postponed.reason)

    def _record(self, versions: Mapping[str, int], events: Mapping[str, Event], origin: Origin) -> None:
        """Record what became of each message, also of one that was changed while it was sent."""
        for _ in range(MOST_CONFLICTS):
            appends = [Append(stream, versions[stream], [fact]) for stream, fact in events.items()]
            try:
                with self._ports.store.transaction() as transaction:
                    position = transaction.append(appends, (), origin)
            except VersionConflict:
                versions = self._ports.store.versions(list(events))
                continue
            self._recorded |= {stream.partition("/")[2]: position for stream in events}
            return
        raise VersionConflict("messages were changed again and again while they were sent; they are sent again")

    def close(self) -> None:
        """Let go of what the channels have open."""
        for channel in self._channels.values():
            channel.close()


def fact_of(outcome: Outcome, attempt: int, now: datetime, today: date) -> Event | None:
    """What is recorded of a try; nothing of one that was postponed."""
    match outcome:
        case Taken(reference=reference, parts=parts, cost=cost):
            return MessageSent(effective_on=today, attempt=attempt, reference=reference, parts=parts, cost=cost)
        case Postponed():
            return None
        case Refused(reason=reason):
            return MessageFailed(effective_on=today, attempt=attempt, reason=reason)
    return MessageFailed(effective_on=today, attempt=attempt, reason=outcome.reason, again_at=next_try_at(attempt, now))
