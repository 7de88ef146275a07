"""What must always hold, asked of the whole store.

Fresh tables are built from the events beside the live ones. The live tables must equal them, and the fresh ones
must satisfy every invariant. Each answer names up to a few offenders.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from projections.filling import Fill, fill
from projections.ports import Log, Progress, Tables, unwatched
from projections.projection import Cursor, Projection
from projections.rebuild import build_beside, drop_schema
from projections.runner import LIVE_SCHEMA, Runner

CHECK_SCHEMA = "checking"
MOST_OFFENDERS = 5

# Every statement selects the offenders, as text. Tables without a schema are the freshly built ones.
INVARIANTS: dict[str, str] = {
    "every stream is numbered without a gap": """
        SELECT originator_id FROM billing.events GROUP BY originator_id HAVING count(*) <> max(originator_version)
    """,
    "the lines of a document sum to its base, base and VAT to its total": """
        SELECT number FROM documents,
            LATERAL (SELECT sum((line -> 1 ->> 0)::numeric) AS net
                     FROM jsonb_array_elements(document::jsonb -> 'lines') AS line) AS l,
            LATERAL (SELECT sum((tax -> 'base' ->> 0)::numeric) AS base, sum((tax -> 'vat' ->> 0)::numeric) AS vat
                     FROM jsonb_array_elements(document::jsonb -> 'taxes') AS tax) AS t
        WHERE net <> base OR base + vat <> gross
    """,
    "a document's line is a charge of its account, and a charge stands on one document": """
        SELECT lines.account || ' ' || lines.key FROM (
            SELECT account, line ->> 0 AS key FROM documents, jsonb_array_elements(document::jsonb -> 'lines') AS line
        ) AS lines LEFT JOIN charges USING (account, key)
        GROUP BY lines.account, lines.key, charges.key HAVING count(*) > 1 OR charges.key IS NULL
    """,
    "what is open on an invoice is its total less its allocations, and never negative": """
        SELECT number FROM documents LEFT JOIN (
            SELECT invoice, sum(amount) AS allocated FROM allocations GROUP BY invoice
        ) AS settled ON settled.invoice = documents.number
        WHERE kind = 'invoice' AND (open_amount <> gross - coalesce(allocated, 0) OR open_amount < 0)
    """,
    "no payment and no credit note is allocated beyond its amount": """
        SELECT credit FROM (SELECT account, credit, sum(amount) AS allocated, min(amount) AS least
                            FROM allocations GROUP BY account, credit) AS used
        LEFT JOIN payments ON payments.account = used.account AND payments.payment = used.credit
        LEFT JOIN documents ON documents.number = used.credit AND documents.kind = 'credit-note'
        WHERE least < 0
           OR allocated > CASE WHEN payments.reversed_on IS NULL THEN coalesce(payments.amount, -documents.gross, 0)
                          ELSE 0 END
    """,
    "no unused credit stands beside an open invoice": """
        SELECT account FROM (
            SELECT account, amount - coalesce(allocated, 0) AS unused FROM (
                SELECT account, payment AS credit, amount FROM payments WHERE reversed_on IS NULL
                UNION ALL SELECT account, number, -gross FROM documents WHERE kind = 'credit-note'
            ) AS credits LEFT JOIN (
                SELECT account, credit, sum(amount) AS allocated FROM allocations GROUP BY account, credit
            ) AS used USING (account, credit)
        ) AS credits WHERE unused > 0 AND account IN (SELECT account FROM documents WHERE open_amount > 0)
    """,
    "a balance is the sum of its postings": """
        SELECT number FROM accounts LEFT JOIN (
            SELECT account, sum(amount) AS posted FROM (
                SELECT account, -gross AS amount FROM documents
                UNION ALL SELECT account, amount FROM payments WHERE reversed_on IS NULL
            ) AS postings GROUP BY account
        ) AS sums ON sums.account = accounts.number WHERE balance <> coalesce(posted, 0)
    """,
    "no day of a component is charged twice": """
        WITH fees AS (
            SELECT account, subscription, component, coalesce(charge::jsonb ->> 'of', '') AS base,
                   charge::jsonb ->> 'kind' AS kind, from_on, to_on, charge::jsonb ->> 'corrects' AS corrects
            FROM charges WHERE charge::jsonb ->> 'kind' IN ('recurring', 'one-off') OR charge::jsonb ?& '{of,basis}'
        ), steps AS (
            SELECT account, subscription, component, base, kind, day, sum(times) AS times FROM fees, LATERAL (
                SELECT CASE WHEN corrects IS NULL THEN 1 ELSE -1 END AS one
            ) AS sign, LATERAL (VALUES (from_on, one), (to_on, -one)) AS step (day, times)
            GROUP BY account, subscription, component, base, kind, day
        )
        SELECT account || ' ' || subscription || '/' || component || ' on ' || day FROM (
            SELECT *, sum(times) OVER (PARTITION BY account, subscription, component, base, kind ORDER BY day) AS cover
            FROM steps
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
    # The series is read as it stands now, so what was issued since the tables' position is counted from the events.
    "document numbers have no gap": """
        SELECT seller || ' ' || kind FROM billing.number_series AS series,
            LATERAL (SELECT details::jsonb -> 'series' -> kind ->> 'prefix' AS prefix FROM sellers
                     WHERE code = series.seller) AS format,
            LATERAL (SELECT count(*) AS issued, count(*) FILTER (
                         WHERE substr(number, length(prefix) + 1)::numeric BETWEEN 1 AND last_number) AS numbered
                     FROM documents WHERE seller = series.seller AND kind = series.kind) AS counted,
            LATERAL (SELECT count(*) AS later FROM billing.events
                     WHERE position > (SELECT position FROM billing.checkpoints
                                       WHERE schema_name = current_schema() AND projection = 'invoices')
                     AND split_part(topic, '/', 1) = series.kind || '-issued'
                     AND convert_from(state, 'UTF8')::jsonb -> 'seller' ->> 0 = series.seller) AS since
        WHERE last_number - later <> issued OR last_number - later <> numbered
    """,
    "document numbers are in order of date": """
        SELECT number FROM (
            SELECT number, issued_on, lag(issued_on) OVER (PARTITION BY seller, kind ORDER BY number) AS earlier
            FROM documents
        ) AS ordered WHERE issued_on < earlier
    """,
    # They come back where the table of keys is restored from a backup of before; forgetting again destroys them again.
    "the keys of a customer who was forgotten are destroyed": """
        SELECT customer FROM billing.person_keys AS keys JOIN customers ON customers.number = keys.customer
        WHERE forgotten_on IS NOT NULL AND (personal_key IS NOT NULL
            OR document_key IS NOT NULL AND (customers.documents_kept_until IS NULL
                OR keys.documents_kept_until IS DISTINCT FROM customers.documents_kept_until))
    """,
    "a suspension has a reason": "SELECT account FROM subscriptions WHERE status = 'suspended' AND reason IS NULL",
}


