"""A year of a made-up operator as chance has it, and yet one that may be: two sellers, two currencies, two time zones.

Services are billed month by month, some at an agreed price. Money comes in whole, in part and too much, on time and
dated back, for known accounts and for nobody; it is assigned, moved, taken back, refunded, paid out and returned,
transferred to a second account, kept if it is little, and taxed as an advance. Charges are waived, items charged and
granted by hand, tariffs change in the past, invoices are written off. Limits are set, and revenue is foreseen twice.
What the rules do not allow at the moment does not happen.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from billing_core.payments.advances import AdvanceTerms
from billing_core.payments.crumbs import CrumbLimit
from billing_core.payments.events import PaymentMethod
from commands.accounts import OpenAccount
from commands.billing.account import ChargeOnce, GrantGoodwill
from commands.corrections.payment import MovePayment
from commands.corrections.waiver import WaiveCharge
from commands.credit_limits import GrantTemporaryCredit, SetCreditLimit
from commands.parties import OpenNumberSeries, RegisterSeller
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.advances import SetAdvanceTerms, TaxAdvances
from commands.payments.crumbs import ClearCrumbs, RestoreKeptCredit, SetCrumbLimits
from commands.payments.giving_back import PayOut, RefundPayment, ReturnPayOut, WriteOffInvoice
from commands.payments.remittances import (
    AssignRemittance,
    GiveBackRemittance,
    ReceiveRemittance,
    SplitPart,
    SplitRemittance,
    UndoRemittance,
)
from commands.payments.transfers import TransferCredit
from commands.platform.bus import Command
from commands.services import ChangeTariff, TerminateSubscription
from tests.operators import Operator, silent

YEAR = 2025
NORTH, SOUTH = "north", "south"
CURRENCIES = {NORTH: "EUR", SOUTH: "USD"}
SERIES: dict[SeriesKind, NumberSeries] = {
    "invoice": NumberSeries(prefix="2", width=9),
    "credit-note": NumberSeries(prefix="6", width=9),
    "advance": NumberSeries(prefix="9", width=9),
}
ZONES = {NORTH: ZoneInfo("UTC"), SOUTH: ZoneInfo("Pacific/Auckland")}
METHODS: tuple[PaymentMethod, ...] = ("transfer", "cash", "card", "other")
REASON = "as chance has it"
FORESEEN_IN = 8


def second_of(account: str) -> str:
    """The second account of its customer, which has no service."""
    return f"{account}-2"


class RandomYear:
    """What happens to some accounts of both sellers in a year."""

    def __init__(self, operator: Operator, seed: int, accounts: int = 4) -> None:
        self._operator = operator
        self._chance = random.Random(seed)
        self._count = accounts
        self._sellers: dict[str, str] = {}
        self._payments: list[tuple[str, str]] = []
        self._waiting: list[tuple[str, str]] = []
        self._last = 0
        self.refused = 0

    def live(self) -> RandomYear:
        """All of it. At one instant it may be the last day of a month at `north`, and a day later at `south`."""
        self._open()
        for month in range(1, 13):
            if month == FORESEEN_IN:
                self._foresee(date(YEAR, month, 1))
            self._operator.bill_each_due_date(date(YEAR, month, 2))
            begin = datetime(YEAR, month, 2, tzinfo=UTC)
            for hour in sorted([*self._chance.sample(range(29 * 24), 4), 29 * 24 - 1]):
                at = begin + timedelta(hours=hour)
                for account, seller in self._sellers.items():
                    self._chance.choices(*zip(*self._acts(), strict=True))[0](
                        account, at.astimezone(ZONES[seller]).date()
                    )
        self._foresee(date(YEAR + 1, 1, 2))
        self._operator.application.runner.catch_up()
        return self

    def _open(self) -> None:
        south = Seller(code=SOUTH, name="South Cable", address=Address(), time_zone=ZONES[SOUTH].key,
                       series=SERIES)  # fmt: skip
        self._operator.tell(RegisterSeller(seller=south), today=date(2020, 1, 1))
        self._operator.tell(OpenNumberSeries(seller=NORTH, kind="advance", series=NumberSeries(prefix="8", width=9)))
        terms = AdvanceTerms(vat_rate=Decimal(21), after_days=3)
        for seller, currency in CURRENCIES.items():
            self._operator.tell(SetAdvanceTerms(seller=seller, terms=terms), today=date(2025, 1, 1))
            little = CrumbLimit(currency=currency, item=Decimal("0.05"), credit=Decimal(40), older_than_days=1)
            self._operator.tell(SetCrumbLimits(seller=seller, limits=(little,)), today=date(2025, 1, 1))
            self._operator.publish(f"{seller}-slow", "20.00", currency=currency)
            self._operator.publish(f"{seller}-fast", "33.33", currency=currency, prices_include_vat=True,
                                   vat_rate=Decimal(21))  # fmt: skip
            for number in range(self._count):
                account = f"{seller[0].upper()}{number:03}"
                since = date(YEAR, 1, 1) + timedelta(days=self._chance.randrange(120))
                agreed = {"fee": Decimal(self._chance.randrange(500, 3000)) / 100} if number % 2 else {}
                self._operator.subscriber(account, seller=seller, currency=currency, since=since, agreed=agreed,
                                          tariff=f"{seller}-{self._chance.choice(('slow', 'fast'))}")  # fmt: skip
                second = OpenAccount(account=second_of(account), customer=account, seller=seller, currency=currency)
                self._operator.tell(second, today=since)
                self._sellers[account] = seller

    def _acts(self) -> list[tuple[Callable[[str, date], None], int]]:
        return [
            (self._pay, 10), (self._pay_for_nobody, 3), (self._treat_what_waits, 4), (self._move, 2),
            (self._take_back, 2), (self._refund, 2), (self._pay_out, 2), (self._waive, 2), (self._change_tariff, 1),
            (self._write_off, 1), (self._tax, 4), (self._end, 1), (self._charge_by_hand, 2), (self._transfer, 2),
            (self._keep, 2), (self._limit, 1), (lambda account, today: None, 5),
        ]  # fmt: skip

    def _tell(self, command: Command, today: date) -> bool:
        try:
            self._operator.tell(command, today=today)
        except BillingError:
            self.refused += 1
            return False
        return True

    def _money(self, account: str, most: int = 9_000) -> Money:
        return Money(Decimal(self._chance.randint(1, most)) / 100, CURRENCIES[self._sellers[account]])

    def _reference(self) -> str:
        self._last += 1
        return str(self._last)

    # --- money that comes in

    def _pay(self, account: str, today: date) -> None:
        back = self._chance.choice((0, 0, 0, 1, 20, 45))
        reference, source = self._reference(), self._chance.choice(("bank", "desk"))
        command = ReceivePayment(
            account=account, source=source, reference=reference, amount=self._money(account),
            received_on=max(date(YEAR, 1, 1), today - timedelta(days=back)), method=self._chance.choice(METHODS),
            confirmed=True,
        )  # fmt: skip
        if self._tell(command, today):
            self._payments.append((account, f"{source}:{reference}"))

    def _pay_for_nobody(self, account: str, today: date) -> None:
        reference = self._reference()
        command = ReceiveRemittance(source="bank", reference=reference, amount=self._money(account), received_on=today)
        if self._tell(command, today):
            self._waiting.append((self._sellers[account], f"bank:{reference}"))

    def _treat_what_waits(self, account: str, today: date) -> None:
        found = [name for seller, name in self._waiting if seller == self._sellers[account]]
        if not found:
            return
        name = self._chance.choice(found)
        part = SplitPart(account=account, amount=Decimal("0.01"))
        commands: list[Command] = [
            AssignRemittance(remittance=name, account=account), GiveBackRemittance(remittance=name, reason=REASON),
            SplitRemittance(remittance=name, parts=(part,), rest_waits=True),
            UndoRemittance(remittance=name, reason=REASON),
        ]  # fmt: skip
        if self._tell(self._chance.choice(commands), today):
            self._payments.append((account, name))

    # --- money that goes elsewhere

    def _payment_of(self, account: str) -> str:
        found = [name for owner, name in self._payments if owner == account]
        return self._chance.choice(found) if found else "none:0"

    def _move(self, account: str, today: date) -> None:
        others = [other for other, seller in self._sellers.items() if seller == self._sellers[account]]
        other, name = self._chance.choice(others), self._payment_of(account)
        if self._tell(MovePayment(payment=name, from_account=account, to_account=other, reason=REASON), today):
            self._payments.append((other, name))

    def _take_back(self, account: str, today: date) -> None:
        self._tell(ReversePayment(account=account, payment=self._payment_of(account), reason=REASON), today)

    def _refund(self, account: str, today: date) -> None:
        amount = self._money(account, 500).amount
        self._tell(RefundPayment(account=account, payment=self._payment_of(account), reason=REASON, amount=amount,
                                 confirmed=True), today)  # fmt: skip

    def _pay_out(self, account: str, today: date) -> None:
        credits = dict(self._operator.account(account).ledger.credits)
        self._tell(PayOut(account=account, reason=REASON, confirmed=True), today)
        if credits and self._chance.random() < 0.3:
            back = ReturnPayOut(account=account, credit=next(iter(credits)), reason=REASON, amount=Decimal("0.01"))
            self._tell(back, today)

    def _tax(self, account: str, today: date) -> None:
        self._tell(TaxAdvances(account=account), today)

    def _transfer(self, account: str, today: date) -> None:
        there, back = (account, second_of(account)), (second_of(account), account)
        giver, taker = self._chance.choice((there, there, back))
        amount = self._chance.choice((None, self._money(account, 500).amount))
        self._tell(TransferCredit(from_account=giver, to_account=taker, amount=amount, reason=REASON, confirmed=True),
                   today)  # fmt: skip

    def _keep(self, account: str, today: date) -> None:
        """Little credit becomes income, and sometimes the account's again."""
        account = self._chance.choice((account, second_of(account)))
        kept = list(self._operator.account(account).ledger.credits)
        if self._tell(ClearCrumbs(account=account), today) and kept and self._chance.random() < 0.4:
            self._tell(RestoreKeptCredit(account=account, credit=kept[0], reason=REASON), today)

    def _limit(self, account: str, today: date) -> None:
        amount = self._money(account).amount
        if self._chance.random() < 0.5:
            self._tell(SetCreditLimit(account=account, limit=amount, reason=REASON), today)
        else:
            until = today + timedelta(days=self._chance.randrange(400))
            self._tell(GrantTemporaryCredit(account=account, amount=amount, until=until, reason=REASON), today)

    # --- what is charged

    def _charge_by_hand(self, account: str, today: date) -> None:
        item: dict[str, Any] = {
            "account": account, "description": "A cable", "amount": self._money(account, 3000).amount,
            "vat_rate": Decimal(self._chance.choice((0, 20, 21))), "on": today, "confirmed": True,
        }  # fmt: skip
        self._tell(ChargeOnce(**item) if self._chance.random() < 0.7 else GrantGoodwill(**item, reason=REASON), today)

    def _waive(self, account: str, today: date) -> None:
        charges = [charge.key for fact in self._operator.facts(f"account/{account}")
                   for charge in getattr(fact, "charges", ())]  # fmt: skip
        if charges:
            self._tell(WaiveCharge(account=account, charge=self._chance.choice(charges), reason=REASON), today)

    def _change_tariff(self, account: str, today: date) -> None:
        tariff = f"{self._sellers[account]}-{self._chance.choice(('slow', 'fast'))}"
        on = today - timedelta(days=self._chance.randrange(40))
        self._tell(ChangeTariff(account=account, subscription="main", tariff=tariff, on=on), today)

    def _write_off(self, account: str, today: date) -> None:
        for invoice in self._operator.account(account).ledger.open_items:
            self._tell(WriteOffInvoice(account=account, invoice=invoice, reason=REASON, confirmed=True), today)
            return

    def _foresee(self, today: date) -> None:
        with self._operator.application.revenue_forecast() as run:
            foreseen = run.make(4, today, silent).forecast(4, today)
            run.record(foreseen, origin_of_process("clerk", today))

    def _end(self, account: str, today: date) -> None:
        if self._chance.random() < 0.2:
            ended = TerminateSubscription(account=account, subscription="main", on=today, reason=REASON)
            self._tell(ended, today)
