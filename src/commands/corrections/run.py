"""Play a list of corrections: each account is one command, each moved payment another, all of one correlation.

Their ids are derived from the list's own id, so the same list again, after a kill in its middle or from two terminals
at once, does each of them once and gets the same answers. A refused entry is reported, and the others continue. The
rehearsal decides by the same path and writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID, uuid5

import msgspec

from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money, zero
from commands.corrections.account import CorrectAccount, Corrected, Correction
from commands.corrections.payment import MovePayment
from commands.platform.answers import read_plain
from commands.platform.bus import Bus, Command
from commands.platform.ports import Origin
from commands.platform.progress import Progress

# --- the list


class OnAccount(NamedTuple):
    """An entry that corrects one account; `place` is its place in the list."""

    place: str
    account: str
    correction: Correction


class OnTariff(NamedTuple):
    """An entry that corrects every account that was on its tariff."""

    place: str
    correction: Correction


class OfPayment(NamedTuple):
    """An entry that moves a payment."""

    place: str
    move: MovePayment


Entry = OnAccount | OnTariff | OfPayment


class CorrectionList(NamedTuple):
    """Entries in their order, their common reason, and the correlation id of all their commands."""

    correlation_id: UUID
    reason: str
    entries: Sequence[Entry]


class OnTariffs(Protocol):
    """The accounts on a tariff, kept by a projection."""

    def accounts_on_tariff(self, tariff: str, from_on: date, to_on: date | None) -> Sequence[str]:
        """The accounts with a subscription on a tariff on some day of `[from_on, to_on)`."""


# --- what came of it


class Refused(msgspec.Struct, frozen=True):
    """A refusal: the places of the entries, the account, the field and value, and the reason."""

    place: str
    account: str
    field: str
    value: str
    reason: str


class Totals(msgspec.Struct):
    """Sums over accounts of one currency. Moved payments change no sum."""

    accounts: int
    credited: Money
    charged: Money
    moved: Money


class CorrectionReport(msgspec.Struct):
    """The credits and charges of each account, posted or previewed, and the refusals."""

    accounts: dict[str, Corrected] = {}
    refused: list[Refused] = []

    def add(self, outcome: Corrected) -> None:
        """Add the result of a command to the others of the same account."""
        known = self.accounts.get(outcome.account)
        if known is not None:
            outcome = Corrected(
                account=outcome.account,
                credited=known.credited + outcome.credited,
                charged=known.charged + outcome.charged,
                moved=known.moved + outcome.moved,
                documents=(*known.documents, *outcome.documents),
            )
        self.accounts[outcome.account] = outcome

    def totals(self) -> dict[str, Totals]:
        """By currency."""
        found: dict[str, Totals] = {}
        for entry in self.accounts.values():
            nothing = zero(entry.credited.currency)
            sums = found.setdefault(nothing.currency, Totals(0, nothing, nothing, nothing))
            sums.accounts += 1
            sums.credited = sums.credited + entry.credited
            sums.charged = sums.charged + entry.charged
            sums.moved = sums.moved + max(entry.moved, nothing)
        return found


# --- the run


class Step(NamedTuple):
    """One command of the list, the places of the entries it is made of, and the account that a refusal names."""

    places: tuple[str, ...]
    account: str
    name: str
    command: Command


class CorrectionRun:
    """Plays lists of corrections, and rehearses them."""

    def __init__(self, bus: Bus, on_tariffs: OnTariffs) -> None:
        self._bus = bus
        self._on_tariffs = on_tariffs

    def play(self, listed: CorrectionList, origin: Origin, progress: Progress) -> CorrectionReport:
        """Correct everything that the rules allow; entries that were played before get the same answer again."""
        return self._each(listed, origin, progress, is_rehearsal=False)

    def rehearse(self, listed: CorrectionList, origin: Origin, progress: Progress) -> CorrectionReport:
        """The answer that `play` would give now. Nothing is written, so new documents have no numbers yet."""
        return self._each(listed, origin, progress, is_rehearsal=True)

    def _each(self, listed: CorrectionList, origin: Origin, progress: Progress, is_rehearsal: bool) -> CorrectionReport:
        report = CorrectionReport()
        for step in self._steps(listed):
            identified = origin._replace(
                command_id=uuid5(listed.correlation_id, step.name),
                correlation_id=listed.correlation_id,
                causation_id=listed.correlation_id,
            )
            try:
                outcome = self._outcome(step.command, identified, is_rehearsal)
            except BillingError as error:
                place = ", ".join(step.places)
                report.refused.append(Refused(place, step.account, error.field or "", error.value or "", error.message))
            else:
                for entry in outcome:
                    report.add(entry)
            progress(1)
        return report

    def _outcome(self, command: Command, origin: Origin, is_rehearsal: bool) -> list[Corrected]:
        if not is_rehearsal:
            return read_plain(self._bus.execute(command, origin).result["accounts"], list[Corrected])
        answer = self._bus.rehearse(command, origin)
        found = read_plain(answer.result["accounts"], list[Corrected])
        return found if answer.position else [_without_numbers(entry) for entry in found]

    def _steps(self, listed: CorrectionList) -> Iterator[Step]:
        """Payments in their order, then each account once, with all that is to be corrected on it."""
        places: dict[str, list[str]] = defaultdict(list)
        corrections: dict[str, list[Correction]] = defaultdict(list)
        for number, entry in enumerate(listed.entries):
            if isinstance(entry, OfPayment):
                yield Step((entry.place,), entry.move.from_account, f"move {number}", entry.move)
                continue
            for account in self._accounts(entry):
                places[account].append(entry.place)
                corrections[account].append(entry.correction)
        for account, found in corrections.items():
            command = CorrectAccount(account=account, corrections=tuple(found), reason=listed.reason)
            yield Step(tuple(places[account]), account, f"correct {account}", command)

    def _accounts(self, entry: OnAccount | OnTariff) -> Sequence[str]:
        if isinstance(entry, OnAccount):
            return [entry.account]
        wrong = entry.correction
        assert wrong.from_on is not None
        return self._on_tariffs.accounts_on_tariff(wrong.on_tariff, wrong.from_on, wrong.to_on)


def _without_numbers(entry: Corrected) -> Corrected:
    """Documents that are not issued yet have none."""
    documents = [
        msgspec.structs.replace(each, number="") if each.what in ("credit-note", "invoice") else each
        for each in entry.documents
    ]
    return msgspec.structs.replace(entry, documents=tuple(documents))
