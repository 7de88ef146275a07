"""The demo's direct debit: some who owe sign a mandate, a file goes to a bank, and the bank answers.

Later two mandates are amended, and the next file tells the bank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.banks.fake_bank import Rules, answers
from adapters.banks.fake_mandates import KnownMandates
from adapters.bootstrap.collection_files import file_bytes, load_collection_file
from adapters.bootstrap.origins import origin_of_process
from adapters.demo.generated import SELLER
from billing_core.direct_debit.mandates import MandateAmended
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.events import Event
from billing_core.time.periods import boundary
from commands.billing.account import BillAccount
from commands.direct_debit.batches import FreezeDebitBatch, NoteDebitBatchSent
from commands.direct_debit.mandates import AmendMandate, SignMandate
from commands.direct_debit.terms import SetDebitTerms
from commands.platform.identity import new_id
from projections.accounts.balances import account_named
from projections.billing import DocumentRow, documents_of
from projections.collection.interest import accounts_with_overdue
from projections.parties.customer_lists import customer_named

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command
    from projections.platform.projection import Cursor

PAYERS = 4
# IBANs of the examples in the standard and in the handbooks of banks.
IBANS = ("DE89370400440532013000", "AT611904300234573201", "FR1420041010050500013M02606", "LV80BANK0000435195001")
# Where the payer who has moved to another bank has the account now.
NEW_IBAN, NEW_BIC = "DE02120300000000202051", "BYLADEM1001"
TERMS = DebitTerms(
    creditor_id="LV97ZZZ49000000002", pain_version="pain.008.001.08", settles="answer", notice="invoice",
    return_fee=Decimal("3.00"), return_fee_vat_rate=Decimal(21),
)  # fmt: skip


class DemoDebits:
    """Batches of debits of accounts that owe something, and a bank that remembers what each file said of mandates."""

    def __init__(self, app: Application, on: date, folder: Path) -> None:
        self._app = app
        self.on = on
        self._folder = folder
        self._bank = KnownMandates()
        self._accounts: list[str] = []

    def sign(self) -> int:
        """Terms for the seller, and mandates for some accounts; how many."""
        self._give(SetDebitTerms(seller=SELLER.code, terms=TERMS))
        self._app.runner.catch_up()
        with self._app.queries.cursor() as cursor:
            self._accounts = accounts_with_overdue(cursor, self.on, "", PAYERS)
            payers = [self._name_of(cursor, account) for account in self._accounts]
        for account, payer, iban in zip(self._accounts, payers, IBANS, strict=False):
            signed = SignMandate(
                mandate=f"M-{account}", account=account, scheme="sepa-core", payer=payer, payer_account=iban
            )
            self._give(signed)
        self._app.runner.catch_up()
        return len(self._accounts)

    def amend(self) -> Iterator[Event]:
        """A month later one payer has an account at another bank, and one mandate gets a reference of its own."""
        self.on = boundary(self.on.year, self.on.month + 1, 1)
        moved, renamed = self._accounts[0], self._accounts[-1]
        self._give(AmendMandate(mandate=f"M-{moved}", payer_account=NEW_IBAN, payer_bank=NEW_BIC))
        self._give(AmendMandate(mandate=f"M-{renamed}", reference=f"{SELLER.code}-{renamed}"))
        for account in (moved, renamed):
            yield from (
                fact for fact in self._app.queries.events_of(f"mandate/M-{account}") if isinstance(fact, MandateAmended)
            )

    def bill(self) -> list[DocumentRow]:
        """The invoices of the payers since the last one."""
        for account in self._accounts:
            self._give(BillAccount(account=account))
        self._app.runner.catch_up()
        with self._app.queries.cursor() as cursor:
            found = [row for account in self._accounts for row in documents_of(cursor, account)]
        return [row for row in found if row.issued_on == self.on]

    def _name_of(self, cursor: Cursor, account: str) -> str:
        owner = account_named(cursor, account)
        customer = customer_named(cursor, owner.customer) if owner else None
        return customer.customer.name if customer else account

    def send(self, batch: str, rejections: Mapping[str, str]) -> list[Path]:
        """Send the file of a batch to the bank, which rejects some; that file, and those with which it answers."""
        self._give(FreezeDebitBatch(batch=batch))
        content = self._app.bus.look(lambda transaction: file_bytes(load_collection_file(transaction, batch)))
        self._give(NoteDebitBatchSent(batch=batch))
        rules = Rules(0, 0, rejections=rejections)
        files = [(f"{batch}.xml", content)]
        files += ((f"{batch}-{name}", each) for name, each in answers(content, rules, 1, self._bank))
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, each in files:
            (self._folder / name).write_bytes(each)
        return [self._folder / name for name, _ in files]

    def _give(self, command: Command) -> None:
        self._app.bus.execute(command, origin_of_process("demo", self.on)._replace(command_id=new_id()))
