"""The next bill of an account before it is due: its lines with their explanation, as it would be decided now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import msgspec

from adapters.texts.explained import ExplainedAmount, explained_charge, explained_taxes
from adapters.views.query import Query, Reading
from billing_core.accounts.account import apply_account
from billing_core.billing.bills import BilledAccount, DueBill, Upto, next_bill
from billing_core.charging.charges import Charge
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.invoicing.invoices import Amounts
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound
from billing_core.kernel.money import Money, total
from commands.accounts import account_stream
from commands.billing.account import load_history
from commands.billing.next_bill import next_bill_on


class PreviewBill(Query, frozen=True, kw_only=True):
    """The next bill of an account as it would be if nothing changed until its day, today if it is due; nothing is kept.

    It is a question about what is to come: it cannot be asked as of a moment.
    """

    account: str


class NextBill(msgspec.Struct):
    """The next bill: its day, None if nothing is to come, and its lines and VAT; `gross` is owed with it.

    `waiting` lines wait for a later invoice. If it cannot be billed, `cannot` says why.
    """

    account: str
    on: date | None
    amounts: list[ExplainedAmount]
    gross: Money
    waiting: list[ExplainedAmount]
    cannot: str


def preview_bill(query: PreviewBill, reading: Reading) -> NextBill:
    """What the next billing run would put on the account's documents."""
    if reading.source.on is not None:
        raise InvalidValue("cannot be asked as of a moment; ask it without", field="as_of", value=query.account)
    store = reading.app.store
    with store.transaction() as transaction:
        account, version = transaction.load(account_stream(query.account), apply_account)
        if account is None:
            raise NotFound("no such account; `billing customers` lists them", field="account", value=query.account)
        on = next_bill_on(account, reading.today)
        empty = NextBill(account.number, on, [], total((), account.currency), [], "")
        if on is None:
            return empty
        billed = BilledAccount(account, partial(load_history, transaction, account.number, version))
        catalogue = reading.app.models().tariffs()
        pending = dict(account.pending_by_key)
        try:
            due = next_bill(billed, catalogue, Upto(on, on))
        except BillingError as error:
            return msgspec.structs.replace(empty, cannot=str(error))
    return empty if due is None else _shown(empty, due, pending)


def _shown(empty: NextBill, due: DueBill, pending: dict[str, Charge]) -> NextBill:
    bill = due.bill
    charges = pending | {charge.key: charge for charge in bill.charges}
    documents = [(amounts, "") for amounts in bill.documents.invoices]
    documents += [(amounts, number) for number, amounts in bill.documents.credit_notes.items()]
    currency = empty.gross.currency
    return msgspec.structs.replace(
        empty,
        amounts=[each for amounts, corrects in documents for each in _lines(amounts, charges, corrects)],
        gross=total((amounts.gross for amounts, _ in documents), currency),
        waiting=[explained_charge(charge) for charge in bill.documents.waiting],
    )


def _lines(amounts: Amounts, charges: dict[str, Charge], corrects: str) -> Iterator[ExplainedAmount]:
    lines = [charges[line.charge] for line in amounts.lines]
    yield from (explained_charge(charge, corrects) for charge in lines)
    yield from _added(amounts.taxes, lines)


def _added(taxes: tuple[TaxSummaryLine, ...], lines: list[Charge]) -> Iterator[ExplainedAmount]:
    """The VAT that is added to the lines; what prices hold already is not added again."""
    with_vat = {charge.vat_rate for charge in lines if charge.includes_vat}
    yield from explained_taxes([tax for tax in taxes if tax.rate not in with_vat], lines)
