"""The one write path: authorise, decide, append, and answer with the position; a repetition is recognised.

Every command goes through `Bus.execute`, whatever its channel. A handler only decides. Nothing of a refused command is
kept. A command that meets a concurrent write is decided again on the new facts. The command's id is kept in the same
write as its events, so whether it was applied is looked up, never guessed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import msgspec

from billing_core.kernel.errors import BillingError, Conflict, ConnectionLost, NotFound, Unavailable
from commands.platform.answers import plain
from commands.platform.ports import (
    Append,
    ClaimTaken,
    CommandIdReused,
    CommandKnown,
    Given,
    Origin,
    Store,
    Transaction,
    VersionConflict,
)

# The first may rest on what the process remembers, the others rest on what is in the database.
MOST_ATTEMPTS = 6
WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
PLAIN = frozenset({str, int, bool, type(None), Decimal, date})
# The role of the program itself. What it decided by itself to leave as it is may be decided again: a row for every
# payment that keeps no promise and lets no ticket go on would say nothing.
SYSTEM = "system"
Seeing = TypeVar("Seeing")
WORTH_REPEATING = (VersionConflict, ClaimTaken, CommandKnown, ConnectionLost)


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """An intention. Its fields are values of the core; texts are read at the edge, and the rules check the meaning."""


def operation_name(struct: type) -> str:
    """The name of a command or query at every door: `ReceivePayment` is `receive-payment`."""
    return WORD.sub("-", struct.__name__).lower()


class Decision(msgspec.Struct, frozen=True):
    """What a handler decided: events per stream, and what the caller is answered, in values of the core.

    `requested_by` is the first person if the actor is the second one, who approved it.
    """

    appends: tuple[Append, ...]
    result: Mapping[str, Any] | msgspec.Struct = {}
    requested_by: str = ""


class Answer(msgspec.Struct, frozen=True):
    """`position` is the last event's place in the log: a query may wait for it. 0 if nothing changed.

    `is_repeated` if the command's id was known, and this is the first answer again.
    `result` holds plain values, as `commands.platform.answers` writes them.
    """

    position: int
    result: dict[str, Any]
    is_repeated: bool = False


Handler = Callable[[Any, Transaction, Origin], Decision]
Authorise = Callable[[Command, Origin], None]
Handlers = Mapping[type[Command], Handler]


class Seen(NamedTuple):
    """A stream at the version at which it was read by who gives a command."""

    stream: str
    version: int


class ChangedSince(Conflict):
    """What the command changes is not as it was when it was read."""

    code = "changed-since"


class OutcomeUnknown(Unavailable):
    """The database is unavailable, so it is unknown whether the command was applied."""


class _Looked(Exception):
    """Leaves the transaction of a rehearsal, so that nothing of it is kept."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found = found


