"""Which contracts are there, of whom, in which state, and until when? Which kinds of contract?

Nothing personal is kept here, so that it receives events without what is personal in them: the card of a contract is
folded from its stream. Of a forgotten customer the signed papers are named no more, so that the files go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

import msgspec

from billing_core.contracts.contract import Contract, apply_contract
from billing_core.contracts.events import (
    AnnexSignatureTakenBack,
    AnnexSigned,
    ContractEnded,
    ContractEvent,
    ContractNoticeGiven,
    ContractNoticeTakenBack,
    ContractResumed,
    ContractSignatureTakenBack,
    ContractSigned,
)
from billing_core.contracts.kinds import (
    ContractKindDefined,
    ContractTemplatePublished,
    KindWithTemplates,
    apply_kind,
)
from billing_core.contracts.terms import bound_until
from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from projections.dealers import customers_of
from projections.parties import SELECT_RECORDS
from projections.platform.area import Area
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_array, as_columns

CONTRACT_END = "contract-end"

UPSERT_CONTRACTS = """
    INSERT INTO contracts (number, customer, seller, kind, status, drafted_on, begins_on, notice_on, ends_on,
                           bound_until, waiting_annexes, services, hashes, details)
    SELECT number, customer, seller, kind, status, drafted_on, begins_on, notice_on, ends_on, bound_until,
           waiting_annexes, services::text[], hashes::text[], details
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::date[], %b::date[], %b::date[],
                %b::date[], %b::date[], %b::int8[], %b::text[], %b::text[], %b::text[])
        AS change (number, customer, seller, kind, status, drafted_on, begins_on, notice_on, ends_on, bound_until,
                   waiting_annexes, services, hashes, details)
    ON CONFLICT (number) DO UPDATE
    SET status = excluded.status, begins_on = excluded.begins_on, notice_on = excluded.notice_on,
        ends_on = excluded.ends_on, bound_until = excluded.bound_until,
        waiting_annexes = excluded.waiting_annexes, services = excluded.services, hashes = excluded.hashes,
        details = excluded.details
