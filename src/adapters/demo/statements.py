"""A bank's statement for the demo: a payment, a fee, and a second file that overlaps the first one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.bootstrap.statement_files import take_in_file
from adapters.demo.generated import CURRENCY, SELLER
from commands.bank_statements.importing import StatementReport
from commands.platform.ports import Origin
from projections.bank_statements.statements import DayBalance, day_balances
from projections.platform.runner import LIVE_SCHEMA

OPENING, PAID, FEE = Decimal("1000.00"), Decimal("5.00"), Decimal("0.40")


class DemoStatements:
    """Statements of the account that is printed on the invoices, as MT940."""

    def __init__(self, app: Application, origin: Origin, on: date) -> None:
        self._app = app
        self._origin = origin
        self._on = on

    def import_first(self, account: str) -> StatementReport:
        """A payment that names an account, and a fee."""
        return self._take_in("1", [self._payment(account), self._fee()], OPENING + PAID - FEE)

    def import_overlapping(self, account: str) -> StatementReport:
        """The same payment once more, in a file that is cut otherwise."""
        return self._take_in("2", [self._payment(account)], OPENING + PAID)

    def import_wrong(self) -> StatementReport:
        """A statement whose sums do not close."""
        return self._take_in("3", [self._fee()], OPENING)

    def balances(self) -> list[DayBalance]:
        """The balances of the account."""
        with self._app.tables.transaction(LIVE_SCHEMA) as cursor:
            return day_balances(cursor, "", date.min, date.max, 10)

    def _payment(self, account: str) -> str:
        return self._line(f"C{PAID:.2f}", "DEMO-1", f"166?00Transfer?20EREF+{account}?32Customer")

    def _fee(self) -> str:
        return self._line(f"D{FEE:.2f}", "DEMO-2", "805?00Fee?20Fee for the account", "NCHG")

    def _line(self, amount: str, reference: str, details: str, kind: str = "NTRF") -> str:
        written = amount.replace(".", ",")
        return f":61:{self._on:%y%m%d}{self._on:%m%d}{written}{kind}NONREF//{reference}\n:86:{details}"

    def _take_in(self, number: str, lines: list[str], closing: Decimal) -> StatementReport:
        day = f"{self._on:%y%m%d}{CURRENCY}"
        head = [":20:DEMO", f":25:{SELLER.iban}", f":28C:{number}/1", f":60F:C{day}{OPENING}".replace(".", ",")]
        content = "\n".join([*head, *lines, f":62F:C{day}{closing:.2f}".replace(".", ","), ""])
        with TemporaryDirectory(prefix="billing-demo-") as folder:
            file = Path(folder) / f"statement-{number}.sta"
            file.write_text(content)
            return take_in_file(self._app, file, file.name, self._origin, lambda count: None)
