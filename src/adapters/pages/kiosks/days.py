"""A connection's days: its transactions, what was refused, and the registers that were compared with them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.jobs.kiosks import CompareRegisterFile
from adapters.pages.forms import Choice, Field
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.views.kiosks.connections import ListKioskRefusals
from adapters.views.kiosks.days import (
    ListKioskDays,
    ListKioskDifferences,
    ListKioskRegisters,
    ListKioskTransactions,
)

DAYS = "/kiosks"
ONE = f"{DAYS}/{{kiosk}}"
STATES = {
    "taken": State(N_("Taken"), "good"), "waiting": State(N_("Waits"), "warn"), "refused": State(N_("Refused"), "bad"),
    "cancelled": State(N_("Cancelled"), "calm"),
}  # fmt: skip
KINDS = {
    "theirs-alone": State(N_("Theirs alone"), "bad"), "ours-alone": State(N_("Ours alone"), "warn"),
    "amounts-differ": State(N_("Amounts differ"), "bad"),
}  # fmt: skip
STATE_CHOICES = (
    Choice("taken", N_("Taken")), Choice("waiting", N_("Waits")), Choice("refused", N_("Refused")),
    Choice("cancelled", N_("Cancelled")),
)  # fmt: skip


def _of(what: str) -> Any:
    return lambda visit: f"{DAYS}/{quote(visit.path['kiosk'])}{what}"


VIEWS = (
    Act(N_("Days"), _of(""), ListKioskDays),
    Act(N_("Transactions"), _of("/transactions"), ListKioskTransactions),
    Act(N_("Refused"), _of("/refusals"), ListKioskRefusals),
    Act(N_("Registers"), _of("/registers"), ListKioskRegisters),
)
# fmt: off
LISTS = (
    List(
        ONE, ListKioskDays, N_("Days of a connection"),
        (
            Column(N_("Day"), lambda row: row.paid_on, "day"),
            Column(N_("State"), lambda row: STATES[row.state], "state"),
            Column(N_("Transactions"), lambda row: row.transactions, "count"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Sum"), lambda row: row.amount, "amount"),
        ),
        filters=(Field("from", N_("From"), "day"), Field("to", N_("To"), "day")),
        empty=N_("No transaction came in these days."), views=VIEWS,
    ),
    List(
        f"{ONE}/transactions", ListKioskTransactions, N_("Transactions of a connection"),
        (
            Column(N_("Transaction"), lambda row: row.transaction, "code", below=lambda row: row.number),
            Column(N_("Day"), lambda row: row.paid_on, "day"),
            Column(N_("State"), lambda row: STATES[row.state], "state", below=lambda row: row.reason),
            Column(N_("Account"), lambda row: row.account,
                   link=lambda row: f"/accounts/{row.account}" if row.account else ""),
            Column(N_("Typed"), lambda row: row.typed),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
        ),
        filters=(Field("on", N_("Day"), "day"), Field("state", N_("State"), "choice", choices=STATE_CHOICES)),
        empty=N_("No transaction came in."), views=VIEWS,
    ),
    List(
        f"{ONE}/refusals", ListKioskRefusals, N_("Messages that were refused"),
        (
            Column(N_("Time"), lambda row: row.refused_at, "instant"),
            Column(N_("Transaction"), lambda row: row.transaction, "code"),
            Column(N_("Step"), lambda row: row.step),
            Column(N_("Why"), lambda row: row.verdict, below=lambda row: row.reason),
            Column(N_("From"), lambda row: row.sent_from),
            Column(N_("Left out before"), lambda row: row.left_out, "count"),
        ),
        empty=N_("No message was refused."), views=VIEWS,
    ),
    List(
        f"{ONE}/registers", ListKioskRegisters, N_("Registers of a connection"),
        (
            Column(N_("Day"), lambda row: row.register_on, "day"),
            Column(N_("Compared"), lambda row: row.compared_on, "day"),
            Column(N_("Lines"), lambda row: row.lines, "count"),
            Column(N_("Agree"), lambda row: row.agreed, "count"),
            Column(N_("Differ"), lambda row: row.differences, "count"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Sum"), lambda row: row.amount, "amount"),
        ),
        actions=(Act(N_("Compare a register"), _of("/registers/compare"), CompareRegisterFile, "n"),
                 Act(N_("Differences of a day"), _of("/differences"), ListKioskDifferences)),
        empty=N_("No register of this connection was compared."), views=VIEWS,
    ),
    List(
        f"{ONE}/differences", ListKioskDifferences, N_("What the registers differ on"),
        (
            Column(N_("Day"), lambda row: row.register_on, "day"),
            Column(N_("Transaction"), lambda row: row.transaction, "code"),
            Column(N_("What"), lambda row: KINDS[row.kind], "state"),
            Column(N_("Theirs"), lambda row: row.theirs, "amount"),
            Column(N_("Ours"), lambda row: row.ours, "amount"),
        ),
        filters=(Field("on", N_("Day"), "day"),),
        empty=N_("The registers of that day agree, or none was compared."), views=VIEWS,
    ),
)
JOB_FORMS = (
    JobForm(
        f"{ONE}/registers/compare", CompareRegisterFile, N_("Compare a register"), N_("Compare"),
        (
            Field("on", N_("Day"), "day", is_required=True, width=4),
            Field("transaction", N_("Column of the ids"), width=4, hint=N_("transaction, unless named")),
            Field("amount", N_("Column of the amounts"), width=4, hint=N_("amount, unless named")),
            Field("delimiter", N_("Between columns"), width=4, hint=N_("A comma, unless named")),
        ),
        file=N_("Register"), file_hint=N_("A CSV file of the kiosk's operator"),
        back=lambda visit: f"{DAYS}/{quote(visit.path['kiosk'])}/registers", about=lambda visit: visit.path["kiosk"],
    ),
)
# fmt: on
