"""Which documents match: by date, seller, account and state, the newest first?

Asks the tables of `projections.billing`; it has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money
from projections.accounts.balances import accounts_of_customers
from projections.billing import SELECT_DOCUMENTS, DocumentRow, DocumentTotals, document_numbered, listed
from projections.dealers import accounts_of
from projections.platform.ordering import Order
from projections.platform.projection import Cursor

DocumentState = Literal["open", "overdue", "paid", "credit-note"]

PAGE = 1_000
# The parameters of a choice that does not matter are null.
CHOSEN = """
    (%(from_on)s::date IS NULL OR issued_on >= %(from_on)s) AND (%(to_on)s::date IS NULL OR issued_on < %(to_on)s)
    AND (%(seller)s::text IS NULL OR seller = %(seller)s)
    AND (%(accounts)s::text[] IS NULL OR account = ANY(%(accounts)s))
"""
DocumentSort = Literal["issued_on", "-issued_on", "due_on", "-due_on", "gross", "-gross"]
NEWEST: DocumentSort = "-issued_on"
ORDERS: Mapping[DocumentSort, Order] = {
    f"{sign}{column}": Order("number", column, is_descending=bool(sign))  # type: ignore[misc]
    for column in ("issued_on", "due_on", "gross") for sign in ("", "-")
}  # fmt: skip
# The condition of each state stands in the statement by itself, so that an index which holds it alone is seen.
OF_STATE: Mapping[DocumentState | None, str] = {
    None: "true",
    "credit-note": "kind = 'credit-note'",
    "open": "open_amount > 0",
    "overdue": "open_amount > 0 AND due_on < %(today)s",
    "paid": "kind = 'invoice' AND open_amount = 0",
}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that were issued in `[from_on, to_on)`, by a seller, on some accounts, and are in a state today.

    What is None does not matter. With a `dealer`, those of that dealer's customers.
    """

    today: date
    from_on: date | None = None
    to_on: date | None = None
    seller: str | None = None
    accounts: tuple[str, ...] | None = None
    state: DocumentState | None = None
    dealer: str = ""

    def parameters(self) -> dict[str, object]:
        """The choice as the statements name it."""
        return {
            "today": self.today,
            "from_on": self.from_on,
            "to_on": self.to_on,
            "seller": self.seller,
            "accounts": None if self.accounts is None else list(self.accounts),
            "dealer": self.dealer,
        }

    @property
    def condition(self) -> str:
        """The condition of the documents that match."""
        return f"{CHOSEN} AND {OF_STATE[self.state]} AND {accounts_of('account', self.dealer)}"


def state_of(row: DocumentRow, today: date) -> DocumentState:
    """The state of a document on a day: an invoice is open, overdue after its due date, or paid."""
    if row.kind == "credit-note":
        return "credit-note"
    if row.open_amount.amount <= 0:
        return "paid"
    return "overdue" if row.due_on < today else "open"


def accounts_asked(cursor: Cursor, customer: str | None, account: str | None) -> tuple[str, ...] | None:
    """The accounts of a customer, or the one account; None for all. A customer without an account is `NotFound`."""
    if customer is None:
        return None if account is None else (account,)
    owned = accounts_of_customers(cursor, [customer])[customer]
    if not owned:
        raise NotFound("no such customer with an account", field="customer", value=customer)
    return tuple(row.number for row in owned if account in (None, row.number))


def list_documents(
    cursor: Cursor, chosen: Choice, limit: int, after: str = "", sort: DocumentSort = NEWEST
) -> list[DocumentRow]:
    """Documents in an order, those of one day or amount by number; `after` continues a list after this number.

    Amounts of several currencies are sorted as numbers.
    """
    rows = cursor.execute(
        f"{SELECT_DOCUMENTS} WHERE {chosen.condition} AND {_beyond(cursor, after, sort)} ORDER BY {ORDERS[sort].by} "
        "LIMIT %(limit)s",
        chosen.parameters() | {"limit": limit, "after": after},
    )
    return [listed(row) for row in rows]


def _beyond(cursor: Cursor, after: str, sort: DocumentSort) -> str:
    """The condition of the documents that come after one in an order."""
    if after:
        _required(cursor, after)
    order = ORDERS[sort]
    at = f"(SELECT {order.column} FROM documents WHERE number = %(after)s)"
    return order.beyond(is_first=not after, at=at)


def every_document(cursor: Cursor, chosen: Choice) -> Iterator[DocumentRow]:
    """All documents that match, the newest first, read page by page."""
    page: Sequence[DocumentRow] = list_documents(cursor, chosen, PAGE)
    while page:
        yield from page
        page = list_documents(cursor, chosen, PAGE, page[-1].number)


def chosen_totals(cursor: Cursor, chosen: Choice) -> list[DocumentTotals]:
    """The number, sum and open sum of the documents that match, per kind and currency."""
    rows = cursor.execute(
        f"""SELECT kind, currency, count(*), sum(gross), sum(open_amount) FROM documents WHERE {chosen.condition}
            GROUP BY kind, currency ORDER BY kind DESC, currency""",
        chosen.parameters(),
    )
    return [DocumentTotals(kind, many, Money(gross, code), Money(left, code)) for kind, code, many, gross, left in rows]


def count_after(cursor: Cursor, chosen: Choice, after: str) -> int:
    """How many documents that match are listed after a number."""
    found = cursor.execute(
        f"SELECT count(*) FROM documents WHERE {chosen.condition} AND {_beyond(cursor, after, NEWEST)}",
        chosen.parameters() | {"after": after},
    ).fetchone()
    return int(found[0])


def _required(cursor: Cursor, number: str) -> DocumentRow:
    row = document_numbered(cursor, number)
    if row is None:
        raise NotFound("no invoice or credit note has this number", field="document", value=number)
    return row
