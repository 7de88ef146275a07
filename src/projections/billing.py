"""Which charges were posted, which documents were issued, and which amounts are still open, since when?

Charges are written once and never changed. A document is kept as the event that issued it, in a table of its own, so
that sums over all documents do not read it; only what is open on an invoice moves, with every allocation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.documents import DocumentKind, TaxSummaryLine
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent, InvoiceIssued, InvoiceLine, Subject
from billing_core.kernel.money import Money, zero
from billing_core.parties.versions import PartyVersion
from billing_core.payments.events import CreditAllocated, CreditReleased
from projections import document_lines, settlements
from projections.document_lines import Issued
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

CHARGE_COLUMNS = {
    "account": "text", "key": "text", "subscription": "text", "component": "text", "from_on": "date",
    "to_on": "date", "amount": "numeric", "currency": "text", "charge": "text",
}  # fmt: skip
DOCUMENT_COLUMNS = {
    "number": "text", "kind": "text", "account": "text", "seller": "text", "issued_on": "date", "due_on": "date",
    "currency": "text", "gross": "numeric", "open_amount": "numeric", "tax_point_on": "date",
    "net": "numeric", "vat": "numeric", "customer": "text", "corrects": "text", "reason": "text",
}  # fmt: skip
TEXT_COLUMNS = {"document": "text", "content": "text"}
UPDATE_OPEN = """
    UPDATE documents SET open_amount = open_amount + change.amount
    FROM unnest(%b::text[], %b::numeric[]) AS change (number, amount) WHERE documents.number = change.number
"""

_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = {
    "invoice": msgspec.json.Decoder(InvoiceIssued).decode,
    "credit-note": msgspec.json.Decoder(CreditNoteIssued).decode,
}


class Invoices:
    """Charges, invoices and credit notes, and what settled the invoices."""

    name = "invoices"
    version = 7
    tables = ("charges", "documents", "document_texts", *document_lines.TABLES, *settlements.TABLES)
    by_stream = True
    definition = f"""
        CREATE TABLE charges (
            account text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, subscription text NOT NULL,
            component text NOT NULL, from_on date NOT NULL, to_on date NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, charge text NOT NULL);
        CREATE TABLE documents (
            number text COLLATE "C" PRIMARY KEY, kind text NOT NULL, account text COLLATE "C" NOT NULL,
            seller text NOT NULL, issued_on date NOT NULL, due_on date NOT NULL, currency text NOT NULL,
            gross numeric NOT NULL, open_amount numeric NOT NULL, tax_point_on date NOT NULL, net numeric NOT NULL,
            vat numeric NOT NULL, customer text NOT NULL, corrects text COLLATE "C" NOT NULL, reason text NOT NULL
        ) WITH (fillfactor = 90);
        CREATE TABLE document_texts (document text COLLATE "C" PRIMARY KEY, content text NOT NULL);
        {document_lines.DEFINITION}
        {settlements.DEFINITION}
    """
    indexes = f"""
        ALTER TABLE charges ADD PRIMARY KEY (account, key);
        CREATE INDEX ON documents (account);
        CREATE INDEX ON documents (issued_on, number);
        CREATE INDEX ON documents (issued_on, number) WHERE kind = 'credit-note';
        CREATE INDEX ON documents (account, due_on) INCLUDE (number, seller, currency, issued_on, open_amount)
            WHERE open_amount > 0;
        CREATE INDEX ON documents (due_on, number);
        CREATE INDEX ON documents (gross, number);
        {document_lines.INDEXES}
        {settlements.INDEXES}
    """
    streams = ("account",)
    folds = (ChargesPosted, InvoiceIssued, CreditNoteIssued, CreditAllocated, CreditReleased)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        charges: list[tuple[Any, ...]] = []
        documents: list[tuple[LoggedEvent, DocumentEvent]] = []
        changes: dict[str, Decimal] = defaultdict(Decimal)
        lines, settled = document_lines.Page(), settlements.Page()
        for entry in page:
            match entry.event:
                case ChargesPosted(charges=posted, effective_on=on):
                    lines.post(entry.number, posted, on)
                    charges += [_charge_row(entry.number, charge) for charge in posted]
                case InvoiceIssued(number=number, gross=gross) as fact:
                    lines.issue(Issued(entry.number, fact))
                    documents.append((entry, fact))
                    changes[number] += gross.amount
                case CreditNoteIssued() as fact:
                    lines.issue(Issued(entry.number, fact))
                    documents.append((entry, fact))
                case CreditAllocated(allocations=allocations) as fact:
                    settled.settle(entry.number, fact)
                    for allocation in allocations:
                        changes[allocation.invoice] -= allocation.amount.amount
                case CreditReleased(allocations=allocations) as fact:
                    settled.settle(entry.number, fact)
                    for allocation in allocations:
                        changes[allocation.invoice] += allocation.amount.amount
        if charges:
            insert_rows(cursor, "charges", CHARGE_COLUMNS, charges)
        if documents:
            rows = [
                _document_row(entry, fact, changes.pop(fact.number, zero(fact.gross.currency).amount))
                for entry, fact in documents
            ]
            insert_rows(cursor, "documents", DOCUMENT_COLUMNS, rows)
            texts = [(fact.number, entry.state.decode()) for entry, fact in documents]
            insert_rows(cursor, "document_texts", TEXT_COLUMNS, texts)
        if changes:
            cursor.execute(UPDATE_OPEN, as_columns(changes.items(), 2))
        lines.write(cursor)
        settled.write(cursor)


def _charge_row(account: str, charge: Charge) -> tuple[Any, ...]:
    return (
        account, charge.key, charge.subscription, charge.component, charge.from_on, charge.to_on,
        charge.amount.amount, charge.amount.currency, _encode(charge).decode(),
    )  # fmt: skip


def _document_row(entry: LoggedEvent, fact: DocumentEvent, open_amount: Decimal) -> tuple[Any, ...]:
    vat = sum(tax.vat.amount for tax in fact.taxes)
    return (
        fact.number,
        "invoice" if isinstance(fact, InvoiceIssued) else "credit-note",
        entry.number,
        fact.seller.code,
        fact.effective_on,
        fact.due_on if isinstance(fact, InvoiceIssued) else fact.effective_on,
        fact.gross.currency,
        fact.gross.amount,
        open_amount,
        fact.tax_point_on,
        fact.gross.amount - vat,
        vat,
        fact.customer.code,
        *((fact.corrects, fact.reason) if isinstance(fact, CreditNoteIssued) else ("", "")),
    )


# --- queries


class DocumentRow(msgspec.Struct):
    """A document as listed. `open_amount` is the unpaid part of an invoice; without a subject it is about the
    account.
    """

    number: str
    kind: DocumentKind
    account: str
    customer: PartyVersion
    seller: PartyVersion
    issued_on: date
    tax_point_on: date
    due_on: date
    corrects: str | None
    reason: str
    subject: Subject | None
    gross: Money
    open_amount: Money
    taxes: tuple[TaxSummaryLine, ...]
    lines: tuple[InvoiceLine, ...]


SELECT_DOCUMENTS = """
    SELECT kind, account, due_on, open_amount, content FROM documents JOIN document_texts ON document = number
