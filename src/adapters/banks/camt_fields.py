"""Which elements of a CAMT entry count, and how they become a movement.

The names of the elements are those of ISO 20022, camt.053 and camt.054 in the versions 2 to 13: what moved between the
versions (the name of a party, the state of an entry, the amount of a part) is looked for in both places.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from adapters.banks.camt_walk import Texts
from adapters.banks.kinds import kind_by_iso
from adapters.banks.refusals import exact_amount
from adapters.banks.symbols import bare, is_plain_symbol, symbols_in
from billing_core.bank_statements.statement import MovementKind, Symbols
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money

DOMAIN, FAMILY, SUBFAMILY = "BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd"
OWN_CODE = "BkTxCd/Prtry/Cd"
CODES = (DOMAIN, FAMILY, SUBFAMILY, OWN_CODE)
ENTRY = (
    "Amt", "CdtDbtInd", "RvslInd", "Sts", "Sts/Cd", "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm",
    "AcctSvcrRef", "AddtlNtryInf", *CODES,
)  # fmt: skip


class Side(NamedTuple):
    """Where a party, debtor or creditor, has its names, its account and the code of its bank; the first one counts."""

    names: tuple[str, ...]
    iban: str
    number: str
    banks: tuple[str, ...]


def _side(name: str) -> Side:
    return Side(
        names=tuple(f"RltdPties/{each}" for each in
                    (f"{name}/Nm", f"{name}/Pty/Nm", f"Ultmt{name}/Nm", f"Ultmt{name}/Pty/Nm")),
        iban=f"RltdPties/{name}Acct/Id/IBAN",
        number=f"RltdPties/{name}Acct/Id/Othr/Id",
        banks=tuple(f"RltdAgts/{name}Agt/FinInstnId/{each}" for each in ("ClrSysMmbId/MmbId", "Othr/Id")),
    )  # fmt: skip


DEBTOR, CREDITOR = _side("Dbtr"), _side("Cdtr")
PART = (
    "Amt", "CdtDbtInd", "AmtDtls/TxAmt/Amt", "Refs/AcctSvcrRef", "Refs/EndToEndId", "Refs/InstrId", "Refs/MndtId",
    "RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf",
    "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", *CODES,
    *(path for side in (DEBTOR, CREDITOR) for path in (*side.names, side.iban, side.number, *side.banks)),
)  # fmt: skip
SIGNS = {"CRDT": 1, "DBIT": -1}
NO_REFERENCE = ("NOTPROVIDED", "NONREF", "NOT PROVIDED")


class Part(NamedTuple):
    """What one payment of an entry says of itself; amount None if it says none in the entry's currency."""

    amount: Money | None
    reference: str
    kind: MovementKind
    code: str
    return_reason: str
    symbols: Symbols
    counterparty: str
    counterparty_account: str
    message: str


def signed_amount(texts: Texts, otherwise: str = "") -> Money:
    """The amount with the sign of the flag for credit and debit, which says how the balance moved.

    An entry that reverses another has the flag of its own movement too: a reversed credit is a debit.
    """
    flag = texts.get("CdtDbtInd", otherwise)
    if flag not in SIGNS:
        raise InvalidValue("must be CRDT or DBIT", field="CdtDbtInd", value=flag)
    if "Amt" not in texts or not texts.get("Amt@"):
        raise InvalidValue("has no amount with a currency", field="Amt", value=texts.get("Amt", ""))
    if texts["Amt"].startswith("-"):
        raise InvalidValue("must not be below zero; the flag for debit says that", field="Amt", value=texts["Amt"])
    money = exact_amount(texts["Amt"], texts["Amt@"])
    return money if flag == "CRDT" else -money


def code_of(texts: Texts) -> tuple[MovementKind, str]:
    """The kind, and the code as the bank writes it: `PMNT/RCDT/ESCT`, or its own."""
    get = texts.get
    return _code(get(DOMAIN, ""), get(FAMILY, ""), get(SUBFAMILY, ""), get(OWN_CODE, ""))


