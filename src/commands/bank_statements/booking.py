"""Book money that came in by a bank, in chunks, each chunk one transaction.

A row that matches nothing is recorded as a remittance, which waits until somebody assigns it; money is never guessed.
A row that is dated after today, or has a known reference with another content, is rejected and reported; what the bank
corrected is taken in once the payment that was wrong is taken back (`corrections`). The same rows again change nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple, Protocol

from billing_core.accounts.account import Account
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import BillingError, Conflict
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import PAYMENT_CLAIM, PaymentMethod, PaymentReceived, payment_id
from billing_core.payments.matching import Found, Key, MoneySigns, decide, fits, sought
from billing_core.payments.matching_rules import MatchingRules
from billing_core.payments.receiving import require_received
from billing_core.payments.remittances import RemittanceReceived, receive_remittance, remittance_stream, sender_of
from commands.accounts import KnownAccount, account_stream
from commands.bank_statements.corrections import Said, name_as_corrected, with_way_back
from commands.bank_statements.own_references import OwnReferences
from commands.payments.account import ReceivePayment, RecordedAsRemittance, is_known, receive_on, served_again
from commands.payments.remittances import ReceiveRemittance
from commands.platform.batch import BatchReport
from commands.platform.bus import Bus, Command
from commands.platform.identity import new_id
from commands.platform.ports import Append, ClaimTaken, Origin, Store, Transaction, VersionConflict
from commands.platform.progress import Progress

CHUNK_ROWS = 2_000
REPORTED = (
    "source", "reference", "amount", "payment_reference", "payer", "payer_account", "message", "method", "statement"
)  # fmt: skip
# So few are booked one by one after a conflict.
FEW_ROWS = 20


class BankRow(NamedTuple):
    """One payment of a bank file or statement; `statement` names the statement and the line of it."""

    line: int
    source: str
    reference: str
    received_on: date
    amount: Money
    payment_reference: str
    payer: str
    payer_account: str = ""
    message: str = ""
    method: PaymentMethod = "transfer"
    statement: str = ""
    creditor_reference: str = ""
    end_to_end: str = ""


# A row with the number of its account; None if it names none.
Matched = tuple[BankRow, str | None]


class Decided(NamedTuple):
    """What comes of some rows: the report, the events of accounts by number, and the money that waits."""

    outcome: BatchReport
    events: Mapping[str, Sequence[Event]]
    waiting: Sequence[Append]


class PaymentTargets(Protocol):
    """Where payments go. What was opened or issued is known at once, whatever the read models show."""

    def matching_rules(self, seller: str) -> MatchingRules:
        """The rules by which payments of a seller find their account; the usual ones without a seller."""

    def candidates(self, keys: Collection[Key], *, with_open_items: bool) -> Found:
        """The accounts to which each key leads, in one look-up for all."""

    def accounts(self, numbers: Collection[str]) -> Mapping[str, KnownAccount]:
        """The states of accounts by number as they are now, whatever the read models show."""

    def wait_for(self, position: int) -> None:
        """Return when the states show every event up to the position."""


class BankFileImport:
    """Matches and books the rows of bank files."""

    def __init__(self, store: Store, bus: Bus, targets: PaymentTargets) -> None:
        self._store = store
        self._bus = bus
        self._targets = targets
        self._rows_at_once = CHUNK_ROWS
        self._own = OwnReferences()

    def take_in(self, rows: Iterable[BankRow], origin: Origin, report: BatchReport, progress: Progress) -> None:
        """Book every valid row, and add the result of each to the report.

        The read models keep up meanwhile, one chunk behind: what they do not show yet of an account is read event by
        event.
        """
        remaining, before, position = iter(rows), 0, 0
        while chunk := list(islice(remaining, CHUNK_ROWS)):
            self._targets.wait_for(before)
            before, position = position, self.book(self.matched(chunk), origin, report)
            progress(len(chunk))

    def book(self, matched: Sequence[Matched], origin: Origin, report: BatchReport) -> int:
        """Book all rows at once if nobody else is at work on their accounts.

        The more rows are booked at once, the longer it takes, and the likelier it is that somebody changes one of their
        accounts meanwhile. So fewer are tried after each such conflict, and more again after each success.
        """
        position = first = 0
        while first < len(matched):
            part = matched[first : first + self._rows_at_once]
            try:
                position = self._book(part, origin, report)
                self._rows_at_once = min(CHUNK_ROWS, self._rows_at_once * 2)
            except (VersionConflict, ClaimTaken):
                if len(part) > FEW_ROWS:
                    self._rows_at_once = max(FEW_ROWS, len(part) // 8)
                    continue
                position = self._book_one_by_one(part, origin, report)
            first += len(part)
        return position

    def matched(self, rows: Sequence[BankRow], seller: str = "") -> list[Matched]:
        """Each row with its account, if it names exactly one."""
        rules = self._targets.matching_rules(seller)
        signs = [_signs(row, seller) for row in rows]
        keys = [sought(money, rules) for money in signs]
        found = self._targets.candidates(frozenset().union(*keys), with_open_items="open-amount" in rules.rungs)
        return [
            (row, account_of(money, rules, found, wanted))
            for row, money, wanted in zip(rows, signs, keys, strict=True)
        ]  # fmt: skip

    def rehearse(self, rows: Iterable[BankRow], origin: Origin, report: BatchReport, progress: Progress) -> None:
        """Add to the report what would come of each row; nothing is written."""
        remaining, taken = iter(rows), dict[str, Claim]()
        while chunk := list(islice(remaining, CHUNK_ROWS)):
            rows_of_chunk = self.matched(chunk)
            with self._store.transaction() as transaction:
                matched, found = _taken(rows_of_chunk, transaction)
            taken = found | taken
            report.merge(_decide(matched, self._accounts_of(matched), taken, self._own, origin).outcome)
            progress(len(chunk))

    def rehearse_rows(self, matched: Sequence[Matched], origin: Origin, report: BatchReport) -> None:
        """Add to the report what would come of some rows; nothing is written."""
        with self._store.transaction() as transaction:
            matched, taken = _taken(matched, transaction)
        report.merge(_decide(matched, self._accounts_of(matched), taken, self._own, origin).outcome)

    def _accounts_of(self, matched: Sequence[Matched]) -> Mapping[str, KnownAccount]:
        return self._targets.accounts({account for _, account in matched if account is not None})

    def _book(self, matched: Sequence[Matched], origin: Origin, report: BatchReport) -> int:
        """Decide all rows on the states read and write them at once; the report is touched only when it is kept."""
        known = self._accounts_of(matched)
        with self._store.transaction() as transaction:
            matched, taken = _taken(matched, transaction)
            decided = _decide(matched, known, taken, self._own, origin)
            appends = [
                Append(
                    account_stream(number), known[number].version,
                    [*facts, *served_again(*known[number], facts, transaction, origin)],
                )
                for number, facts in decided.events.items()
            ]  # fmt: skip
            position = transaction.append([*appends, *decided.waiting], (), origin._replace(command_id=new_id()))
        report.merge(decided.outcome)
        return position

    def _book_one_by_one(self, matched: Sequence[Matched], origin: Origin, report: BatchReport) -> int:
        """The ordinary path, for a chunk in which an account changed concurrently."""
        position = 0
        with self._store.transaction() as transaction:
            matched, _ = _taken(matched, transaction)
        for row, number in matched:
            command = _command(row, number)
            try:
                self._own.require_own(_id(row), row.statement, row.line)
                answer = self._bus.execute(command, origin._replace(command_id=new_id()))
            except RecordedAsRemittance:
                report.unchanged += 1
                continue
            except BillingError as error:
                report.reject(row.line, error)
                continue
            position = max(position, answer.position)
            if answer.result["known"]:
                report.unchanged += 1
            elif number is None:
                report.waiting += 1
            else:
                report.accepted += 1
        return position


def _signs(row: BankRow, seller: str) -> MoneySigns:
    """What a row says of whose it is."""
    return MoneySigns(
        amount=row.amount, seller=seller, payment_reference=row.payment_reference,
        creditor_reference=row.creditor_reference, end_to_end=row.end_to_end, payer_account=row.payer_account,
        message=row.message,
    )  # fmt: skip


def account_of(money: MoneySigns, rules: MatchingRules, found: Found, wanted: Collection[Key]) -> str | None:
    """The account that the ladder says, if it says exactly one; `wanted` are the keys that it looks at.

    Most money leads to nobody or to one account by whatever it says: then the rungs need not be climbed.
    """
    led = [each for key in wanted for each in found.get(key, ())]
    if not led:
        return None
    if all(each.account == led[0].account for each in led) and fits(led[0], money):
        return led[0].account
    return decide(money, rules, found).account


def _taken(matched: Sequence[Matched], transaction: Transaction) -> tuple[Sequence[Matched], dict[str, Claim]]:
    """Which of the payments are known already; rows that the bank corrected have the names of what they are now."""
    taken = _claimed(matched, transaction)
    if not taken:
        return matched, taken
    named = [(_as_corrected(row, taken.get(_id(row)), transaction), number) for row, number in matched]
    changed = [after for before, after in zip(matched, named, strict=True) if after[0] is not before[0]]
    return named, taken | (_claimed(changed, transaction) if changed else {})


def _claimed(matched: Sequence[Matched], transaction: Transaction) -> dict[str, Claim]:
    return dict(transaction.claimed(PAYMENT_CLAIM, [_id(row) for row, _ in matched]))


def _id(row: BankRow) -> str:
    return payment_id(row.source, row.reference)


def _as_corrected(row: BankRow, taken: Claim | None, transaction: Transaction) -> BankRow:
    if taken is None:
        return row
    said = Said(taken.key, f"{row.amount} on {row.received_on}")
    suffix = name_as_corrected(said, taken, transaction)
    return row._replace(reference=row.reference + suffix) if suffix else row


def _decide(
    matched: Sequence[Matched], known: Mapping[str, KnownAccount], taken: dict[str, Claim], own: OwnReferences,
    origin: Origin,
) -> Decided:  # fmt: skip
    """What comes of each row; the accounts are moved on, and what is taken by a row is known to the next ones."""
    outcome = BatchReport()
    events: dict[str, list[Event]] = {}
    waiting: list[Append] = []
    for row, number in matched:
        account = None if number is None else known[number].account
        stream, money = _money(row, account)
        (claim,) = money.claims(stream)
        try:
            require_received(row.received_on, origin.today)
            own.require_own(claim.key, row.statement, row.line)
            if is_known(claim, taken.get(claim.key)):
                outcome.unchanged += 1
                continue
            decided = _decided(account, money)
        except Conflict as error:
            outcome.reject(row.line, with_way_back(error))
            continue
        except BillingError as error:
            outcome.reject(row.line, error)
            continue
        taken[claim.key] = claim
        if number is None or account is None:
            waiting.append(Append(stream, 0, decided))
            outcome.waiting += 1
            continue
        for fact in decided:
            account.apply(fact)
        events.setdefault(number, []).extend(decided)
        outcome.accepted += 1
    return Decided(outcome, events, waiting)


def _command(row: BankRow, account: str | None) -> Command:
    fields = {name: getattr(row, name) for name in ("received_on", *REPORTED)}
    if account is None:
        return ReceiveRemittance(**fields)
    # The bank has the money; there is no slip to mend.
    return ReceivePayment(account=account, confirmed=True, **fields)


def _money(row: BankRow, account: Account | None) -> tuple[str, PaymentReceived | RemittanceReceived]:
    """The stream that the money of a row belongs to, and what is recorded there."""
    if account is None:
        received = RemittanceReceived(sender=sender_of(payment_id(row.source, row.reference)), **_reported(row))
        return remittance_stream(received.payment), received
    return account_stream(account.number), PaymentReceived(customer=account.customer, **_reported(row))


def _decided(account: Account | None, money: PaymentReceived | RemittanceReceived) -> Sequence[Event]:
    if isinstance(money, RemittanceReceived):
        return receive_remittance(money)
    assert account is not None
    return receive_on(account, money)


def _reported(row: BankRow) -> dict[str, Any]:
    return {"effective_on": row.received_on} | {name: getattr(row, name) for name in REPORTED}
