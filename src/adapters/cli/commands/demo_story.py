"""The text of the demo: short chapters, each with an action, its reason and its result."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from adapters.cli import ask
from adapters.cli.commands import accounts, dunning, operations
from adapters.cli.commands.billing import tell_totals
from adapters.cli.commands.demo_chapters import paragraph
from adapters.cli.commands.demo_own_reports import DemoReports
from adapters.cli.commands.demo_payments import PaymentChapters
from adapters.cli.commands.demo_reports import tell_reports
from adapters.cli.commands.demo_work import WorkChapters
from adapters.cli.progress import progress
from adapters.cli.show import add, console, table, tell, tell_wrapped
from adapters.demo.debtors import COMES_BACK, DemoDebtors, Happening
from adapters.demo.mobile_data import use_mobile_data
from adapters.demo.usage import DemoCalls
from adapters.demo.year import DOOR_CODE, MONTHS, START_ON, Month
from adapters.texts.amounts import counted, money
from adapters.texts.remittances import sign_in_words
from adapters.texts.sentences import event_name, sentence
from billing_core.charging.charges import explain
from billing_core.dunning.facts import DunningStepTaken
from billing_core.time.periods import boundary
from projections.accounts.balances import balances_by_currency
from projections.billing import document_totals
from projections.payments import payment_totals
from projections.platform.runner import LIVE_SCHEMA


class DemoStory(PaymentChapters, WorkChapters):
    """Plays the year and explains it."""

    def tell_all(self) -> bool:
        """The whole demo; whether all invariants hold at its end."""
        started_at = time.monotonic()
        tell("A year of a made-up operator. Everything happens in a database of its own:")
        tell(f"  {self._database}")
        self._subscribers()
        self._months()
        self._again()
        self._corrections()
        self._balances()
        self._suspensions()
        self._account()
        self._customer()
        self._order()
        self._fault()
        self._contract()
        self._calls()
        self._data()
        self._statements()
        self._till()
        self._cards()
        self._vouchers()
        self._kiosk()
        self._debits(self._debtors())
        self._money_in()
        self._reports()
        self._documents()
        holds = self._check()
        self._farewell(time.monotonic() - started_at)
        return holds

    def _reports(self) -> None:
        self._heading("Reports")
        tell_reports(self._app, self._database, self._year.ends_on)
        (payer,) = self._year.accounts(self._year.subscribers[4:5])
        DemoReports(self._app, self._year.ends_on).tell_all(payer.number)

    def _subscribers(self) -> None:
        self._heading("A small operator")
        paragraph(
            "Ziemeļu Signāls, SIA sells internet, cable television and telephone. Its price list is published and its "
            "subscribers are imported: a customer, an account and a subscription each. Every one of these changes "
            "is an event that is never edited; everything that follows is derived from such events."
        )
        started_at = time.monotonic()
        with progress("Subscribers", "rows", closing_line=False) as advance:
            count = self._year.bring_in(advance)
        seconds = time.monotonic() - started_at
        tell(
            f"{counted(count, 'subscriber')} imported, "
            f"{counted(self._app.log.final_position(), 'event')}, {seconds:.1f} s"
        )

    def _months(self) -> None:
        self._heading("A year of billing")
        paragraph(
            f"Most were connected during {START_ON.year - 1}. A first run on {START_ON} puts all that they owe onto "
            "one invoice each; then on the first of each month the operator bills everything due before it, with "
            "invoices of that day, and imports the bank's payments. "
            "Installation is charged once, a part of a month by its days, and in July the price of television rises."
        )
        months: list[Month] = []
        started_at = time.monotonic()
        expected = len(self._year.subscribers) * len(self._year.month_ends())
        with progress("Billing", "accounts", expected, closing_line=False) as advance:
            for until in self._year.month_ends():
                months.append(self._year.live_through(until, advance))
        seconds = time.monotonic() - started_at
        rows = table(
            ("billed before", "left"), ("bills", "right"), ("charges", "right"), ("invoices", "right"),
            ("invoiced", "right"), ("payments", "right"), ("paid", "right"),
        )  # fmt: skip
        for month in months:
            invoiced = month.totals.invoiced.get(month.paid.currency)
            add(rows, month.until, month.totals.bills, month.totals.charges, month.totals.invoices, invoiced,
                month.payments, month.paid)  # fmt: skip
        console().print(rows)
        bills = sum(month.totals.bills for month in months)
        payments = sum(month.payments for month in months)
        tell(f"{counted(bills, 'bill')} and {counted(payments, 'payment')} in {seconds:.1f} s")

    def _again(self) -> None:
        self._heading("The same run again")
        paragraph(
            "A run charges the difference between expected and posted charges. So it can be killed at "
            "any moment and started again, and a second run has nothing to do:"
        )
        tell_totals(self._year.bill(self._year.ends_on), self._year.ends_on, dry_run=False, limit=5)

    def _corrections(self) -> None:
        subscriber = self._year.chosen()
        self._heading("The past is changed")
        change = self._year.change_the_past(subscriber)
        paragraph(
            f"It becomes known that {subscriber.customer.name} (account {subscriber.account.number}) moved from tariff "
            f"{subscriber.subscription.tariff} to {change.tariff} on {change.on}, and that month is long invoiced. "
            "An issued document is never edited. The next run posts only the difference: a credit note for the days at "
            "the old price, and an invoice for them at the new one."
        )
        tell_totals(self._year.bill(self._year.ends_on), self._year.ends_on, dry_run=False, limit=5)
        bounced = self._year.bounce_last_payment(subscriber.account.number)
        if bounced is not None:
            tell(f"\nThen the bank takes back payment {bounced.payment}. The invoice that it settled is open again.")

    def _balances(self) -> None:
        self._heading("Balances")
        with self._app.tables.transaction(LIVE_SCHEMA) as cursor:
            documents, payments = document_totals(cursor), payment_totals(cursor)
            balances = balances_by_currency(cursor)
        rows = table(("", "left"), ("number", "right"), ("amount", "right"))
        for kind in documents:
            add(rows, {"invoice": "invoices", "credit-note": "credit notes"}[kind.kind], kind.documents, kind.gross)
        for number, amount in payments.values():
            add(rows, "payments", number, amount)
        for number, amount in balances.values():
            add(rows, "balance of all accounts", number, amount)
        console().print(rows)
        tell("\nA balance is negative if the customer owes money, and positive if money is left. A few of them:\n")
        rows = table(("account", "left"), ("name", "left"), ("balance", "right"))
        few = self._year.subscribers[:5]
        for subscriber, account in zip(few, self._year.accounts(few), strict=True):
            add(rows, account.number, subscriber.customer.name, account.balance)
        console().print(rows)

    def _suspensions(self) -> None:
        self._heading("Suspension list")
        paragraph(
            "An invoice is due after 14 days and tolerated for 7 more. An account that is later is on the suspension "
            "list. The list is a query for a date, so it is right on every day and nothing has to be stored."
        )
        promise = self._year.promise()
        paragraph(
            f"The customer of account {promise.account} promises to pay by {promise.until}: until then the account is "
            "exempt. A payment keeps the promise by itself, and the day after its last day breaks it."
        )
        for debtor in self._year.debtors(2)[1:]:
            assigned, guess = self._year.recognise(debtor)
            paragraph(
                f"{debtor.name} pays {debtor.overdue} without a reference. The bank's row names no account, so the "
                f"money waits as remittance {assigned.remittance}, and the queue shows whose it may be, and why:"
            )
            for sign in guess.signs:
                tell(f"  {'yes' if sign.agrees else 'no '} {sign_in_words(sign)}")
            paragraph(f"A clerk assigns it to account {assigned.account}, which leaves the list.")
        for debtor in self._year.debtors(2)[1:]:
            self._year.suspend(debtor)
            paragraph(f"Account {debtor.account} is suspended, so it leaves the list as well.")
        dunning.show_suspensions(self._app, self._year.ends_on, after="", as_json=False, limit=10)

    def _account(self) -> None:
        self._heading("One account, explained")
        paragraph(
            "Every posting is explained. This is the account whose past was changed, derived from its own events alone:"
        )
        number = self._year.chosen().account.number
        accounts.explain_account(self._app, number, self._year.ends_on, as_json=False, limit=12)

    def _customer(self) -> None:
        self._heading("A customer calls")
        paragraph(
            "Customers are found by words of what is known of them, without accents and with one slip in the name. A "
            "change names only the details that change; the log says what was before. What else the house wants to "
            "know, here a door code, is a custom field; one that is searchable finds its customer."
        )
        subscriber = self._year.chosen()
        misspelt = subscriber.customer.name[1:]
        found = self._year.found_by(misspelt, 3)
        tell(f"search for {misspelt!r}:", "bold")
        for row in found:
            tell(f"  {row.customer.number}  {row.customer.name}, {row.customer.address.city}")
        for fact in self._year.correct_details(subscriber):
            tell(f"\n{fact.effective_on}  {event_name(fact)}: {sentence(fact)}")
        tell(f"\nfind {DOOR_CODE}:", "bold")
        for hit in self._year.find_anything(DOOR_CODE):
            tell(f"  {hit.kind} {hit.number}  {hit.title}, by {hit.matched.rpartition('.')[2]} {hit.value}")
        paragraph(
            "\nThe caller agrees to offers, names who asks about bills, and turns out to be registered twice. Both "
            "records stay readable, a search for either finds the one that is kept, and a merge can be undone."
        )
        for event in self._year.know_better(subscriber):
            tell(f"{event.effective_on}  {event_name(event)}: {sentence(event)}")

    def _calls(self) -> None:
        self._heading("Calls")
        calls = DemoCalls(self._app, boundary(START_ON.year, START_ON.month + MONTHS - 1, 1), self._caller())
        paragraph(
            f"Account {calls.account} gets a telephone with an hour of national calls. The switch sends a file of each "
            "day; some calls come late, some twice, and some lines are broken. Each file is one batch, a repeated call "
            "counts once, and what cannot be taken waits with its reason:"
        )
        calls.begin()
        found = calls.take_in()
        tell(
            f"{found.files} files: {counted(found.taken, 'call')} taken, {found.repeated:,} repeated, "
            f"{found.refused:,} refused\n"
        )
        rows = table(("destination", "left"), ("band", "left"), ("calls", "right"), ("seconds", "right"),
                     ("free", "right"), ("exact amount", "right"))  # fmt: skip
        for row in calls.cost():
            add(rows, row.destination, row.band, row.records, row.units, row.free_units, row.amount)
        console().print(rows)
        paragraph("The bill rounds their sum once, and says what is behind it:")
        for charge in calls.bill():
            tell(f"{charge.description}  {money(charge.amount)}  ({explain(charge)})")
        self._app.runner.catch_up()
        invoice = calls.invoice()
        tell(f"\nThe bill of the calls is invoice {invoice.number}, {invoice.gross}, due on {invoice.due_on}.")

    def _data(self) -> None:
        self._heading("Mobile data")
        account = self._caller()
        paragraph(
            "The same account gets mobile data: 20 GB at full speed, then slower. It uses 22 GB, buys 5 GB more, and a "
            "session that goes on reserves what it is about to use, so that no money is spent twice:"
        )
        before = len(self._app.queries.events_of(f"account/{account}"))
        use_mobile_data(self._app, account, self._year.ends_on)
        for fact in self._app.queries.events_of(f"account/{account}")[before:]:
            tell(f"{event_name(fact)}: {sentence(fact)}")

    def _debtors(self) -> date:
        """The story of the debtors; the day on which it ends."""
        self._heading("Money that does not come in, and a way back")
        paragraph(
            "Three new customers get a dunning policy: a message 3 days before the due date, a reminder 7 days after "
            "it, a last one with a fee after 14, suspension after 21, an agency after 35. A run every morning takes "
            "the steps that are due. One customer breaks a promise, and one disputes the invoice, which stops steps:"
        )
        debtors = DemoDebtors(self._app, self._year.ends_on)
        _tell_what_happens(debtors.begin())
        _tell_what_happens(debtors.up_to_suspension())
        ask.show(self._answer(debtors.today, f"show-debtor account={COMES_BACK}"))
        tell()
        paragraph("The disputed invoice turns out to be right, and two of them pay. The service returns by itself:")
        _tell_what_happens(debtors.after_payment())
        tell(f"\nIt took {debtors.seconds_to_return():.2f} s from the payment to the return.\n")
        paragraph(
            "The fee is a line of the next invoice. The other one never pays: an agency collects a part, and what is "
            "left is written off."
        )
        _tell_what_happens(debtors.to_the_end())
        self._what_became_of_debts(debtors)
        return debtors.today

    def _what_became_of_debts(self, debtors: DemoDebtors) -> None:
        rows = table(("month", "left"), ("step", "left"), ("invoices", "right"), ("amount", "right"),
                     ("paid before the next step", "right"), ("within 30 days", "right"))  # fmt: skip
        for each in self._answer(debtors.today, "show-dunning-funnel since=2026-01-01 until=2026-05-01 policy=home"):
            add(rows, f"{each.month:%Y-%m}", each.step, each.items, each.amount, each.paid_before_next,
                each.paid_within_30_days)  # fmt: skip
        console().print(rows)
        rows = table(("age after the due date", "left"), ("open, all accounts", "right"))
        for seller in self._answer(debtors.today, "show-receivables on=2026-04-30"):
            for age in seller.ages.__struct_fields__:
                add(rows, age.removeprefix("days_").replace("_", " "), getattr(seller.ages, age))
        console().print(rows)
        ask.show(self._answer(debtors.today, "count-messages"))
        invoices, gross = debtors.invoiced()
        tell(f"\nMessages wait, for a demo sends nothing. Invoices of the three: {invoices}, {gross}.")

    def _documents(self) -> None:
        self._heading("On paper")
        paragraph("Some documents as PDF, with a QR code for the payment. A second print is the same.")
        for path, what in self._year.write_documents(self._documents_folder):
            tell(f"{path}  {what}")

    def _check(self) -> bool:
        self._heading("Check")
        paragraph(
            "All tables are built again from the first event and compared with the live ones. Then every invariant "
            "is checked on the whole store."
        )
        with progress("Check", "events", self._app.log.final_position(), closing_line=False) as advance:
            findings = self._app.check(advance)
        operations.tell_findings(findings)
        return operations.is_clean(findings)

    def _farewell(self, seconds: float) -> None:
        account = self._year.chosen().account.number
        later = self._year.ends_on + timedelta(days=30)
        data = self._database
        program = sys.argv[0] if Path(sys.argv[0]).name == "billing" else "billing"
        tell(f"\nThat was a year in {seconds:.0f} s. Its database stays in {data}. Try:\n")
        for words in (
            "customers --search 'anna ozla'",
            f"find {account}",
            f"account show {account}",
            f"audit --customer {account.removeprefix('A')}",
            "work --state any",
            f"work week {self._visit_on}",
            f"ask show-debtor account={COMES_BACK}",
            "ask list-messages",
            f"usage traffic --by component --every day --from {START_ON.replace(month=12)} --to {self._year.ends_on}",
            "usage waiting",
            f"run --until {later} --dry-run",
            "init --administrator anna",
            "serve",
        ):
            tell(f"  {program} --data {data} {words}")


def _tell_what_happens(happenings: Iterable[Happening]) -> None:
    for account, fact in happenings:
        told = f"step {fact.step}" if isinstance(fact, DunningStepTaken) else f"{event_name(fact)}: {sentence(fact)}"
        tell_wrapped(f"{fact.effective_on}  {account}  {told}", 0, 12)
