"""The ports of commands: a store with transactions, and the origin of a command.

The adapters implement them; a handler knows nothing else outside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import Conflict
from billing_core.kernel.events import Event
from billing_core.outreach.bases import CustomerChoice
from billing_core.outreach.kinds import MessageKind
from billing_core.outreach.rendering import Templates
from billing_core.parties.customers import CustomerState
from billing_core.parties.number_series import NumbersTaken, SeriesKind
from billing_core.time.due_dates import Calendar
from billing_core.usage.mediation.deliveries import RefusedRow, UsageReceived
from billing_core.usage.rating.rated_usage import RatedUsage
from billing_core.usage.retention import MonthOfRows
from billing_core.work.assignment import Load
from billing_core.work.processes import Processes

State = TypeVar("State")
Fold = Callable[[State | None, Event], State | None]


class Origin(NamedTuple):
    """The origin of a command: actor, role, channel and source; its cause; the instant, and the business date.

    `dealer` is the one whose operator the actor is, if so, and `key` that by which the actor signed in; `requested_by`
    the first person, if the actor approved what that one had asked for. One who `is_signed_in` may do what the roles
    permit.
    """

    actor: str
    role: str
    channel: str
    source: str
    command_id: UUID
    correlation_id: UUID
    recorded_at: datetime
    today: date
    causation_id: UUID | None = None
    dealer: str = ""
    requested_by: str = ""
    key: str = ""
    is_signed_in: bool = False


class Append(NamedTuple):
    """Events for one stream, decided on its state at `expected_version`."""

    stream: str
    expected_version: int
    events: Sequence[Event]


class Given(NamedTuple):
    """A command with the hash of its content, and its answer without the position, as JSON."""

    name: str
    content_hash: bytes
    result: str


class Known(NamedTuple):
    """A command that was applied before: the hash of its content, and its answer as JSON."""

    name: str
    content_hash: bytes
    answer: str


class KeptFile(msgspec.Struct, frozen=True):
    """A file that came in: the SHA-256 of its content as 64 digits, its bytes, and its media type."""

    content_hash: str
    size_bytes: int
    media_type: str


class UsageChunk(Protocol):
    """Some records of a source: rows, an Arrow table that is opaque to commands, and those that are refused."""

    @property
    def rows(self) -> Any: ...

    @property
    def refused(self) -> Sequence[RefusedRow]: ...


# Reads records again that their profile, by its name, could not read: each under the line that it had.
ReadAgain = Callable[[str, Sequence[RefusedRow]], UsageChunk]


class IncomingRows(Protocol):
    """The rows of one batch of usage on their way into the table of rows, in the transaction in which they came."""

    def add(self, rows: Any, refused: Sequence[RefusedRow]) -> None:
        """Take the next rows, an Arrow table, and keep those that are refused."""

    def add_waiting(self, batch: str, field: str, read_again: ReadAgain) -> int:
        """Try the records of a batch again that wait, with a field only those that wait for that; how many still do."""

    def received(self) -> UsageReceived:
        """The event of the batch with what became of its rows."""


class Transaction(Protocol):
    """The reads and writes of a decision: it is written as a whole or not at all.

    Reads see what is committed at their time; that nothing a decision rests on moved meanwhile is proved by the
    versions and keys it is written with.
    """

    def load(self, stream: str, fold: Fold[State]) -> tuple[State | None, int]:
        """The state of a stream and its version; (None, 0) for an unknown stream."""

    def remembered(self, stream: str, fold: Fold[State]) -> State | None:
        """The state of a stream as the process remembers it, perhaps of some time ago; None if it remembers none.

        It is for what never changes in it: nothing that is decided may rest on its being the newest.
        """

    def load_all(
        self, versions: Mapping[str, int], kinds: Collection[type[Event]], fold: Fold[State]
    ) -> Mapping[str, State]:
        """The states of many streams as they stood after a version of each, by stream, in one look-up.

        They are folded from events of some kinds only, with what is personal in them erased.
        """

    def hold(self, stream: str, *, alone: bool = False) -> None:
        """Keep a stream until the transaction ends, alone or with all who do not want it alone; wait for the others.

        For a decision on one stream that rests on another one staying as it was read.
        """

    def charged_by_revision(self, tariff: str, from_on: date) -> str | None:
        """An account that was charged for days from `from_on` on since the tariff was last revised; None without any.

        Charges at agreed prices, and credits, are not by the list.
        """

    def claimed(self, kind: str, keys: Collection[str]) -> Mapping[str, Claim]:
        """Those of the keys that are taken, with their claims."""

    def claims_beginning(self, kind: str, beginning: str) -> Sequence[Claim]:
        """The claims of a kind whose keys begin like this, in order of key."""

    def holder(self, claim: Claim) -> Claim | None:
        """The claim by which its key is taken, as far as is known.

        In an optimistic transaction a key counts as free without a look, which the write then proves or refutes.
        `claimed` always looks. The holder of a payment is also found if the row of its claim was lost.
        """

    def calendar(self, country: str) -> Calendar:
        """Which days are worked in a country (ISO 3166 alpha-2).

        If its holidays are not known, the calendar raises `InvalidValue` as soon as a day is asked for.
        """

    def processes(self) -> Processes:
        """Runs the diagrams of flows."""

    def templates(self) -> Templates:
        """Renders the templates of messages."""

    def words_of_report(self, name: str) -> Collection[str] | None:
        """What a report that comes with the program can be asked for; None if none has this name."""

    def customers_of_base(self, seller: str, choice: CustomerChoice, after: str, limit: int) -> Sequence[str]:
        """The numbers of the customers of a base after a number, in order, as far as the read models show them."""

    def count_of_base(self, seller: str, choice: CustomerChoice) -> int:
        """How many customers a base has, as far as the read models show them."""

    def states_of_base(self, seller: str, choice: CustomerChoice) -> Iterable[tuple[CustomerState, frozenset[str]]]:
        """The customers of a base in order, each with the addresses that are passed over, as the read models show."""

    def letters_due(self, seller: str, at: datetime, limit: int) -> Sequence[str]:
        """The letters of a seller that wait to be printed and whose time has come, as the read models show it."""

    def unsent_messages(self, kind: MessageKind, cause: str) -> Sequence[str]:
        """The messages of a kind that follow from a cause and wait to be sent, as far as the read models show them."""

    def take_numbers(self, seller: str, kind: SeriesKind, count: int, on: date) -> NumbersTaken:
        """Take document numbers from the seller's series, the last ones of all that are taken by then.

        They are for documents of the date that is answered, which is never before an earlier document's. They are given
        back if the transaction is rolled back.
        """

    def numbers_taken(self, seller: str, kind: SeriesKind) -> NumbersTaken:
        """The numbers that were taken from the seller's series of a kind."""

    def last_issued_on(self, seller: str) -> date | None:
        """The date of the seller's newest invoice or credit note; None before the first."""

    def next_ticket_number(self, person: str) -> str:
        """A number for a ticket that nobody else gets: `T-1`, `T-2` ... It tells of a person, if one is named.

        A number is never given back: a command that is refused, rehearsed or tried again leaves a gap. So openings of
        tickets do not wait for each other, as they would for the row of a number series.
        """

    def hold_file(self, content_hash: str) -> KeptFile | None:
        """A file that came in and is about to be attached to something; None if none is kept under this hash.

        It is kept for a day more at least. By then a read model of the area must name it (`attachments` of its `AREA`).
        """

    def open_tickets_about(self, node: str, address: str) -> Sequence[str]:
        """The numbers of the open tickets about a node or an address, as far as the read models show them."""

    def loads_of(self, operators: Collection[str]) -> Mapping[str, Load]:
        """How many open tickets each of the operators has now, by operator."""

    def holders_of_ticket(self, ticket: str, at: datetime) -> Sequence[str]:
        """The operators who have a ticket open at an instant."""

    def usage_rows(self, batch: UsageReceived, now: datetime) -> IncomingRows:
        """Take the rows of a batch of usage, of which nothing came so far; what begins long before `now`, or after it,
        is refused.
        """

    def waiting_usage(self, source: str, batch: str, field: str) -> Sequence[tuple[str, str]]:
        """Source and batch of the records of usage that wait; an empty word stands for any."""

    def lines_of_waiting_usage(self, source: str, batch: str) -> Sequence[int]:
        """The lines of a batch of usage that wait."""

    def dismiss_waiting_usage(self, source: str, batch: str, lines: Sequence[int]) -> None:
        """Records of a batch of usage wait no longer."""

    def usage_rows_of(self, month: str) -> MonthOfRows:
        """The rows of usage of a month, `2026-05` in UTC, as they are kept; until the end nobody adds another one."""

    def remove_usage_rows_of(self, month: str) -> None:
        """Remove the rows of usage of a month; their sums by the hour stay."""

    def rated_usage(self) -> RatedUsage:
        """The records that price lists price, and what they were rated as."""

    def keep_password(self, operator: str, password_hash: str, *, is_one_time: bool) -> None:
        """Keep the hash of an operator's password instead of an earlier one; the operator's sessions end.

        One that is for one time is gone when a session was opened by it.
        """

    def keep_customer_password(self, customer: str, password_hash: str) -> None:
        """Keep the hash of a customer's password instead of an earlier one; the customer's sessions end."""

    def drop_customer_password(self, customer: str) -> None:
        """Forget a customer's password; the customer's sessions end."""

    def end_session(self, operator: str, session: str) -> bool:
        """End a session of an operator; False if there is none."""

    def confirm_second_factor(self, operator: str) -> bool:
        """Ask the operator for a code from now on; False if none was set up."""

    def forget_second_factor(self, operator: str) -> None:
        """Forget what an operator's codes are made from; the operator's sessions end."""

    def make_webhook_secret(self, webhook: str, at: datetime) -> None:
        """Make another secret that signs the deliveries of a webhook; the one before is valid for a day more."""

    def drop_webhook_secrets(self, webhook: str) -> None:
        """Forget the secrets of a webhook."""

    def keep_kiosk_secret(self, kiosk: str, secret: str, at: datetime) -> None:
        """Keep another secret that proves a kiosk's messages, a new one if it is empty; the one before is valid for a
        day more.
        """

    def append(self, appends: Iterable[Append], claims: Sequence[Claim], origin: Origin) -> int:
        """Write events, what they claim, and further claims; the position of the last event.

        Raises `VersionConflict` or `ClaimTaken`.
        """

    def begin_batch(self) -> None:
        """From now on several commands are decided and written, one on what the other wrote, and kept together."""

    def append_command(self, appends: Iterable[Append], origin: Origin, command: Given | None) -> int:
        """Write what one command decided, what it claims, its id and its answer; None if it changes nothing and need
        not be known. What it rests on is proved also then.

        Raises `VersionConflict`, `ClaimTaken`, or `CommandKnown` for a known id.
        """


class Store(Protocol):
    """Where events are kept."""

    def transaction(self, *, optimistic: bool = False) -> AbstractContextManager[Transaction]:
        """Commits when left normally, rolls back when left by an exception; may raise `ConnectionLost`.

        An optimistic one presumes what is likely without a look into the database: that a stream is as it is
        remembered, that a key is free. Its write proves that or refutes it, a refusal too: what was refuted is a
        `VersionConflict` or `ClaimTaken`, and is tried again without.
        """

    def find_command(self, command_id: UUID) -> Known | None:
        """The committed command of this id; None without any."""

    def content_key(self) -> bytes:
        """The key with which commands and rows of files are hashed, always the same."""

    def versions(self, streams: Collection[str]) -> Mapping[str, int]:
        """The current versions of streams, without those that do not exist."""


class VersionConflict(Conflict):
    """The stream changed since it was read."""

    code = "version-conflict"


class ClaimTaken(Conflict):
    """The key was claimed concurrently."""

    code = "claim-taken"


class CommandKnown(Conflict):
    """A command of this id was applied before."""

    code = "command-known"


class CommandIdReused(Conflict):
    """The command id was used before for different content."""

    code = "command-id-reused"
