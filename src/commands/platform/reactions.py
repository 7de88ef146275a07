"""Reactions: an event becomes a command, by itself, once.

A reaction has a name, the classes of events that it reacts to, and a pure function that makes a command of an event, or
none. It has a checkpoint of its own in the log, so it is never part of a read model and a rebuild causes nothing. One
that is added to a program later begins at the end of the log (`now`) or at its first event (`start`), as it declares.

Worked example, the reaction `keep-promise` to payments, checkpoint 40, events 41 payment, 42 invoice, 43 payment:

    41  the command of 41 is applied
    43  the command of 43 is refused: a row of the list of refusals
    the checkpoint moves to 43 in the transaction that keeps this row; a crash before it gives both commands again, and
    the first gets its first answer again

The commands of a page are given together, a few dozen in a transaction, or each alone if one of them fails.

Reactions see nothing personal: a command is the same whether the person of its event was forgotten meanwhile or not.
The command's handler decides on the facts as they are now; what needs no change any more is an empty decision. The
event's `version` in its stream distinguishes facts that were recorded between the event and its command.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol

from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event
from commands.platform.bus import Bus, Command
from commands.platform.causes import Cause, origin_of_cause
from commands.platform.event_log import Clock, EventLog, RecordedEvent
from commands.platform.giving import Caused, give_all, retry
from commands.platform.refusals import Refusal, RefusedCommand, RefusedCommands

PAGE_EVENTS = 200
Begins = Literal["now", "start"]


class Reaction(NamedTuple):
    """`command` makes the command of an event, which is one of the classes `on`; None if nothing is to be done.

    A customer waits for one that `is_urgent`: it has a thread of its own, so that the others do not keep it waiting.
    """

    name: str
    on: tuple[type[Event], ...]
    command: Callable[[Any], Command | None]
    begins: Begins = "now"
    is_urgent: bool = False


class Checkpoints(Protocol):
    """How far each reaction has come."""

    def only_runner(self) -> AbstractContextManager[bool]:
        """Keep other processes from reacting; False while another one does."""

    def register(self, positions: Mapping[str, int]) -> None:
        """Begin at these positions, except those that have begun already."""

    def positions(self) -> Mapping[str, int]:
        """Every checkpoint by name."""

    def move(self, names: Sequence[str], position: int, moved: int, refusals: Sequence[Refusal]) -> None:
        """Move checkpoints and note refusals, both or neither; a `Conflict` if a checkpoint is not at `position`."""


class Reactions:
    """Gives the commands of some reactions; those of two runners at once must be others."""

    def __init__(
        self, log: EventLog, bus: Bus, checkpoints: Checkpoints, clock: Clock, reactions: Iterable[Reaction]
    ) -> None:
        self._log = log
        self._bus = bus
        self._checkpoints = checkpoints
        self._clock = clock
        self._reactions = {reaction.name: reaction for reaction in reactions}
        self._done_at = -1

    def register(self) -> None:
        """Note the position from which new reactions react."""
        begins = {"start": 0, "now": self._log.newest_position()}
        self._checkpoints.register({each.name: begins[each.begins] for each in self._reactions.values()})

    def advance(self) -> int:
        """React to one page of events for each position that reactions stand at; the number of events, 0 at the end.

        Another process that reacts already is not waited for.
        """
        mark = self._log.final_position()
        if mark == self._done_at or not self._reactions:
            return 0
        with self._checkpoints.only_runner() as is_alone:
            if not is_alone:
                return 0
            found = sum(self._react(position, names, mark) for position, names in self._standing())
        if not found:
            self._done_at = mark
        return found

    def retry(self, listed: RefusedCommand, actor: str, refused: RefusedCommands) -> Refusal | None:
        """Give a refused command again in the name of a person; why it is refused still, or None."""
        reaction = self._reactions.get(listed.cause.name)
        if reaction is None:
            raise NotFound("this program has no such reaction; overrule it", field="reaction", value=listed.cause.name)
        position = listed.cause.position or 0
        found = self._log.read_kinds(reaction.on, position - 1, position, 1, is_personal=False)
        if not found:
            raise NotFound("no longer reacts to such an event; overrule it", field="reaction", value=listed.cause.name)
        (entry,) = found
        origin = self._origin(listed.cause, entry, actor)
        return retry(listed, self._bus, partial(reaction.command, entry), origin, refused)

    def _standing(self) -> list[tuple[int, list[str]]]:
        positions = self._checkpoints.positions()
        if not self._reactions.keys() <= positions.keys():
            self.register()
            positions = self._checkpoints.positions()
        standing: dict[int, list[str]] = defaultdict(list)
        for name in self._reactions:
            standing[positions[name]].append(name)
        return list(standing.items())

    def _react(self, position: int, names: Sequence[str], mark: int) -> int:
        reactions = [self._reactions[name] for name in names]
        kinds = {kind for reaction in reactions for kind in reaction.on}
        page = self._log.read_kinds(kinds, position, mark, PAGE_EVENTS, is_personal=False)
        moved = page[-1].position if len(page) == PAGE_EVENTS else max(position, mark)
        caused = [self._caused(each, entry) for entry in page for each in reactions if isinstance(entry.event, each.on)]
        refused = give_all(self._bus, caused)
        if moved > position:
            self._checkpoints.move(names, position, moved, refused)
        return len(page)

    def _caused(self, reaction: Reaction, entry: RecordedEvent) -> Caused:
        cause = Cause("reaction", reaction.name, entry.stream, entry.position)
        return Caused(cause, partial(reaction.command, entry), self._origin(cause, entry))

    def _origin(self, cause: Cause, entry: RecordedEvent, actor: str | None = None) -> Any:
        today = self._clock.today_of([entry.stream])[entry.stream]
        whole = entry.origin.correlation or entry.origin.command
        return origin_of_cause(cause, self._clock.now(), today, entry.origin.command, whole, actor)
