"""Several decisions as one piece of work: each rests on the ones before it, and all are written or none.

    register customer 7     decided on what is in the log
    open account 7          decided on that and the customer just registered
    activate `main`         decided on all of it; refused: nothing of the three is written

A command of several steps gives each step to its own area's handler, so that a rule stands in one place.
"""

from __future__ import annotations

from typing import Any, cast

from commands.platform.bus import Command, Decision, Handler
from commands.platform.ports import Append, Fold, Origin, State, Transaction


class PieceOfWork:
    """The transaction of a command of several steps, in which a stream shows what the steps before decided.

    Claims and read models show nothing of it before it is written: a step must not look for the former ones there.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._decided: dict[str, Append] = {}

    def load(self, stream: str, fold: Fold[State]) -> tuple[State | None, int]:
        """The state of a stream with what was decided on it, and the version that it will have."""
        state, version = self._transaction.load(stream, fold)
        for event in self._decided[stream].events if stream in self._decided else ():
            state, version = fold(state, event), version + 1
        return state, version

    def decide(self, handler: Handler, command: Command, origin: Origin) -> Decision:
        """The decision of the next step."""
        decision = handler(command, cast(Transaction, self), origin)
        for stream, version, events in decision.appends:
            before = self._decided.get(stream)
            known = Append(stream, version, ()) if before is None else before
            self._decided[stream] = known._replace(events=(*known.events, *events))
        return decision

    def appends(self) -> tuple[Append, ...]:
        """All that was decided, a stream after the other as they were first written."""
        return tuple(self._decided.values())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)
