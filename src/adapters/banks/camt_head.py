"""The head of a CAMT statement: account, number, days, balances, and the sums that it says of its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from adapters.banks.camt_fields import signed_amount
from adapters.banks.camt_walk import Texts
from adapters.banks.refusals import exact_amount, exact_day
from billing_core.bank_statements.statement import StatementStart
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money

HEAD = (
    "Id", "ElctrncSeqNb", "LglSeqNb", "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Ccy",
    "FrToDt/FrDt", "FrToDt/FrDtTm", "FrToDt/ToDt", "FrToDt/ToDtTm",
    "TxsSummry/TtlNtries/NbOfNtries", "TxsSummry/TtlCdtNtries/Sum", "TxsSummry/TtlDbtNtries/Sum",
)  # fmt: skip
BALANCE = ("Tp/CdOrPrtry/Cd", "Amt", "CdtDbtInd")
# The booked balances; a bank that has no opening one says the closing one of the statement before.
OPENING, BEFORE, CLOSING = "OPBD", "PRCD", "CLBD"


class Summary(NamedTuple):
    """What the statement says of its entries: their count, and the sums of credits and debits."""

    entries: int | None
    credits: Money | None
    debits: Money | None


def head_of(texts: Texts, read_balances: Sequence[Texts], first_entry: Texts) -> StatementStart:
    """The head, from the texts of the statement, its balances, and its first entry if it has any."""
    balances: dict[str, list[Texts]] = defaultdict(list)
    for balance in read_balances:
        balances[balance.get("Tp/CdOrPrtry/Cd", "")].append(balance)
    account = texts.get("Acct/Id/IBAN", texts.get("Acct/Id/Othr/Id", "")).replace(" ", "")
    if not account:
        raise InvalidValue("names no account", field="Acct", value="")
    opening, closing = balances[OPENING] or balances[BEFORE], balances[CLOSING]
    currency = _currency(texts, [*opening, *closing], first_entry)
    return StatementStart(
        account=account,
        currency=currency,
        number=texts.get("LglSeqNb") or texts.get("ElctrncSeqNb") or texts.get("Id", ""),
        from_on=_day(texts.get("FrToDt/FrDtTm") or texts.get("FrToDt/FrDt")),
        to_on=_day(texts.get("FrToDt/ToDtTm") or texts.get("FrToDt/ToDt")),
        opening=_balance(opening, currency),
        closing=_balance(closing, currency),
    )


def summary_of(texts: Texts, currency: str) -> Summary:
    """What the summary of the entries says; nothing without one."""
    counted = texts.get("TxsSummry/TtlNtries/NbOfNtries", "")
    credits, debits = (_sum(texts, side, currency) for side in ("TtlCdtNtries", "TtlDbtNtries"))
    return Summary(int(counted) if counted.isdecimal() else None, credits, debits)


def _sum(texts: Texts, side: str, currency: str) -> Money | None:
    text = texts.get(f"TxsSummry/{side}/Sum")
    return exact_amount(text, currency) if text else None


def _currency(texts: Texts, balances: Sequence[Texts], first_entry: Texts) -> str:
    """The account's currency: as it says itself, else that of its balance, else that of its first entry."""
    said = (texts.get("Acct/Ccy"), *(balance.get("Amt@") for balance in balances[:1]), first_entry.get("Amt@"))
    if found := next(filter(None, said), ""):
        return found
    raise InvalidValue("names no currency, and has neither balance nor entry", field="Acct", value=texts.get("Id", ""))


def _balance(balances: Sequence[Texts], currency: str) -> Money | None:
    """The balance in the currency of the account; a bank may say it in others too."""
    if not balances:
        return None
    for balance in map(signed_amount, balances):
        if balance.currency == currency:
            return balance
    kind = balances[0].get("Tp/CdOrPrtry/Cd")
    reason = f"the balance {kind} is in another currency than the statement, {currency}"
    raise InvalidValue(reason, field="Bal", value=signed_amount(balances[0]))


def _day(text: str | None) -> date | None:
    return exact_day(text) if text else None