@lru_cache(maxsize=1_024)
def _code(domain: str, family: str, subfamily: str, own: str) -> tuple[MovementKind, str]:
    code = "/".join(filter(None, (domain, family, subfamily))) or own
    return kind_by_iso(domain, family, subfamily, own), code


def own_reference(text: str) -> str:
    """The bank's own reference of a movement; empty if the bank says that it has none."""
    return "" if text in NO_REFERENCE else text


def part_of(texts: Texts, entry_flag: str, currency: str, own_account: str) -> Part:
    """One payment of an entry. Its counterparty is the one of the two parties that is not the owner of the account."""
    amount = _amount_of_part(texts, entry_flag, currency)
    kind, code = code_of(texts)
    reason = texts.get("RtrInf/Rsn/Cd") or texts.get("RtrInf/Rsn/Prtry", "")
    name, account = _counterparty(texts, entry_flag, own_account)
    return Part(
        amount=amount,
        reference=own_reference(texts.get("Refs/AcctSvcrRef", "")),
        kind="return" if reason else kind,
        code=code,
        return_reason=reason,
        symbols=_symbols(texts, own_account),
        counterparty=name,
        counterparty_account=account,
        message=_message(texts),
    )


def _amount_of_part(texts: Texts, entry_flag: str, currency: str) -> Money | None:
    flag = texts.get("CdtDbtInd", entry_flag)
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        if path in texts and texts.get(f"{path}@") == currency:
            return signed_amount({"Amt": texts[path], "Amt@": currency, "CdtDbtInd": flag})
    return None


def _counterparty(texts: Texts, flag: str, own_account: str) -> tuple[str, str]:
    """Name and account of the payer of a credit, of the payee of a debit; a returned payment may have them turned."""
    side, other = (DEBTOR, CREDITOR) if flag == "CRDT" else (CREDITOR, DEBTOR)
    account = _account(texts, side)
    if account == own_account and (turned := _account(texts, other)) != own_account:
        side, account = other, turned
    for path in side.names:
        if path in texts:
            return texts[path], account
    return "", account


def _account(texts: Texts, side: Side) -> str:
    """An IBAN; else the bank's own number, with the code of the bank if it is a Czech or Slovak one."""
    if iban := texts.get(side.iban):
        return iban.replace(" ", "")
    number = texts.get(side.number, "")
    if number and "/" not in number:
        for path in side.banks:
            bank = texts.get(path, "")
            if len(bank) == 4 and bank.isdigit():
                return f"{number}/{bank}"
    return number


def _symbols(texts: Texts, own_account: str) -> Symbols:
    references = texts.get("RmtInf/Strd/CdtrRefInf/Ref", "").split("\n")
    end_to_end = texts.get("Refs/EndToEndId", "")
    if end_to_end in NO_REFERENCE:
        end_to_end = ""
    found = symbols_in([*references, end_to_end, texts.get("RmtInf/Ustrd", ""), texts.get("AddtlTxInf", "")])
    variable = found.get("VS", "")
    if not variable and own_account[:2] in ("CZ", "SK") and is_plain_symbol(end_to_end):
        variable = bare(end_to_end)
    creditor = [text for text in references if text and not symbols_in([text])]
    return Symbols(
        variable=variable,
        constant=found.get("KS", ""),
        specific=found.get("SS", ""),
        creditor_reference=creditor[0] if len(set(creditor)) == 1 else "",
        end_to_end=end_to_end,
        mandate=texts.get("Refs/MndtId", ""),
        instruction=texts.get("Refs/InstrId", ""),
    )


def _message(texts: Texts) -> str:
    wrote = [texts.get("RmtInf/Ustrd", ""), texts.get("RmtInf/Strd/AddtlRmtInf", "")]
    return " ".join(filter(None, wrote)).replace("\n", " ") or texts.get("AddtlTxInf", "")
