"""The demo's direct debit: some who owe sign a mandate, a file goes to a bank, and the bank answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.banks.fake_bank import Rules, answers
from adapters.bootstrap.collection_files import file_bytes, load_collection_file
from adapters.bootstrap.origins import origin_of_process
from adapters.demo.generated import SELLER
from billing_core.direct_debit.terms import DebitTerms
from commands.direct_debit.batches import FreezeDebitBatch, NoteDebitBatchSent
from commands.direct_debit.mandates import SignMandate
from commands.direct_debit.terms import SetDebitTerms
from commands.platform.identity import new_id
from projections.accounts.balances import account_named
from projections.collection.interest import accounts_with_overdue
from projections.parties.customer_lists import customer_named

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command
    from projections.platform.projection import Cursor

PAYERS = 4
# IBANs of the examples in the standard and in the handbooks of banks.
IBANS = ("DE89370400440532013000", "AT611904300234573201", "FR1420041010050500013M02606", "LV80BANK0000435195001")
TERMS = DebitTerms(
    creditor_id="LV97ZZZ49000000002", pain_version="pain.008.001.08", settles="answer", notice="invoice",
    return_fee=Decimal("3.00"), return_fee_vat_rate=Decimal(21),
)  # fmt: skip


class DemoDebits:
    """A batch of debits of accounts that owe something on a day."""

    def __init__(self, app: Application, on: date, folder: Path) -> None:
        self._app = app
        self._on = on
        self._folder = folder

    def sign(self) -> int:
        """Terms for the seller, and mandates for some accounts; how many."""
        self._give(SetDebitTerms(seller=SELLER.code, terms=TERMS))
        self._app.runner.catch_up()
        with self._app.queries.cursor() as cursor:
            accounts = accounts_with_overdue(cursor, self._on, "", PAYERS)
            payers = [self._name_of(cursor, account) for account in accounts]
        for account, payer, iban in zip(accounts, payers, IBANS, strict=False):
            signed = SignMandate(
                mandate=f"M-{account}", account=account, scheme="sepa-core", payer=payer, payer_account=iban
            )
            self._give(signed)
        self._app.runner.catch_up()
        return len(accounts)

    def _name_of(self, cursor: Cursor, account: str) -> str:
        owner = account_named(cursor, account)
        customer = customer_named(cursor, owner.customer) if owner else None
        return customer.customer.name if customer else account

    def send(self, batch: str) -> list[Path]:
        """Send the file of a batch to the bank; the files with which it answers."""
        self._give(FreezeDebitBatch(batch=batch))
        content = self._app.bus.look(lambda transaction: file_bytes(load_collection_file(transaction, batch)))
        self._give(NoteDebitBatchSent(batch=batch))
        rules = Rules(0, 0, rejections={f"{batch}-2": "AM04"})
        files = [(f"{batch}.xml", content), *answers(content, rules, seed=1)]
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, each in files:
            (self._folder / name).write_bytes(each)
        return [self._folder / name for name, _ in files]

    def _give(self, command: Command) -> None:
        self._app.bus.execute(command, origin_of_process("demo", self._on)._replace(command_id=new_id()))