"""


def document_numbered(cursor: Cursor, number: str) -> DocumentRow | None:
    """The document with this number."""
    row = cursor.execute(f"{SELECT_DOCUMENTS} WHERE number = %s", (number,)).fetchone()
    return None if row is None else listed(row)


def documents_of(cursor: Cursor, account: str) -> list[DocumentRow]:
    """All documents of an account, in order of date and number."""
    rows = cursor.execute(f"{SELECT_DOCUMENTS} WHERE account = %s ORDER BY issued_on, number", (account,))
    return [listed(row) for row in rows]


def documents_after(cursor: Cursor, number: str) -> list[DocumentRow]:
    """All documents with a higher number, in order of number."""
    return [listed(row) for row in cursor.execute(f"{SELECT_DOCUMENTS} WHERE number > %s ORDER BY number", (number,))]


def charges_named(cursor: Cursor, account: str, keys: Collection[str]) -> dict[str, Charge]:
    """The charges of an account with these keys."""
    rows = cursor.execute("SELECT key, charge FROM charges WHERE account = %s AND key = ANY(%s)", (account, list(keys)))
    return {key: msgspec.json.decode(charge, type=Charge) for key, charge in rows}


def unpaid_since(cursor: Cursor, accounts: Collection[str]) -> dict[tuple[str, str], date]:
    """The first day of each subscription for whose fees an invoice is open, by account and subscription."""
    rows = cursor.execute(
        """SELECT line.account, line.subscription, min(line.from_on)
           FROM documents JOIN document_lines AS line ON line.document = documents.number
           WHERE documents.account = ANY(%s) AND documents.open_amount > 0 AND line.charge_kind = 'recurring'
           GROUP BY line.account, line.subscription""",
        (list(accounts),),
    )
    return {(account, subscription): from_on for account, subscription, from_on in rows}


class DocumentTotals(msgspec.Struct):
    """Documents of one kind in one currency."""

    kind: str
    documents: int
    gross: Money
    open_amount: Money


def document_totals(cursor: Cursor) -> list[DocumentTotals]:
    """The number, sum and open sum of documents, per kind and currency."""
    rows = cursor.execute(
        """SELECT kind, currency, count(*), sum(gross), sum(open_amount) FROM documents
           GROUP BY kind, currency ORDER BY kind DESC, currency"""
    )
    return [DocumentTotals(kind, many, Money(gross, code), Money(left, code)) for kind, code, many, gross, left in rows]


def listed(row: Sequence[Any]) -> DocumentRow:
    """The document of a row of `SELECT_DOCUMENTS`."""
    kind, account, due_on, open_amount, content = row
    fact: DocumentEvent = _decode[kind](content)
    return DocumentRow(
        number=fact.number,
        kind=kind,
        account=account,
        customer=fact.customer,
        seller=fact.seller,
        issued_on=fact.effective_on,
        tax_point_on=fact.tax_point_on,
        due_on=due_on,
        corrects=fact.corrects if isinstance(fact, CreditNoteIssued) else None,
        reason=fact.reason if isinstance(fact, CreditNoteIssued) else "",
        subject=fact.subject,
        gross=fact.gross,
        open_amount=Money(open_amount, fact.gross.currency),
        taxes=fact.taxes,
        lines=fact.lines,
    )


# --- what must hold

# The series of each kind that a seller has now, with how many numbers the earlier ones of that kind used up. Its prefix
# may hold the year, so that numbers are like `pattern`.
SERIES = """
    SELECT code AS seller, kind, prefix, replace(prefix, 'Y', '_') || repeat('_', width) AS pattern,
           length(prefix) + width AS digits,
           coalesce((format ->> 'numbers_before')::bigint, 0) AS before
    FROM sellers, jsonb_each(details::jsonb -> 'series') AS each (kind, format),
        LATERAL (SELECT format ->> 'prefix' AS prefix, (format ->> 'width')::integer AS width) AS written