class Finding(msgspec.Struct, frozen=True):
    """One invariant and those that break it; none is as it should be."""

    invariant: str
    offenders: list[str]


def check(
    log: Log, tables: Tables, projections: Sequence[Projection], progress: Progress = unwatched, fill: Fill = fill
) -> list[Finding]:
    """Ask every invariant of the whole store; live tables are compared at the position they stand at.

    They go on while the fresh ones are built, and stand still only while they are compared.
    """
    with tables.only_runner("check"):
        try:
            fresh = build_beside(log, tables, projections, CHECK_SCHEMA, progress, fill=fill)
            with tables.only_runner(LIVE_SCHEMA):
                position = fresh.catch_up()
                position = Runner(log, tables, projections, LIVE_SCHEMA).advance(upto=position)
                fresh.catch_up(upto=position)  # The live ones may stand further than that already.
                with tables.reading(CHECK_SCHEMA) as cursor:
                    return [*_differences(cursor, projections), *_broken(cursor)]
        finally:
            drop_schema(tables, CHECK_SCHEMA)


def _broken(cursor: Cursor) -> list[Finding]:
    return [Finding(name, _offenders(cursor, statement)) for name, statement in INVARIANTS.items()]


def _differences(cursor: Cursor, projections: Sequence[Projection]) -> list[Finding]:
    found = []
    for projection in projections:
        for table in projection.tables:
            live = f"{LIVE_SCHEMA}.{table}"
            rows = _offenders(
                cursor,
                f"""(SELECT 'only live: ' || t::text FROM (TABLE {live} EXCEPT ALL TABLE {table}) AS t) UNION ALL
                    (SELECT 'only rebuilt: ' || t::text FROM (TABLE {table} EXCEPT ALL TABLE {live}) AS t)""",
            )
            found.append(Finding(f"{table} rebuilt from the events equals the live table", rows))
    return found


def _offenders(cursor: Cursor, statement: str) -> list[str]:
    rows = cursor.execute(f"SELECT * FROM ({statement}) AS offenders LIMIT {MOST_OFFENDERS}").fetchall()
    return [str(row[0]) for row in rows]
