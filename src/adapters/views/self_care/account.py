"""An account as its customer sees it: what to pay and by when, why, the services, the documents, the next invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import msgspec

from adapters.bootstrap.registry import exemptions
from adapters.bootstrap.settings import read_settings
from adapters.documents.assemble import assemble
from adapters.documents.payment_qr import payment_payload
from adapters.views.customer_services import paid_until
from adapters.views.dunning.debtor import dates_of_services, dunned_account
from adapters.views.persons import Persons
from adapters.views.query import Queries, Query, Reading
from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue
from billing_core.invoicing.documents import DocumentKind
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, total, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.promises import Asked, Objection, OpenPromise, objections_to
from billing_core.services.subscriptions import Subscription
from billing_core.services.suspension_reasons import SuspensionReason
from billing_core.services.terms_in_force import TermsInForce
from billing_core.services.timeline import end_of
from commands.accounts import account_stream, load_account
from commands.billing.next_bill import NextBill, next_bill_on, next_bills
from commands.platform.ports import Transaction
from commands.promises import load_promising, price_with_vat
from commands.self_care.offers import fee_of
from projections.billing import DocumentRow, documents_of, unpaid_since
from projections.statements import Posting, PostingKind, statement_of
from projections.suspensions.reasons import suspension_reasons
from projections.usage.month_of_account import UsedOnDay, used_by_day
from projections.vouchers import takes_vouchers

MOST_DOCUMENTS = 200
GIGABYTE = 1_000_000_000
ServiceState = Literal["active", "held", "suspended", "ending", "planned"]

# --- what is shown


class ShowOwnAccount(Query, frozen=True, kw_only=True):
    """An account as its customer sees it; reasons that clerks wrote are not in it."""

    account: str


class OwnPosting(msgspec.Struct):
    """A part of what is owed: `amount` is positive if it is to be paid."""

    kind: PostingKind | Literal["before"]
    reference: str
    on: date
    amount: Money


class PayHere(msgspec.Struct):
    """Where to pay: to whom, to which account, under which reference, and the content of a QR code for it, if any."""

    name: str
    iban: str
    reference: str
    qr: str | None


class OwnService(msgspec.Struct):
    """A service: `price` is for a period, VAT included. `changes_on` is the day on which its state changes next.

    `page` is what the customer reads while it is suspended, by language, as its reason says. All that is for days up to
    `paid_until` is paid. If nothing more is paid, we warn from `warned_from` on, and the service stops on `stops_on`.
    """

    subscription: str
    tariff: str
    name: str
    state: ServiceState
    since_on: date
    changes_on: date | None
    price: Money | None
    every: str
    page: dict[str, str] = {}
    paid_until: date | None = None
    warned_from: date | None = None
    stops_on: date | None = None


class OwnDocument(msgspec.Struct):
    """A document: `open` is what is still to pay of an invoice."""

    number: str
    kind: DocumentKind
    issued_on: date
    due_on: date
    gross: Money
    open: Money


class OwnUse(msgspec.Struct):
    """What a service used since the first of the month: records, their time, data, or another quantity."""

    subscription: str
    component: str
    records: int
    seconds: int
    bytes: int
    quantity: Decimal

    @property
    def minutes(self) -> int:
        """Begun minutes."""
        return -(-self.seconds // 60)

    @property
    def gigabytes(self) -> Decimal:
        return (Decimal(self.bytes) / GIGABYTE).quantize(Decimal("0.01"))


class OwnPromise(msgspec.Struct):
    """A promise that is open: what is still missing of it, and by when; also of the instalment that is due next."""

    until_on: date
    missing: Money
    next_until_on: date
    next_missing: Money


class OwnAccount(msgspec.Struct):
    """An account as its customer sees it.

    `to_pay` is what is owed, zero if there is credit; `due_on` is the first due date of it and `overdue` what is past
    its own. `promise_by` is the last day that may be promised, None if no promise is possible today;
    then `promise_objections` say why, unless the seller takes none. `promise_price` is with VAT, `instalments` how many
    at most may be promised, and `promised` what: a prepaid account what it lacks to have its services back.
    `pays_by_card` says whether a gateway of cards is set, `takes_vouchers` whether its seller has vouchers that
    have not expired.
    """

    account: str
    customer: str
    currency: str
    balance: Money
    to_pay: Money
    due_on: date | None
    overdue: Money
    why: list[OwnPosting]
    pay: PayHere | None
    services: list[OwnService]
    documents: list[OwnDocument]
    usage: list[OwnUse]
    promise: OwnPromise | None
    promise_by: date | None
    promise_price: Money | None
    promise_objections: list[Objection]
    promised: Money
    instalments: int
    promises_kept: int
    promises_broken: int
    next_on: date | None
    next_amount: Money | None
    pays_by_card: bool = False
    takes_vouchers: bool = False


# --- answers


def _show_account(query: ShowOwnAccount, reading: Reading) -> OwnAccount:
    statement = statement_of(reading.source.events_of(account_stream(query.account)))
    if statement is None:
        raise NotFound("no such account", field="account", value=query.account)
    account, today = statement.account, reading.today
    with reading.source.cursor() as cursor:
        documents = documents_of(cursor, account.number)
        used = used_by_day(cursor, account.number, today.replace(day=1), today + ONE_DAY)
        has_vouchers = takes_vouchers(cursor, account.seller, account.currency, today)
    to_pay = -account.ledger.balance if account.ledger.balance.amount < 0 else zero(account.currency)
    open_items = sorted(account.ledger.open_items.items(), key=lambda item: (item[1].due_on, item[0]))
    overdue = total((item.amount for _, item in open_items if item.due_on < today), account.currency)
    coming = reading.app.bus.look(lambda transaction: _next_bill(account.number, transaction, today))
    return OwnAccount(
        account=account.number, customer=account.customer, currency=account.currency, balance=account.ledger.balance,
        to_pay=to_pay, due_on=open_items[0][1].due_on if open_items and to_pay.amount else None,
        overdue=min(overdue, to_pay, key=lambda money: money.amount), why=why(statement.postings, to_pay),
        pay=_pay(account, to_pay, documents, reading), services=_services(account, reading),
        documents=[_document(row) for row in documents[::-1][:MOST_DOCUMENTS]], usage=_usage(used),
        **_promise(account, reading),
        next_on=coming.on if coming else None, next_amount=coming.to_pay if coming else None,
        pays_by_card=read_settings().stripe is not None, takes_vouchers=has_vouchers,
    )  # fmt: skip


def _next_bill(account: str, transaction: Transaction, today: date) -> NextBill | None:
    """The next bill as it would be now; None if nothing is to come. Usage that is still to come is not in it."""
    on = next_bill_on(load_account(transaction, account)[0], today)
    return next(next_bills(account, transaction, on), None) if on else None


def why(postings: Sequence[Posting], to_pay: Money) -> list[OwnPosting]:
    """The postings since the account owed nothing, and what there was before them; they sum to what is to pay.

    credit 10.00, then invoices of 24.00 and 24.00, then 20.00 paid      before -10.00, 24.00, 24.00, -20.00: 18.00
    """
    if not to_pay.amount:
        return []
    found: list[Posting] = []
    for posting in reversed(postings):
        found.insert(0, posting)
        if (posting.balance - posting.amount).amount >= 0:
            break
    before = found[0].amount - found[0].balance
    shown = [OwnPosting(each.kind, each.reference, each.on, -each.amount) for each in found]
    return [OwnPosting("before", "", found[0].on, before), *shown] if before.amount else shown


def _pay(account: Account, to_pay: Money, documents: Sequence[DocumentRow], reading: Reading) -> PayHere | None:
    """By the oldest invoice that is open, with the amount of all that is owed."""
    open_ones = [row for row in documents if row.kind == "invoice" and row.open_amount.amount > 0]
    if not to_pay.amount or not open_ones:
        return None
    document = assemble(open_ones[0].number, reading.source, reading.app.store, reading.today)
    if document.bank is None:
        return None
    whole = msgspec.structs.replace(document, settled=document.gross - to_pay)
    return PayHere(document.seller.name, document.bank.iban, document.payment_reference, payment_payload(whole))


def _document(row: DocumentRow) -> OwnDocument:
    return OwnDocument(row.number, row.kind, row.issued_on, row.due_on, row.gross, row.open_amount)


def _usage(used: Sequence[UsedOnDay]) -> list[OwnUse]:
    found: dict[tuple[str, str, str], list[UsedOnDay]] = defaultdict(list)
    for day in used:
        found[day.subscription, day.component, day.kind].append(day)
    return [
        OwnUse(
            subscription, component, sum(day.records for day in days), sum(day.seconds for day in days),
            sum(day.bytes_in + day.bytes_out for day in days), sum((day.quantity for day in days), Decimal(0)),
        )
        for (subscription, component, _), days in found.items()
    ]  # fmt: skip


def _services(account: Account, reading: Reading) -> list[OwnService]:
    tariffs = reading.app.models().tariffs()
    with reading.source.cursor() as cursor:
        reasons = suspension_reasons(cursor)
    found = [_service(each, tariffs, reading.today, reasons) for each in account.subscriptions.values()]
    shown = [each for each in found if each is not None]
    _date(shown, account, reading)
    return shown


def _date(services: Sequence[OwnService], account: Account, reading: Reading) -> None:
    """Give services the days of money; an exempt account has none on which it is warned or stopped."""
    with reading.source.cursor() as cursor:
        unpaid = unpaid_since(cursor, [account.number])
        is_exempt = bool(exemptions(cursor, [account.number], reading.today))
    dates = {} if is_exempt else dates_of_services(dunned_account(account, reading), reading)
    for service in services:
        service.paid_until = paid_until(account, service.subscription, unpaid)
        if service.state in ("active", "held", "ending") and (found := dates.get(service.subscription)) is not None:
            service.warned_from, service.stops_on = found.warned_from, found.cut_on


def _service(
    subscription: Subscription, tariffs: Catalogue, today: date, reasons: Mapping[str, SuspensionReason]
) -> OwnService | None:
    """A service that runs, is stopped, or begins later; None of one that ended."""
    segments = subscription.segments()
    now = next((each for each in segments if each.contains(today)), None)
    end, planned = end_of(subscription.timeline), now is None and subscription.activated_on > today
    if now is None and not planned:
        return None
    in_force, since_on = (now or segments[0]).in_force, (now or segments[0]).from_on
    tariff = tariffs[in_force.tariff]
    fee = fee_of(tariff, in_force, max(today, since_on))
    return OwnService(
        subscription=subscription.code, tariff=tariff.code, name=tariff.name, since_on=since_on,
        state="planned" if planned else _state(in_force, ends=end is not None),
        changes_on=None if now is None else now.to_on if in_force.status != "active" else end.on if end else None,
        price=fee.amount if fee else None, every=fee.every if fee else "",
        page=_page(in_force, reasons),
    )  # fmt: skip


def _page(in_force: TermsInForce, reasons: Mapping[str, SuspensionReason]) -> dict[str, str]:
    """What the customer reads, by language, as the first reason says for which the service is suspended."""
    reason = reasons.get(in_force.reason or "")
    return {} if reason is None else dict(reason.page)


def _state(in_force: TermsInForce, *, ends: bool) -> ServiceState:
    if in_force.status in ("held", "suspended"):
        return "held" if in_force.status == "held" else "suspended"
    return "ending" if ends else "active"


def _promise(account: Account, reading: Reading) -> dict[str, Any]:
    """The open promise, or until when one is possible on the terms of the seller, or what speaks against it."""
    found = reading.app.bus.look(lambda transaction: load_promising(transaction, account.number, reading.today))
    terms, promises, promise = found.terms, found.account.promises, found.account.promises.open
    against: list[Objection] = []
    if terms is not None and promise is None and found.debtor.owed.amount > 0:
        against = objections_to(promises, terms, found.debtor, Asked(amount=found.debtor.owed), reading.today)
    may = terms is not None and promise is None and found.debtor.owed.amount > 0 and not against
    return {
        "promise": None if promise is None else _own_promise(promise),
        "promise_by": reading.today + timedelta(days=terms.most_days) if terms is not None and may else None,
        "promise_price": price_with_vat(terms, account.currency) if terms is not None and may else None,
        "promise_objections": against, "promised": found.debtor.owed,
        "instalments": terms.most_instalments if terms is not None and may else 1,
        "promises_kept": promises.kept, "promises_broken": promises.broken,
    }  # fmt: skip


def _own_promise(promise: OpenPromise) -> OwnPromise:
    due = promise.next_part
    return OwnPromise(promise.until_on, promise.missing, due.until_on, promise.missing_by(promise.kept))


QUERIES: Queries = {ShowOwnAccount: _show_account}
PERSONS: Persons = {ShowOwnAccount: lambda query, account, reading: [account.customer]}