class Bus:
    """Executes commands."""

    def __init__(self, store: Store, handlers: Handlers, authorise: Authorise) -> None:
        self._store = store
        self._handlers = handlers
        self._authorise = authorise

    def execute(self, command: Command, origin: Origin, seen: Seen | None = None) -> Answer:
        """Apply a command once. A repetition of the command id gets the first answer.

        If its stream is not as it was `seen`, it is refused: `ChangedSince`.

        If a command fails, its id is looked up before the error is raised: it may have been applied before, and its own
        events may be the reason for the refusal; or its commit was kept although the answer was lost.
        """
        handler = self._handler(command)
        self._authorise(command, origin)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                return self._attempt(handler, command, origin, seen, optimistic=attempt == 1)
            except (BillingError, ConnectionLost) as failure:
                answer = self._look_up(command, origin, failure)
                if answer is not None:
                    return answer
                if attempt == MOST_ATTEMPTS or not isinstance(failure, WORTH_REPEATING):
                    raise
        raise AssertionError("unreachable")

    def execute_together(self, given: Sequence[tuple[Command, Origin]]) -> None:
        """Apply commands that nobody waits for, in their order, in one transaction: all of them or none.

        Each is decided on what those before it wrote. If it fails, for whatever reason, `execute` finds out for each of
        them alone whether it was applied, and why not.
        """
        handlers = [self._handler(command) for command, _ in given]
        for command, origin in given:
            self._authorise(command, origin)
        with self._store.transaction() as transaction:
            transaction.begin_batch()
            for handler, (command, origin) in zip(handlers, given, strict=True):
                self._carried_out(handler, command, origin, transaction)

    def rehearse(self, command: Command, origin: Origin) -> Answer:
        """The answer that a command would get now, decided in a transaction that is rolled back.

        A command that was applied already gets its answer; otherwise the position is 0.
        """
        handler = self._handler(command)
        self._authorise(command, origin)
        known = self._look_up(command, origin)
        return Answer(0, plain(self._rehearsed(handler, command, origin).result)) if known is None else known

    def decision_on(self, command: Command, origin: Origin) -> Decision:
        """What would be decided on a command now, in a transaction that is rolled back."""
        handler = self._handler(command)
        self._authorise(command, origin)
        return self._rehearsed(handler, command, origin)

    def look(self, look: Callable[[Transaction], Seeing]) -> Seeing:
        """What is seen now by who may decide as a command does; nothing of it is kept."""
        try:
            with self._store.transaction() as transaction:
                raise _Looked(look(transaction))
        except _Looked as looked:
            found: Seeing = looked.found
            return found

    def look_after(self, command: Command, origin: Origin, look: Callable[[Transaction], Seeing]) -> Seeing:
        """What would be seen after a command; nothing of it is kept."""
        handler = self._handler(command)
        self._authorise(command, origin)

        def carried_out(transaction: Transaction) -> Seeing:
            decision = handler(command, transaction, origin)
            transaction.append(decision.appends, (), origin)
            return look(transaction)

        return self.look(carried_out)

    def _rehearsed(self, handler: Handler, command: Command, origin: Origin) -> Decision:
        return self.look(lambda transaction: handler(command, transaction, origin))

    def _handler(self, command: Command) -> Handler:
        handler = self._handlers.get(type(command))
        if handler is None:
            raise NotFound("no handler for this command", field="command", value=type(command).__name__)
        return handler

    def _attempt(
        self, handler: Handler, command: Command, origin: Origin, seen: Seen | None, *, optimistic: bool
    ) -> Answer:
        with self._store.transaction(optimistic=optimistic) as transaction:
            return self._carried_out(handler, command, origin, transaction, seen)

    def _carried_out(
        self, handler: Handler, command: Command, origin: Origin, transaction: Transaction, seen: Seen | None = None
    ) -> Answer:
        decision = handler(command, transaction, origin)
        if seen is not None:
            _require_unchanged(decision, seen)
        result = plain(decision.result)
        given = Given(type(command).__name__, self._hash(command), msgspec.json.encode(result).decode())
        signed = origin._replace(requested_by=decision.requested_by)
        is_kept = origin.role != SYSTEM or any(append.events for append in decision.appends)
        position = transaction.append_command(decision.appends, signed, given if is_kept else None)
        return Answer(position, result)

    def _look_up(self, command: Command, origin: Origin, failure: Exception | None = None) -> Answer | None:
        try:
            known, content = self._store.find_command(origin.command_id), self._hash(command)
        except ConnectionLost:
            if failure is None:
                raise
            raise OutcomeUnknown(
                f"command id '{origin.command_id}': the connection to the database was lost; repeat the command with "
                "the same id to learn the outcome"
            ) from failure
        if known is None:
            return None
        if (known.name, known.content_hash) != (type(command).__name__, content):
            raise CommandIdReused(
                f"was already used for another {known.name}; use a new id for every command",
                field="command id",
                value=origin.command_id,
            ) from failure
        return msgspec.structs.replace(msgspec.json.decode(known.answer, type=Answer), is_repeated=True)

    def _hash(self, command: Command) -> bytes:
        return content_hash(command, self._store.content_key())


def _require_unchanged(decision: Decision, seen: Seen) -> None:
    """The decision rests on the version that was seen; nothing else that it changes is asked about."""
    versions = {append.stream: append.expected_version for append in decision.appends}
    if versions.get(seen.stream) != seen.version:
        changed = (
            "was changed since it was read; read it again" if seen.stream in versions else "is not changed by this"
        )
        raise ChangedSince(changed, field="object", value=seen.stream)


def content_hash(command: Command, key: bytes) -> bytes:
    """The hash of a command's content, which distinguishes a repetition from another command with the same id.

    Every field counts, also one that is left out and has its default. Without the key nobody can try contents until
    one fits: they may be a person's name.
    """
    return hmac.digest(key, msgspec.json.encode(_all_fields(command)), "sha256")


def _all_fields(value: Any) -> Any:
    """A value as lists of plain values, in an order that does not depend on how it was made."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.astuple(value)
        return [type(value).__name__, *[each if type(each) in PLAIN else _all_fields(each) for each in fields]]
    if value is msgspec.UNSET:
        return []
    if isinstance(value, Mapping):
        return [[key, _all_fields(value[key])] for key in sorted(value)]
    return [_all_fields(each) for each in value] if isinstance(value, list | tuple) else value
