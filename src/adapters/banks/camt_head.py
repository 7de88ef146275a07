"""The head of a CAMT statement: account, number, days, balances, and the sums that it says of its entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lxml import etree

from adapters.banks.camt_fields import signed_amount
from adapters.banks.camt_shapes import Texts
from adapters.banks.refusals import exact_amount, exact_day
from billing_core.bank_statements.statement import StatementStart
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money

# The booked balances; a bank that has no opening one says the closing one of the statement before.
OPENING, BEFORE, CLOSING = "OPBD", "PRCD", "CLBD"


class Summary(NamedTuple):
    """What the statement says of its entries: their count, and the sums of credits and debits."""

    entries: int | None
    credits: Money | None
    debits: Money | None


def head_of(statement: etree._Element, namespace_length: int) -> StatementStart:
    """The head, from what stands before the first entry."""
    texts: dict[str, str] = {}
    balances: dict[str, list[dict[str, str]]] = {}
    for child in statement:
        name = str(child.tag)[namespace_length:]
        if name == "Ntry":
            break
        if name == "Bal":
            balance = _texts(child, namespace_length)
            balances.setdefault(balance.get("Tp/CdOrPrtry/Cd", ""), []).append(balance)
        else:
            texts |= {
                f"{name}/{path}" if path else name: text for path, text in _texts(child, namespace_length).items()
            }
    account = texts.get("Acct/Id/IBAN", texts.get("Acct/Id/Othr/Id", "")).replace(" ", "")
    if not account:
        raise InvalidValue("names no account", field="Acct", value="")
    opening, closing = balances.get(OPENING, balances.get(BEFORE, [])), balances.get(CLOSING, [])
    currency = _currency(statement, namespace_length, texts, [*opening, *closing])
    return StatementStart(
        account=account,
        currency=currency,
        number=texts.get("LglSeqNb") or texts.get("ElctrncSeqNb") or texts.get("Id", ""),
        from_on=_day(texts.get("FrToDt/FrDtTm") or texts.get("FrToDt/FrDt")),
        to_on=_day(texts.get("FrToDt/ToDtTm") or texts.get("FrToDt/ToDt")),
        opening=_balance(opening, currency),
        closing=_balance(closing, currency),
    )


def summary_of(statement: etree._Element, namespace_length: int, currency: str) -> Summary:
    """What the summary of the entries says; nothing without one."""
    texts: dict[str, str] = {}
    for child in statement:
        if str(child.tag)[namespace_length:] == "TxsSummry":
            texts = _texts(child, namespace_length)
    counted = texts.get("TtlNtries/NbOfNtries", "")
    credits, debits = (_sum(texts, side, currency) for side in ("TtlCdtNtries", "TtlDbtNtries"))
    return Summary(int(counted) if counted.isdecimal() else None, credits, debits)


def _sum(texts: Texts, side: str, currency: str) -> Money | None:
    text = texts.get(f"{side}/Sum")
    return exact_amount(text, currency) if text else None


def _texts(element: etree._Element, namespace_length: int, above: str = "") -> dict[str, str]:
    """Every text below an element by its path; the first one counts, and `Amt@` is the currency of `Amt`."""
    found = {above: (element.text or "").strip()}
    if "Ccy" in element.attrib:
        found[f"{above}@"] = str(element.attrib["Ccy"])
    for child in element:
        name = str(child.tag)[namespace_length:]
        found = _texts(child, namespace_length, f"{above}/{name}" if above else name) | found
    return found


def _currency(statement: etree._Element, namespace_length: int, texts: Texts, balances: Sequence[Texts]) -> str:
    """The account's currency: as it says itself, else that of its balance, else that of its first entry."""
    if found := texts.get("Acct/Ccy") or "".join(balance.get("Amt@", "") for balance in balances[:1]):
        return found
    for child in statement:
        if str(child.tag)[namespace_length:] == "Ntry":
            return _texts(child, namespace_length).get("Amt@", "")
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
