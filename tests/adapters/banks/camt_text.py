"""Writes CAMT messages for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import msgspec

BANK_CODE = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with some payments; `amount` has the sign that the flag says."""

    amount: str
    on: str = "2026-03-02"
    currency: str = "EUR"
    state: str = "BOOK"
    is_reversal: bool = False
    reference: str = "REF1"
    code: str = BANK_CODE
    parts: str = ""


def payment(name: str = "Anna Ozola", wrote: str = "", end_to_end: str = "", more: str = "", account: str = "") -> str:
    """What a payment says of its payer."""
    iban = f"<DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct>" if account else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{escape(end_to_end)}</EndToEndId></Refs>{more}"
        f"<RltdPties><Dbtr><Nm>{escape(name)}</Nm></Dbtr>{iban}</RltdPties>"
        f"<RmtInf><Ustrd>{escape(wrote)}</Ustrd></RmtInf></TxDtls>"
    )


def entry_text(entry: Entry, version: int) -> str:
    state = f"<Cd>{entry.state}</Cd>" if version >= 7 else entry.state
    return (
        f'<Ntry><Amt Ccy="{entry.currency}">{entry.amount.lstrip("-")}</Amt>'
        f"<CdtDbtInd>{'DBIT' if entry.amount.startswith('-') else 'CRDT'}</CdtDbtInd>"
        f"<RvslInd>{str(entry.is_reversal).lower()}</RvslInd><Sts>{state}</Sts>"
        f"<BookgDt><Dt>{entry.on}</Dt></BookgDt><AcctSvcrRef>{entry.reference}</AcctSvcrRef>"
        f"{entry.code}<NtryDtls>{entry.parts}</NtryDtls></Ntry>"
    )


def balance(kind: str, amount: str, currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount.lstrip("-")}</Amt>'
        f"<CdtDbtInd>{'DBIT' if amount.startswith('-') else 'CRDT'}</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    )


def statement(entries: Sequence[Entry], balances: str = "", version: int = 8, account: str = "CZ6508000000192000145399",
              summary: str = "") -> str:  # fmt: skip
    return (
        f"<Stmt><Id>S1</Id><LglSeqNb>17</LglSeqNb><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balances}{summary}{''.join(entry_text(entry, version) for entry in entries)}</Stmt>"
    )


def message(*statements: str, version: int = 8, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{before}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}">\n<BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n{''.join(statements)}\n</BkToCstmrStmt>\n</Document>"
    ).encode()
