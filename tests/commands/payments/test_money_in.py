"""All money that came in is somewhere, after whatever happened in whatever order, now and as of any day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.bootstrap.query_source import QuerySource
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money
from commands.accounts import OpenAccount
from commands.corrections.payment import MovePayment
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.by_hand import AllocatePayment, FreeCredit, ReleaseAllocation
from commands.payments.giving_back import PayOut, RefundPayment, ReturnPayOut, WriteOffInvoice
from commands.payments.remittances import AssignRemittance, GiveBackRemittance, ReceiveRemittance
from commands.payments.transfers import TransferCredit
from commands.platform.bus import Command
from projections.money_in import MoneyInRow, money_in
from projections.remittances import remittances_after
from tests.operators import Operator, application_on, eur, fresh_database

ACCOUNTS = ("A0001", "A0002", "A0001-2")
TODAY = date(2026, 4, 2)
SOURCES = ("bank", "desk-H1", "kiosk-1")
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from([
            "pay", "pay", "parts", "waits", "assign", "give back", "reverse", "part", "refund", "out", "returns",
            "move", "release", "allocate", "free", "transfer", "off",
        ]),
        st.integers(0, 7), st.integers(1, 6_000).map(lambda cents: Decimal(cents) / 100), st.integers(0, 40),
    ),
    min_size=4, max_size=25,
)  # fmt: skip


class Till:
    """What happens to the money of three accounts of an operator, each on a day."""

    def __init__(self, operator: Operator) -> None:
        self.operator, self.count = operator, 0
        operator.subscribers(2)
        operator.tell(OpenAccount(account="A0001-2", customer="A0001", seller="north", currency="EUR"), TODAY)
        operator.bill_each_due_date(date(2026, 4, 2))

    def give(self, what: str, pick: int, amount: Decimal, days: int) -> None:
        """Give one command, whether it is refused or not."""
        command = self._command(what, pick, amount, TODAY - timedelta(days))
        if command is not None:
            try:
                self.operator.tell(command, TODAY)
            except BillingError:
                return

    def _command(self, what: str, pick: int, amount: Decimal, on: date) -> Command | None:
        account = ACCOUNTS[pick % len(ACCOUNTS)]
        ledger = self.operator.account(account).ledger
        credit = _picked([*ledger.credits, *self._payments(account)], pick)
        invoice = _picked([*ledger.open_items], pick)
        waiting = [row.remittance for row in self.operator.ask(_waiting)]
        self.count += 1
        named: dict[str, Any] = {"source": SOURCES[pick % 3], "reference": str(self.count), "received_on": on}
        part: dict[str, Any] = {"account": account, "credit": credit}
        commands: dict[str, Callable[[], Command]] = {
            "pay": lambda: ReceivePayment(account=account, amount=Money(amount, "EUR"), **named),
            "parts": lambda: ReceivePayment(
                account=account, amount=Money(amount, "EUR"), parts={invoice: min(amount, Decimal("1.00"))}, **named
            ),
            "waits": lambda: ReceiveRemittance(amount=Money(amount, "EUR"), **named),
            "assign": lambda: AssignRemittance(remittance=_picked(waiting, pick), account=account),
            "give back": lambda: GiveBackRemittance(remittance=_picked(waiting, pick), reason="x"),
            "reverse": lambda: ReversePayment(account=account, payment=credit, reason="x"),
            "part": lambda: ReversePayment(account=account, payment=credit, reason="x", amount=amount),
            "refund": lambda: RefundPayment(account=account, payment=credit, reason="x", amount=amount),
            "out": lambda: PayOut(account=account, reason="x", amount=amount),
            "returns": lambda: ReturnPayOut(**part, reason="x", amount=amount),
            "move": lambda: MovePayment(
                payment=credit, from_account=account, to_account=ACCOUNTS[(pick + 1) % 3], reason="x"
            ),
            "release": lambda: ReleaseAllocation(**part, invoice=self._settled(account, credit), reason="x"),
            "allocate": lambda: AllocatePayment(**part, parts={invoice: amount}),
            "free": lambda: FreeCredit(**part),
            "transfer": lambda: TransferCredit(
                from_account=account, to_account="A0001" if account == "A0001-2" else "A0001-2", reason="x",
                amount=amount,
            ),
            "off": lambda: WriteOffInvoice(account=account, invoice=invoice, reason="x", amount=amount),
        }  # fmt: skip
        return commands[what]()

    def _payments(self, account: str) -> list[str]:
        return [row[0] for row in self.operator.select(
            "SELECT payment FROM live.payments WHERE account = %s ORDER BY payment", account)]  # fmt: skip

    def _settled(self, account: str, credit: str) -> str:
        rows = self.operator.select(
            "SELECT invoice FROM live.allocations WHERE account = %s AND credit = %s AND amount > 0 ORDER BY invoice",
            account, credit,
        )  # fmt: skip
        return rows[0][0] if rows else "none"


def _waiting(cursor: Any) -> Any:
    return remittances_after(cursor, "", 100, waiting_only=True)


def _picked(choices: list[str], pick: int) -> str:
    return choices[pick % len(choices)] if choices else "none"


def places(row: MoneyInRow) -> Decimal:
    return row.allocated + row.unused + row.waiting + row.returned + row.income + row.transferred


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HAPPENINGS)
def test_all_money_is_somewhere_whatever_happens_and_as_of_any_day(
    server_url: str, opened_business: str, happenings: list[tuple[str, int, Decimal, int]]
):
    with fresh_database(server_url, opened_business) as url, application_on(url) as application:
        _play(Operator(application, url), happenings)


def _play(operator: Operator, happenings: list[tuple[str, int, Decimal, int]]) -> None:
    till = Till(operator)
    for happening in happenings:
        till.give(*happening)

    assert operator.findings() == []
    received = sum(row.received for row in operator.ask(money_in) if row.source != "transfer")
    log = [fact for stream in ("account", "remittance") for fact in _events(operator, stream)]
    came_in = sum(
        fact.amount.amount for fact in log
        if type(fact).__name__ in ("PaymentReceived", "RemittanceReceived") and not getattr(fact, "remittance", "")
    )  # fmt: skip
    assert received == came_in
    for days in (0, 10, 25, 45):
        application = operator.application
        asof = application.build_as_of(f"d{days}", TODAY - timedelta(days))
        with QuerySource(application.tables, application.log, asof).cursor() as cursor:
            rows = money_in(cursor)
        assert [(row, places(row)) for row in rows] == [(row, row.received) for row in rows]


def _events(operator: Operator, kind: str) -> list[Any]:
    streams = operator.select(
        "SELECT DISTINCT originator_id FROM billing.events WHERE starts_with(originator_id, %s)", f"{kind}/"
    )
    return [fact for (stream,) in streams for fact in operator.facts(stream)]


def test_money_of_each_source_is_where_it_went(operator: Operator):
    """Worked example: 24.00 wait and go back; 102.00 are paid, 96.00 settle, 6.00 are transferred."""
    till = Till(operator)
    operator.tell(ReceiveRemittance(source="bank", reference="1", amount=eur("24.00")), TODAY)
    operator.tell(ReceivePayment(account="A0001", source="desk-H1", reference="1", amount=eur("102.00")), TODAY)
    operator.tell(TransferCredit(from_account="A0001", to_account="A0001-2", reason="x"), TODAY)
    shown = {row.source: row for row in operator.ask(money_in)}
    assert (shown["bank"].received, shown["bank"].waiting) == (Decimal("24.00"), Decimal("24.00"))
    assert (shown["desk-H1"].allocated, shown["desk-H1"].transferred) == (Decimal("96.00"), Decimal("6.00"))
    assert (shown["transfer"].received, shown["transfer"].unused) == (Decimal("6.00"), Decimal("6.00"))
    operator.tell(GiveBackRemittance(remittance="bank:1", reason="no customer"), TODAY)
    assert {row.source: row.returned for row in operator.ask(money_in)}["bank"] == Decimal("24.00")
    assert till.count == 0
    assert operator.findings() == []
