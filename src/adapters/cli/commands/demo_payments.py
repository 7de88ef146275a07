"""The chapters of the demo about money that comes in: the bank, a cash desk, cards, a kiosk, direct debit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from adapters.banks.fake_bank import presented
from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.cli.commands.demo_chapters import Chapters, paragraph
from adapters.cli.commands.demo_money import tell_money_in
from adapters.cli.progress import progress
from adapters.cli.show import tell, tell_wrapped
from adapters.demo.cards import DemoCards
from adapters.demo.cash import DESK, DemoTill
from adapters.demo.debits import DemoDebits
from adapters.demo.generated import CURRENCY, SELLER
from adapters.demo.household import DemoHousehold
from adapters.demo.kiosks import KIOSK, play_kiosk
from adapters.demo.statements import DemoStatements
from adapters.demo.vouchers import DemoVouchers
from adapters.demo.year import START_ON
from adapters.jobs.direct_debit import DrawDebits, ReadDebitAnswers, draw_debits, read_debit_answers
from adapters.texts.amounts import counted
from adapters.texts.sentences import event_name, sentence
from billing_core.direct_debit.batch_events import DebitRejected
from billing_core.kernel.money import total

# After the debtors and the debits, for documents are numbered by their days.
HOUSEHOLD_MONTH = 6


class PaymentChapters(Chapters):
    """How money comes in, and where it is."""

    def _statements(self) -> None:
        self._heading("Statements of the bank")
        bank = DemoStatements(self._app, self._year.origin(self._year.ends_on), self._year.ends_on)
        (payer,) = self._year.accounts(self._year.subscribers[3:4])
        account = payer.number
        first, again, wrong = bank.import_first(account), bank.import_overlapping(account), bank.import_wrong()
        booked = f"{counted(first.accepted, 'payment')} and {counted(first.skipped, 'fee')}"
        paragraph(
            f"A statement books {booked}. A second file that overlaps it books {again.accepted}: {again.unchanged} was "
            "known. The sums of a third one do not close:"
        )
        for finding in wrong.statements[0].findings:
            tell(f"  {finding}")
        paragraph("It waits whole until somebody overrules or dismisses it: billing payments statements")

    def _till(self) -> None:
        self._heading("A cash desk")
        payer, other = self._year.accounts(self._year.subscribers[:2])
        for said in DemoTill(self._year).morning(payer.number, Decimal("23.45"), other.number):
            tell_wrapped(said, 0, 2)
        tell(f"\nbilling --data {self._database} cash sheet {DESK} shows the day; --pdf prints it.")
        tell(f"billing --data {self._database} cash dealers --from {START_ON} shows what dealers took and handed over.")

    def _cards(self) -> None:
        self._heading("Payment by card")
        paragraph(
            "A customer pays on a page of a gateway. The gateway calls back in any order and more than once; each "
            "callback only says which object to read, so the money is booked once:"
        )
        (payer,) = self._year.accounts(self._year.subscribers[2:3])
        for said in DemoCards(self._app, self._year.ends_on).pay(payer.number):
            tell_wrapped(said, 0, 2)
        self._app.runner.catch_up()

    def _vouchers(self) -> None:
        self._heading("Vouchers")
        paragraph("A batch of vouchers is issued. Only hashes of their codes are kept, and each pays once:")
        (payer,) = self._year.accounts(self._year.subscribers[4:5])
        for said in DemoVouchers(self._app, self._year.origin(self._year.ends_on)).redeem_twice(payer.number):
            tell_wrapped(said, 0, 2)
        self._app.runner.catch_up()

    def _kiosk(self) -> None:
        self._heading("A kiosk that does not behave")
        paragraph(
            "A terminal pays for an account by the OSMP protocol. It sends payments twice, leaves before the answer "
            "and forges; each payment is taken once, and every repetition gets the first answer:"
        )
        account = next(each.account for each in self._year.subscribers if each.account.number == self._caller())
        course = play_kiosk(self._app, account, self._year.ends_on)
        self._app.runner.catch_up()
        tell(f"{counted(course.messages, 'message')}, {counted(course.taken, 'payment')} taken, "
             f"{counted(len(course.wrong), 'wrong answer')}")  # fmt: skip
        for row in self._answer(self._year.ends_on, f"list-kiosk-refusals kiosk={KIOSK}").items:
            tell(f"refused, {row.verdict}: {row.reason}")

    def _debits(self, on: date) -> None:
        self._heading("Direct debit")
        debits = DemoDebits(self._app, on, self._documents_folder.with_name("bank-files"))
        paragraph(
            f"{counted(debits.sign(), 'customer')} who owe sign a mandate of SEPA. What is due is drawn up as a batch "
            "and goes to a bank as pain.008. The bank rejects one, sends the same answer twice, and names a debit that "
            "nobody drew; each counts once:"
        )
        self._debit_batch(debits, on, {2: "AM04"})
        paragraph(
            "\nBefore the next month one payer moves to another bank, and one mandate gets a reference of its own. "
            "Nobody signs again: the next file tells the banks what stood on the mandates before, once."
        )
        for fact in debits.amend():
            tell_wrapped(f"{fact.effective_on}  {event_name(fact)}: {sentence(fact)}", 0, 12)
        invoices = debits.bill()
        gross = total((row.gross for row in invoices), CURRENCY)
        tell(f"Invoices of those who pay by debit: {len(invoices)}, {gross}\n")
        self._debit_batch(debits, on + timedelta(days=30), {})

    def _debit_batch(self, debits: DemoDebits, collect_on: date, rejected: Mapping[int, str]) -> None:
        """What is drawn up and sent for a day, and what the bank answers; it rejects the debits of these numbers."""
        origin = origin_of_process("demo", debits.on)
        work = Work(self._app, origin, partial(progress, closing_line=False), origin.recorded_at)
        for batch in draw_debits(DrawDebits(seller=SELLER.code, collect_on=collect_on), work).batches:
            tell(f"{batch.batch}: {counted(batch.debits, 'debit')}, {batch.amount}")
            rejections = {f"{batch.batch}-{number}": reason for number, reason in rejected.items()}
            file, *answers = debits.send(batch.batch, rejections)
            tell(f"{file}  the file for the bank")
            for line in _amendments(file):
                tell(f"  {line}")
            for answer in answers:
                came = read_debit_answers(ReadDebitAnswers(), work._replace(file=answer))
                tell(f"{answer.name}: {came.accepted} recorded, {came.unchanged} known, {came.rejections} of nobody")
            for fact in self._app.queries.events_of(f"debit-batch/{batch.batch}"):
                if isinstance(fact, DebitRejected):
                    tell(f"{event_name(fact)}: {sentence(fact)}")
        self._app.runner.catch_up()

    def _household(self, begins_on: date) -> None:
        """Whose money is whose on an account that mixes services paid before and billed afterwards."""
        household = DemoHousehold(self._app, begins_on)
        paragraph(
            "A household takes television, internet and telephone at once, on one account. Television is paid before; "
            "the others are billed afterwards, and what is not due yet leaves the money to television:"
        )
        for fact in household.live_through():
            tell_wrapped(f"{fact.effective_on}  {event_name(fact)}: {sentence(fact)}", 0, 12)
        invoices, gross = household.invoiced()
        tell(f"\nInvoices of the household: {invoices}, {gross}.\n")

    def _money_in(self) -> None:
        self._heading("Where the money is")
        self._household(date(self._year.ends_on.year, HOUSEHOLD_MONTH, 1))
        paragraph("All money that came in is allocated to invoices, unused, waiting, gone back or other income.")
        tell_money_in(self._app, self._year.month_ends()[-1])


def _amendments(file: Path) -> Iterator[str]:
    """What the file tells of mandates that were amended, as the bank reads it."""
    for debit in presented(file.read_bytes()):
        before = debit.mandate.before
        if before is not None:
            was = [f"reference {before.reference}" if before.reference else "",
                   "an account at another bank" if before.is_other_bank else before.account]  # fmt: skip
            yield f"{debit.end_to_end}, mandate {debit.mandate.reference}, before: {', '.join(filter(None, was))}"