"""
UPSERT_KINDS = """
    INSERT INTO contract_kinds (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""


class Contracts:
    """Every contract as now known. `services` are its subscriptions, `hashes` the contents of its signed papers.

    `bound_until` is the first day on which a signed contract binds the customer no more, None if it never did.
    """

    name = "contracts"
    version = 2
    tables = ("contracts",)
    by_stream = True
    definition = """
        CREATE TABLE contracts (
            number text COLLATE "C" PRIMARY KEY, customer text COLLATE "C" NOT NULL, seller text NOT NULL,
            kind text NOT NULL, status text NOT NULL, drafted_on date NOT NULL, begins_on date NOT NULL,
            notice_on date, ends_on date, bound_until date, waiting_annexes bigint NOT NULL, services text[] NOT NULL,
            hashes text[] NOT NULL, details text NOT NULL);
        CREATE INDEX ON contracts (customer);
    """
    indexes = "CREATE INDEX ON contracts (ends_on) WHERE ends_on IS NOT NULL;"
    streams = ("contract", "customer")
    folds: tuple[type[Event], ...] = (ContractEvent, CustomerForgotten)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        entries = [entry for entry in page if isinstance(entry.event, ContractEvent)]
        known = _read(cursor, {entry.number for entry in entries})
        for entry in entries:
            contract = apply_contract(known.get(entry.number), entry.event)
            assert contract is not None
            known[entry.number] = contract
        if known:
            cursor.execute(UPSERT_CONTRACTS, as_columns((_row(each) for each in known.values()), 14))
        if forgotten := [entry.number for entry in page if isinstance(entry.event, CustomerForgotten)]:
            cursor.execute("UPDATE contracts SET hashes = '{}' WHERE customer = ANY(%s)", (forgotten,))


def _read(cursor: Cursor, numbers: Iterable[str]) -> dict[str, Contract]:
    rows = cursor.execute("SELECT number, details FROM contracts WHERE number = ANY(%s)", (list(numbers),)).fetchall()
    return {number: msgspec.json.decode(details, type=Contract) for number, details in rows}


def _row(contract: Contract) -> tuple[Any, ...]:
    signatures = (contract.signature, *(annex.signature for annex in contract.annexes))
    hashes = {each.attachment.content_hash for each in signatures if each is not None and each.attachment is not None}
    services = (f"{each.account}/{each.subscription}" for each in contract.linked)
    return (
        contract.number, contract.customer, contract.seller, contract.kind, contract.status, contract.drafted_on,
        contract.begins_on, contract.notice.given_on if contract.notice else None, contract.ends_on,
        bound_until(contract.begins_on, contract.term_in_force, "customer") if contract.signature else None,
        sum(annex.status == "issued" for annex in contract.annexes), as_array(services), as_array(sorted(hashes)),
        msgspec.json.encode(contract).decode(),
    )  # fmt: skip


class ContractKinds:
    """Every kind of contract with its templates."""

    name = "contract-kinds"
    version = 1
    tables = ("contract_kinds",)
    by_stream = True
    definition = 'CREATE TABLE contract_kinds (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);'
    indexes = ""
    streams = ("contract-kind",)
    folds: tuple[type[Event], ...] = (ContractKindDefined, ContractTemplatePublished)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        codes = {entry.number for entry in page}
        rows = cursor.execute("SELECT code, details FROM contract_kinds WHERE code = ANY(%s)", (list(codes),))
        known = {code: msgspec.json.decode(details, type=KindWithTemplates) for code, details in rows}
        for entry in page:
            kind = apply_kind(known.get(entry.number), entry.event)
            assert kind is not None
            known[entry.number] = kind
        encoded = ((code, msgspec.json.encode(kind).decode()) for code, kind in known.items())
        cursor.execute(UPSERT_KINDS, as_columns(encoded, 2))


# --- deadlines


def _ends(entry: LoggedEvent) -> Iterable[Deadline]:
    fact = cast("ContractSigned | ContractNoticeGiven", entry.event)
    yield Deadline(CONTRACT_END, fact.ends_on)


def _goes_on(entry: LoggedEvent) -> Iterable[Deadline]:
    yield Deadline(CONTRACT_END, None)


DEADLINES: DeadlineFolds = {
    ContractSigned: _ends,
    AnnexSigned: _ends,
    AnnexSignatureTakenBack: _ends,
    ContractNoticeGiven: _ends,
    ContractNoticeTakenBack: _ends,
    ContractResumed: _ends,
    ContractSignatureTakenBack: _goes_on,
    ContractEnded: _goes_on,
}

# --- queries


class ContractRow(msgspec.Struct):
    """A contract as listed. `ends_on` is the first day without it, None if it goes on; `services` are its
    subscriptions, each after its account.
    """

    number: str
    customer: str
    seller: str
    kind: str
    status: str
    drafted_on: date
    begins_on: date
    notice_on: date | None
    ends_on: date | None
    waiting_annexes: int
    services: list[str]


class SoughtContracts(msgspec.Struct, frozen=True, kw_only=True):
    """Which contracts are asked for: what is empty is not asked."""

    customer: str = ""
    account: str = ""
    seller: str = ""
    kind: str = ""
    status: str = ""
    ends_before: date | None = None


SELECT_CONTRACTS = """
    SELECT number, customer, seller, kind, status, drafted_on, begins_on, notice_on, ends_on, waiting_annexes, services
    FROM contracts
"""


def list_contracts(
    cursor: Cursor, sought: SoughtContracts, limit: int | None, after: str = "", dealer: str = ""
) -> list[ContractRow]:
    """Contracts in order of number, after a number; only those of a dealer's customers if it is named.

    Those of a customer include those of the records merged into it.
    """
    rows = cursor.execute(
        f"""{SELECT_CONTRACTS} WHERE number > %(after)s
            AND (%(customer)s = '' OR customer = ANY(ARRAY({SELECT_RECORDS})))
            AND (%(seller)s = '' OR seller = %(seller)s) AND (%(kind)s = '' OR kind = %(kind)s)
            AND (%(status)s = '' OR status = %(status)s)
            AND (%(account)s = '' OR EXISTS (
                SELECT FROM unnest(services) AS service WHERE starts_with(service, %(account)s || '/')))
            AND (%(ends_before)s::date IS NULL OR ends_on < %(ends_before)s) AND {customers_of("customer", dealer)}
            ORDER BY number LIMIT %(limit)s""",
        {**msgspec.structs.asdict(sought), "after": after, "limit": limit, "dealer": dealer},
    )
    return [ContractRow(*row) for row in rows]


def list_kinds(cursor: Cursor) -> list[KindWithTemplates]:
    """Every kind of contract with its templates, in order of code."""
    rows = cursor.execute("SELECT details FROM contract_kinds ORDER BY code")
    return [msgspec.json.decode(details, type=KindWithTemplates) for (details,) in rows]


def kind_named(cursor: Cursor, code: str) -> KindWithTemplates | None:
    """A kind of contract with its templates."""
    row = cursor.execute("SELECT details FROM contract_kinds WHERE code = %s", (code,)).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=KindWithTemplates)


# --- what must hold

INVARIANTS = {
    "a contract is with a known customer and a known seller, and of a known kind": """
        SELECT number FROM contracts WHERE customer NOT IN (SELECT number FROM customers)
            OR seller NOT IN (SELECT code FROM sellers) OR kind NOT IN (SELECT code FROM contract_kinds)
    """,
    "a contract whose day of end is set waits for it, and no other does": """
        SELECT number FROM contracts
            LEFT JOIN deadlines ON deadlines.stream = 'contract/' || number AND deadlines.kind = 'contract-end'
        WHERE CASE status WHEN 'signed' THEN ends_on ELSE NULL END IS DISTINCT FROM due_on
    """,
}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of a customer's contracts."""
    rows = cursor.execute("SELECT 'contract/' || number FROM contracts WHERE customer = %s ORDER BY 1", (customer,))
    return [stream for (stream,) in rows]


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The seller of each contract."""
    wanted = [stream.partition("/")[2] for stream in streams if stream.startswith("contract/")]
    if not wanted:
        return {}
    rows = cursor.execute("SELECT 'contract/' || number, seller FROM contracts WHERE number = ANY(%s)", (wanted,))
    return dict(rows.fetchall())


AREA = Area(
    recorded=(Contracts(), ContractKinds()),
    invariants=INVARIANTS,
    deadlines=DEADLINES,
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers_of_streams,
    attachments="SELECT unnest(hashes) FROM contracts",
)
