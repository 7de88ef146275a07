"""Wake-ups: what an area wants to decide on a date, though nothing happens on it.

An area folds its events into rows `(stream, kind, subject, on)` of one read model of deadlines; the kind has a handler
that makes the command of a deadline that has come. A deadline has come when its day is not after today in the time
zone of its seller. Its command's id is derived from its four parts, so that giving it twice applies it once.

Worked example, a deadline `(account/1, promise, "", 10 May)`: on 9 May nothing; on 10 May its command is given and the
deadline is noted as handed; a clock that goes back to 9 May and on again finds it handed; one that jumps from 9 to 12
May gives it once, with its own day, 10 May.

The table of deadlines may lag behind the events: the command's handler decides on the facts as they are, and a
deadline that no longer holds is an empty decision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial
from typing import NamedTuple, Protocol

from billing_core.kernel.errors import NotFound
from commands.platform.bus import Bus, Command
from commands.platform.causes import Cause, origin_of_cause
from commands.platform.event_log import Clock
from commands.platform.giving import give, retry
from commands.platform.refusals import Refusal, RefusedCommand, RefusedCommands

PAGE_WAKE_UPS = 200


class WakeUp(NamedTuple):
    """A deadline; `subject` distinguishes several of one stream and kind, such as the subscription on hold."""

    on: date
    stream: str
    kind: str
    subject: str

    @property
    def number(self) -> str:
        """The part of the stream's name after its kind: `account/NUMBER`."""
        return self.stream.partition("/")[2]


WakeHandler = Callable[[WakeUp], Command]
WakeHandlers = Mapping[str, WakeHandler]


class Deadlines(Protocol):
    """The deadlines that areas keep, and those of them that were handed."""

    def only_runner(self) -> AbstractContextManager[bool]:
        """Keep other processes from handing them; False while another one does."""

    def coming(self, kinds: Collection[str], latest: date, after: WakeUp | None, limit: int) -> Sequence[WakeUp]:
        """Deadlines up to a day that were not handed yet, in order, after one of them."""

    def handed(self, wake_ups: Sequence[WakeUp], refusals: Sequence[Refusal], at: datetime) -> None:
        """Note that they were handed and which were refused, both or neither."""

    def forget_gone(self) -> None:
        """Forget those handed whose deadline does not stand any more."""


class WakeUps:
    """Hands deadlines that have come to their areas."""

    def __init__(self, bus: Bus, deadlines: Deadlines, clock: Clock, handlers: WakeHandlers) -> None:
        self._bus = bus
        self._deadlines = deadlines
        self._clock = clock
        self._handlers = handlers

    def advance(self) -> int:
        """Give the commands of all deadlines that have come; how many. Another process that does so is not waited for.

        All of an earlier day come before those of a later one.
        """
        if not self._handlers:
            return 0
        with self._deadlines.only_runner() as is_alone:
            handed = sum(self._hand(page) for page in self._pages()) if is_alone else 0
            if handed:
                self._deadlines.forget_gone()
        return handed

    def retry(self, listed: RefusedCommand, actor: str, refused: RefusedCommands) -> Refusal | None:
        """Give a refused command again in the name of a person; why it is refused still, or None."""
        cause = listed.cause
        if cause.name not in self._handlers or cause.due_on is None:
            raise NotFound("this program has no such wake-up; overrule it", field="wake-up", value=cause.name)
        wake_up = WakeUp(cause.due_on, cause.stream, cause.name, cause.subject)
        today = self._clock.today_of([cause.stream])[cause.stream]
        origin = origin_of_cause(cause, self._clock.now(), today, actor=actor)
        return retry(listed, self._bus, partial(self._handlers[cause.name], wake_up), origin, refused)

    def _pages(self) -> Iterator[Sequence[WakeUp]]:
        latest, after = self._clock.latest_today(), None
        while page := self._deadlines.coming(list(self._handlers), latest, after, PAGE_WAKE_UPS):
            yield page
            after = page[-1]

    def _hand(self, page: Sequence[WakeUp]) -> int:
        today = self._clock.today_of({wake_up.stream for wake_up in page})
        come = [wake_up for wake_up in page if wake_up.on <= today[wake_up.stream]]
        refusals = [self._give(wake_up, today[wake_up.stream]) for wake_up in come]
        if come:
            self._deadlines.handed(come, [each for each in refusals if each is not None], self._clock.now())
        return len(come)

    def _give(self, wake_up: WakeUp, today: date) -> Refusal | None:
        cause = Cause("wake-up", wake_up.kind, wake_up.stream, subject=wake_up.subject, due_on=wake_up.on)
        origin = origin_of_cause(cause, self._clock.now(), today)
        return give(self._bus, cause, partial(self._handlers[wake_up.kind], wake_up), origin)
