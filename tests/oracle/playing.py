"""Scenarios played in memory by the program, and what it answers as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from adapters.files.scenario import scenario_in
from adapters.files.yaml_documents import Document
from billing_core.charging.charges import Charge, explain
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent
from commands.simulation import RunOutcome, play
from tests.oracle.exact import Days
from tests.oracle.history import Written


class Line(NamedTuple):
    """A charge on record."""

    key: str
    subscription: str
    component: str
    of: str
    kind: str
    days: Days
    amount: Fraction
    vat_rate: Fraction
    includes_vat: bool
    corrects: str | None
    words: str


class Paper(NamedTuple):
    """An invoice, or the credit note of one: the net of each line by its charge, base and VAT by rate, the total."""

    number: str
    corrects: str | None
    nets: Mapping[str, Fraction]
    taxes: Mapping[Fraction, tuple[Fraction, Fraction]]
    gross: Fraction


class Run(NamedTuple):
    """What a run did on the account, and how it stands after it."""

    on: date
    lines: Sequence[Line]
    papers: Sequence[Paper]
    balance: Fraction
    state: Mapping[str, str]


def played(scenario: Written) -> list[Run]:
    """What the program does with a scenario of one account, as it is written in a file."""
    return [_run(outcome) for outcome in play(scenario_in(Document("scenario", scenario, 1, {})))]


def _run(outcome: RunOutcome) -> Run:
    (account,) = outcome.accounts.values()
    return Run(
        outcome.on,
        [_line(charge) for charge in account.charges],
        [_paper(document) for document in account.documents],
        Fraction(account.balance.amount),
        account.state,
    )


def _line(charge: Charge) -> Line:
    return Line(
        charge.key,
        charge.subscription,
        charge.component,
        charge.of,
        charge.kind,
        (charge.from_on, charge.to_on),
        Fraction(charge.amount.amount),
        Fraction(charge.vat_rate),
        charge.includes_vat,
        charge.corrects,
        explain(charge),
    )


def _paper(document: DocumentEvent) -> Paper:
    taxes: dict[Any, tuple[Fraction, Fraction]] = {
        Fraction(tax.rate): (Fraction(tax.base.amount), Fraction(tax.vat.amount)) for tax in document.taxes
    }
    return Paper(
        document.number if not isinstance(document, CreditNoteIssued) else f"credit {document.number}",
        document.corrects if isinstance(document, CreditNoteIssued) else None,
        {line.charge: Fraction(line.net.amount) for line in document.lines},
        taxes,
        Fraction(document.gross.amount),
    )