"""


def _of_year(day: str) -> str:
    """The digits with which numbers of the year of a day begin, in SQL; none begin with a colon, as without a day."""
    years = f"replace(prefix, 'YYYY', coalesce(to_char({day}, 'YYYY'), ':'))"
    return f"replace({years}, 'YY', coalesce(to_char({day}, 'YY'), ':'))"


INVARIANTS = {
    "the lines of a document sum to its base, base and VAT to its total": """
        SELECT number FROM documents JOIN document_texts ON document = number,
            LATERAL (SELECT sum((line -> 1 ->> 0)::numeric) AS net
                     FROM jsonb_array_elements(content::jsonb -> 'lines') AS line) AS l,
            LATERAL (SELECT sum((tax -> 'base' ->> 0)::numeric) AS base, sum((tax -> 'vat' ->> 0)::numeric) AS vat
                     FROM jsonb_array_elements(content::jsonb -> 'taxes') AS tax) AS t
        WHERE l.net <> base OR base + t.vat <> gross
    """,
    "a document's line is a charge of its account, and a charge is on one document": """
        SELECT lines.account || ' ' || lines.key FROM (
            SELECT account, line ->> 0 AS key FROM documents JOIN document_texts ON document = number,
                jsonb_array_elements(content::jsonb -> 'lines') AS line
        ) AS lines LEFT JOIN charges USING (account, key)
        GROUP BY lines.account, lines.key, charges.key HAVING count(*) > 1 OR charges.key IS NULL
    """,
    "no day of a component is charged twice": """
        WITH fees AS (
            SELECT charges.account, charges.subscription, charges.component, charges.from_on, charges.to_on,
                   coalesce(charges.charge::jsonb ->> 'of', '') AS base, charges.charge::jsonb ->> 'kind' AS kind,
                   charges.charge::jsonb ->> 'corrects' AS corrects,
                   CASE WHEN charges.charge::jsonb ->> 'kind' = 'one-off'
                        THEN coalesce(corrected.amount, charges.amount) END AS instalment
            FROM charges LEFT JOIN charges AS corrected
              ON corrected.account = charges.account AND corrected.key = charges.charge::jsonb ->> 'corrects'
            WHERE charges.charge::jsonb ->> 'kind' IN ('recurring', 'one-off') OR charges.charge::jsonb ?& '{of,basis}'
        ), steps AS (
            SELECT account, subscription, component, base, kind, instalment, day, sum(times) AS times
            FROM fees, LATERAL (
                SELECT CASE WHEN corrects IS NULL THEN 1 ELSE -1 END AS one
            ) AS sign, LATERAL (VALUES (from_on, one), (to_on, -one)) AS step (day, times)
            GROUP BY account, subscription, component, base, kind, instalment, day
        )
        SELECT account || ' ' || subscription || '/' || component || ' on ' || day FROM (
            SELECT *, sum(times) OVER (
                PARTITION BY account, subscription, component, base, kind, instalment ORDER BY day
            ) AS cover FROM steps
        ) AS covered WHERE cover NOT IN (0, 1)
    """,
    # A discount or surcharge on a fee has days like the fee. What is missing of others is charged in addition to what
    # was charged for the same period; another period has days of its own.
    "usage, discounts, surcharges and true-ups of two periods share no day": """
        WITH others AS (
            SELECT account, subscription, component, coalesce(charge::jsonb ->> 'of', '') AS base, from_on, to_on,
                   coalesce(charge::jsonb -> 'period' ->> 0, from_on::text) AS begins_on,
                   coalesce(charge::jsonb -> 'period' ->> 1, to_on::text) AS ends_on
            FROM charges
            WHERE charge::jsonb ->> 'kind' NOT IN ('recurring', 'one-off') AND NOT charge::jsonb ?& '{of,basis}'
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(amount) <> 0
        )
        SELECT account || ' ' || subscription || '/' || component || ' on ' || from_on FROM (
            SELECT *, lag(to_on) OVER days AS earlier_to_on, lag(begins_on || ends_on) OVER days AS earlier_period
            FROM others WINDOW days AS (PARTITION BY account, subscription, component, base ORDER BY from_on, to_on)
        ) AS neighbours WHERE from_on < earlier_to_on AND begins_on || ends_on <> earlier_period
    """,
    "what is taken back of a charge is no more than the charge": """
        SELECT taken.account || ' ' || taken.corrects FROM (
            SELECT account, charge::jsonb ->> 'corrects' AS corrects, sum(amount) AS amount
            FROM charges WHERE charge::jsonb ? 'corrects' GROUP BY 1, 2
        ) AS taken LEFT JOIN charges ON charges.account = taken.account AND charges.key = taken.corrects
        WHERE charges.key IS NULL
           OR taken.amount NOT BETWEEN least(-charges.amount, 0) AND greatest(-charges.amount, 0)
    """,
    # A number is taken, claimed and issued in one transaction. Series and claims are of one moment; the documents may
    # be of an earlier one, but are issued in the order of their numbers.
    "document numbers have no gap": f"""
        WITH series AS ({SERIES}), issued AS (
            SELECT seller, kind, before, count(*) FILTER (WHERE NOT is_of_series) AS earlier,
                   count(*) FILTER (WHERE is_of_series) AS documents,
                   count(*) FILTER (WHERE is_of_series AND running BETWEEN 1 AND every
                       AND starts_with(number, {_of_year("issued_on")})) AS numbered
            FROM (
                SELECT seller, kind, number, issued_on, prefix, before, is_of_series,
                       substr(number, length(prefix) + 1)::numeric AS running,
                       count(*) OVER (PARTITION BY seller, kind, is_of_series, left(number, length(prefix))) AS every
                FROM documents JOIN series USING (seller, kind),
                    LATERAL (SELECT number LIKE pattern AS is_of_series) AS belongs
            ) AS numbers GROUP BY seller, kind, before
        ), taken AS (
            SELECT seller, kind, digits, coalesce(last_number, 0) - CASE WHEN strpos(prefix, 'Y') > 0
                       THEN greatest(before, numbers_before_year) ELSE before END AS numbers,
                   {_of_year("last_issued_on")} AS beginning
            FROM series LEFT JOIN billing.number_series USING (seller, kind)
        ), claimed AS (
            SELECT seller, taken.kind, count(*) AS claims, max(substr(key, length(beginning) + 1)::numeric) AS newest
            FROM taken JOIN billing.claims ON claims.kind = taken.kind AND key >= beginning AND key < beginning || ':'
                AND length(key) = digits GROUP BY seller, taken.kind
        )
        SELECT seller || ' ' || kind || ', documents issued' FROM issued
        WHERE documents <> numbered OR earlier <> before
        UNION ALL
        SELECT seller || ' ' || kind || ', numbers taken' FROM taken LEFT JOIN claimed USING (seller, kind)
        WHERE numbers <> coalesce(claims, 0) OR numbers <> coalesce(newest, 0)
    """,
    "a credit note is not dated before the invoice that it corrects": """
        SELECT notes.number FROM documents AS notes
            JOIN documents AS invoices ON invoices.number = notes.corrects
        WHERE notes.kind = 'credit-note' AND notes.issued_on < invoices.issued_on
    """,
    "document numbers are in order of date": f"""
        WITH series AS ({SERIES})
        SELECT number FROM (
            SELECT number, issued_on, lag(issued_on) OVER (
                PARTITION BY seller, kind ORDER BY number LIKE pattern, number
            ) AS earlier
            FROM documents JOIN series USING (seller, kind)
        ) AS ordered WHERE issued_on < earlier
    """,
}


AREA = Area(true_by_date=(Invoices(),), invariants=INVARIANTS)
