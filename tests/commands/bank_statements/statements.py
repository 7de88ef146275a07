"""Statements as lists of parts, and an operator who takes them in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from adapters.banks.account_numbers import ibans_of
from adapters.bootstrap.live import LiveModels
from adapters.bootstrap.origins import origin_of_process
from billing_core.bank_statements.recorded import FileTaken
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart, Symbols
from commands.bank_statements.importing import StatementFile, StatementImport, StatementReport
from commands.bank_statements.statements import RegisterBankAccount
from commands.bank_statements.taking_back import TakingBack
from commands.platform.progress import Progress
from tests.operators import Operator, eur, silent

IBAN = "CZ6508000000192000145399"
DAY, TODAY = date(2026, 1, 20), date(2026, 1, 31)


def register(operator: Operator) -> None:
    operator.tell(RegisterBankAccount(iban=IBAN, seller="north", source="bank"), today=date(2026, 1, 1))


def movement(amount: str, reference: str = "", to: str = "", **details: Any) -> Movement:
    """A movement; `to` is its variable symbol. Its line is set by `statement`."""
    symbols = Symbols(variable=to, end_to_end=details.pop("end_to_end", ""))
    fields: dict[str, Any] = {"line": 1, "booked_on": DAY, "amount": eur(amount), "reference": reference}
    return Movement(**(fields | {"symbols": symbols} | details))


def statement(
    *movements: Movement, opening: str = "100.00", closing: str | None = None, account: str = IBAN, number: str = "1"
) -> list[StatementPart]:
    """A statement with these movements, whose sums close unless another closing balance is said."""
    lined = [_at(line, each) for line, each in enumerate(movements, start=1)]
    made = Decimal(opening) + sum((each.amount.amount for each in movements), Decimal(0))
    end = StatementEnd(closing=eur(closing or f"{made:.2f}"))
    return [StatementStart(account=account, currency="EUR", number=number, opening=eur(opening)), *lined, end]


def _at(line: int, each: Movement) -> Movement:
    fields = {name: getattr(each, name) for name in each.__struct_fields__}
    return Movement(**(fields | {"line": line}))


def file_of(parts: Iterable[StatementPart], content: str = "") -> StatementFile:
    kept = list(parts)
    content_hash = sha256((content or repr(kept)).encode()).hexdigest()
    return StatementFile(FileTaken(content_hash=content_hash, name="bank.xml"), lambda: kept, ibans_of)


def take_in(
    operator: Operator, parts: Sequence[StatementPart], content: str = "", today: date = TODAY,
    progress: Progress = silent, models: Callable[[Any], LiveModels] | None = None,
) -> StatementReport:  # fmt: skip
    """Take in a file as the job does, and have returns take back what they can."""
    report, application = StatementReport(), operator.application
    application.runner.catch_up()
    origin = origin_of_process("clerk", today)
    targets = application.models() if models is None else models(operator)
    run = StatementImport(application.store, application.bus, targets)
    run.take_in(file_of(parts, content), origin, report, progress)
    application.runner.catch_up()
    TakingBack(application.store, application.bus, application.models()).settle(origin)
    application.runner.catch_up()
    return report
