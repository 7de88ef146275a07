"""Wake-ups: what an area wants to decide on a date or at an instant, though nothing happens then.

An area folds its events into rows `(stream, kind, subject, on, at)` of one read model of deadlines; the kind has a
handler that makes the command of a deadline that has come. A deadline has come when its day is not after today in the
time zone of its seller; one with an instant, when that is not after now. Its command's id is derived from its five
parts, so that giving it twice applies it once.

Worked example, a deadline `(account/1, promise, "", 10 May)`: on 9 May nothing; on 10 May its command is given and the
deadline is noted as handed; a clock that goes back to 9 May and on again finds it handed; one that jumps from 9 to 12
May gives it once, with its own day, 10 May. One of `at` 10 May 14:00 that is moved to 16:00 is another one: it is
given at 16:00, whether or not that of 14:00 was given.

The table of deadlines may lag behind the events: the command's handler decides on the facts as they are, and a
deadline that no longer holds is an empty decision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
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
    """A deadline; `subject` distinguishes several of one stream and kind, such as the subscription on hold.

    It is due on a day, or with `at` at an instant.
    """

    on: date
    stream: str
    kind: str
    subject: str
    at: datetime | None = None

    @property
    def number(self) -> str:
        """The part of the stream's name after its kind: `account/NUMBER`."""
        return self.stream.partition("/")[2]

    @property
    def comes_at(self) -> datetime:
        """Its place in the order of deadlines: its instant, or the beginning of its day in UTC."""
        return self.at or beginning_of(self.on)


def beginning_of(day: date) -> datetime:
    """The first instant of a day in UTC."""
    return datetime.combine(day, time.min, UTC)


WakeHandler = Callable[[WakeUp], Command]
WakeHandlers = Mapping[str, WakeHandler]


class Deadlines(Protocol):
    """The deadlines that areas keep, and those of them that were handed."""

    def only_runner(self) -> AbstractContextManager[bool]:
        """Keep other processes from handing them; False while another one does."""

    def coming(self, kinds: Collection[str], upto: datetime, after: WakeUp | None, limit: int) -> Sequence[WakeUp]:
        """Deadlines that were not handed yet, in order of `comes_at` up to an instant, after one of them."""

    def handed(self, wake_ups: Sequence[WakeUp], refusals: Sequence[Refusal], at: datetime) -> None:
        """Note that they were handed and which were refused, both or neither."""

    def forget_gone(self) -> None:
        """Forget those handed whose deadline does not stand any more."""


def has_come(wake_up: WakeUp, today: date, reached: datetime) -> bool:
    """Whether a deadline has come: its instant if it has one, else its day.

    Worked example, due on 10 May at 14:00: not at 13:59, but at 14:00, and on no earlier day, whatever the date is
    elsewhere.
    """
    return wake_up.on <= today if wake_up.at is None else wake_up.at <= reached


class WakeUps:
    """Hands deadlines that have come to their areas."""

    def __init__(self, bus: Bus, deadlines: Deadlines, clock: Clock, handlers: WakeHandlers) -> None:
        self._bus = bus
        self._deadlines = deadlines
        self._clock = clock
        self._handlers = handlers

    def advance(self) -> int:
        """Give the commands of all deadlines that have come; how many. Another process that does so is not waited for.

        Those of one kind come in order of day or of instant.
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
        wake_up = WakeUp(cause.due_on, cause.stream, cause.name, cause.subject, cause.due_at)
        today = self._clock.today_of([cause.stream])[cause.stream]
        origin = origin_of_cause(cause, self._clock.now(), today, actor=actor)
        return retry(listed, self._bus, partial(self._handlers[cause.name], wake_up), origin, refused)

    def _pages(self) -> Iterator[Sequence[WakeUp]]:
        upto = max(self._clock.reached(), beginning_of(self._clock.latest_today()))
        after = None
        while page := self._deadlines.coming(list(self._handlers), upto, after, PAGE_WAKE_UPS):
            yield page
            after = page[-1]

    def _hand(self, page: Sequence[WakeUp]) -> int:
        today, reached = self._clock.today_of({wake_up.stream for wake_up in page}), self._clock.reached()
        come = [wake_up for wake_up in page if has_come(wake_up, today[wake_up.stream], reached)]
        refusals = [self._give(wake_up, today[wake_up.stream]) for wake_up in come]
        if come:
            self._deadlines.handed(come, [each for each in refusals if each is not None], self._clock.now())
        return len(come)

    def _give(self, wake_up: WakeUp, today: date) -> Refusal | None:
        cause = Cause("wake-up", wake_up.kind, wake_up.stream, None, wake_up.subject, wake_up.on, wake_up.at)
        origin = origin_of_cause(cause, self._clock.now(), today)
        return give(self._bus, cause, partial(self._handlers[wake_up.kind], wake_up), origin)
