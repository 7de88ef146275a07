"""The journal of events as tables of pandas: what was earned and what is not earned yet, and what was foreseen.

As in `tests.journal`, every row comes from events alone. Shares are fractions, rounded where the report says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from billing_core.credit_limits import CreditLimitSet, TemporaryCreditEnded, TemporaryCreditGranted
from billing_core.direct_debit import mandates
from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kiosks.registers import KioskRegisterCompared
from billing_core.kiosks.transactions import KioskMessageRefused, KioskPaymentRefused
from billing_core.payments import events as payments
from billing_core.reports.forecasts import RevenueForecast
from tests.journal_of_ways import WaysJournal

ONE_DAY = timedelta(days=1)
KINDS_OF_ADJUSTMENTS: dict[type, str] = {
    payments.PaymentPartlyReversed: "partial-reversal", payments.PaymentRefunded: "refund",
    payments.CreditPaidOut: "pay-out", payments.PayOutReturned: "pay-out-returned",
    payments.InvoiceWrittenOff: "write-off", payments.WriteOffCancelled: "write-off-cancelled",
    payments.CreditKeptAsIncome: "kept-as-income", payments.KeptCreditRestored: "kept-credit-restored",
    payments.CreditTransferredAway: "transfer-away", payments.CreditTransferredIn: "transfer-in",
}  # fmt: skip
TAKEN = {"partial-reversal", "refund", "pay-out", "write-off-cancelled", "kept-as-income", "transfer-away"}
STATES_OF_MANDATES: dict[type, str] = {
    mandates.MandateSigned: "active", mandates.MandateSuspended: "suspended", mandates.MandateResumed: "active",
    mandates.MandateFinal: "ending", mandates.MandateEnded: "ended", mandates.MandateLapsed: "lapsed",
}  # fmt: skip


class Credit:
    """What is left of a credit while events are read."""

    def __init__(self) -> None:
        self.amount, self.held_back, self.since, self.currency = Decimal(0), Decimal(0), date.min, ""


class EarningsJournal(WaysJournal):
    """What was invoiced for which days, what became of credits, limits, and what was foreseen."""

    # --- credits

    def adjustments(self) -> pd.DataFrame:
        """What credits gained and lost besides invoices and the arrival of payments."""
        found = []
        for entry in self._of(*KINDS_OF_ADJUSTMENTS):
            kind, fact = KINDS_OF_ADJUSTMENTS[type(entry.event)], entry.event
            for credit, amount in _credits(fact):
                signed = -amount.amount if kind in TAKEN else amount.amount
                found.append({"account": entry.number, "kind": kind, "credit": credit, "on": fact.effective_on,
                              "amount": signed, "kept": -signed, "currency": amount.currency})  # fmt: skip
        return _table(found, self.accounts)

    def kept(self) -> pd.DataFrame:
        """Credits that became income, and those that are the account's again."""
        found = self.adjustments()
        return found if found.empty else found[found.kind.isin(("kept-as-income", "kept-credit-restored"))]

    def advances_left(self) -> pd.DataFrame:
        """What is left of payments, with the month since which it is unused."""
        found = self.credits_left()
        return found[[":" in credit for credit in found.credit]] if len(found) else found

    def credits_left(self) -> pd.DataFrame:
        """What is left of credits, since when, and what of it no invoice uses by itself."""
        left: defaultdict[tuple[str, str], Credit] = defaultdict(Credit)
        for entry in self._entries:
            for name, amount in _left(entry.event) if entry.stream.startswith("account/") else ():
                credit = left[entry.number, name]
                if not credit.amount:
                    credit.since, credit.held_back = entry.event.effective_on, Decimal(0)
                credit.amount, credit.currency = credit.amount + amount.amount, amount.currency
                credit.held_back = min(credit.held_back, max(credit.amount, Decimal(0)))
            if isinstance(entry.event, payments.CreditHeldBack):
                credit = left[entry.number, entry.event.credit]
                credit.since, credit.held_back = entry.event.since, credit.held_back + entry.event.amount.amount
            if isinstance(entry.event, payments.CreditFreed):
                left[entry.number, entry.event.credit].held_back -= entry.event.amount.amount
        rows = [
            {"account": account, "credit": name, "month": credit.since.replace(day=1), "amount": credit.amount,
             "held_back": credit.held_back, "currency": credit.currency}
            for (account, name), credit in left.items()
        ]  # fmt: skip
        return _table(rows, self.accounts)

    def temporary_credits(self, on: date) -> pd.DataFrame:
        """What accounts may owe more on a day, as far as it has not ended before its time."""
        granted: dict[str, Any] = {}
        for entry in self._of(TemporaryCreditGranted, TemporaryCreditEnded):
            granted[entry.number] = entry.event if isinstance(entry.event, TemporaryCreditGranted) else None
        return _table([
            {"account": account, "amount": fact.amount.amount, "currency": fact.amount.currency}
            for account, fact in granted.items() if fact is not None and fact.effective_on <= on <= fact.until_on
        ], self.accounts)  # fmt: skip

    def own_limits(self) -> pd.DataFrame:
        """The limits that accounts have instead of those of their plans."""
        limits = {entry.number: entry.event.limit for entry in self._of(CreditLimitSet)}
        return _table([
            {"account": account, "amount": limit.amount, "currency": limit.currency}
            for account, limit in limits.items() if limit is not None
        ], self.accounts)  # fmt: skip

    # --- lines

    def late_corrections(self) -> pd.DataFrame:
        """Lines that take back what was charged for days before the month of issue, or charge such days again."""
        lines = self.lines
        late = [
            until <= on.replace(day=1) and (taken_back != "" or revision > 0 or kind == "credit-note")
            for until, on, taken_back, revision, kind in zip(
                lines.to_on, lines.on, lines.takes_back, lines.revision, lines.kind, strict=True
            )
        ]
        return lines.loc[late]

    def agreed_lines(self) -> pd.DataFrame:
        """Lines of services at agreed prices."""
        return self.lines[(self.lines.agreed == True) & (self.lines.subscription != "")]  # noqa: E712

    def lines_like_agreed(self) -> pd.DataFrame:
        """All lines of the tariffs and components that have one at an agreed price."""
        agreed = {(line.tariff, line.component, line.currency) for line in self.agreed_lines().itertuples()}
        return self.lines.loc[[key in agreed for key in zip(
            self.lines.tariff, self.lines.component, self.lines.currency, strict=True
        )]]  # fmt: skip

    def items(self) -> pd.DataFrame:
        """What was charged besides services."""
        return self.charges[self.charges.subscription == ""]

    def earned(self) -> pd.DataFrame:
        """Each line shared among the months of its days, rounded once for each month."""
        sums: defaultdict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
        for line in self.lines.itertuples():
            days = max((line.to_on - line.from_on).days, 1)
            for number in range(days):
                month = (line.from_on + number * ONE_DAY).replace(day=1)
                sums[month, line.currency] += Fraction(line.net) / days
        return _rounded(sums, "month", "currency")

    def unearned(self, on: date, *by: str) -> pd.DataFrame:
        """What of the lines that were issued by a day is for days after it, rounded once for each row."""
        sums: defaultdict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
        for line in self.lines.itertuples():
            share = _share_after(line, on)
            if share:
                sums[(*(getattr(line, name) for name in by), line.currency)] += Fraction(line.net) * share
        return _rounded(sums, *by, "currency")

    def unearned_lines(self, on: date) -> pd.DataFrame:
        """The lines of which something is for days after a day, each rounded by itself."""
        shares = [_share_after(line, on) for line in self.lines.itertuples()]
        unearned = [cents(Fraction(net) * share) for net, share in zip(self.lines.net, shares, strict=True)]
        return self.lines.assign(unearned=unearned, lines=1).loc[[share > 0 for share in shares]]

    def income_of_services(self) -> pd.DataFrame:
        """What payments settled, shared among the lines of the invoice by their amounts with VAT, rounded once."""
        paid: defaultdict[str, Fraction] = defaultdict(Fraction)
        for row in self.settled.itertuples():
            if ":" in row.credit:
                paid[row.document] += Fraction(row.amount)
        sums: defaultdict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
        for document, lines in self.lines.groupby("number"):
            gross = [Fraction(net) * (100 + Fraction(rate))
                     for net, rate in zip(lines.net, lines.vat_rate, strict=True)]  # fmt: skip
            for line, part in zip(lines.itertuples(), gross, strict=True):
                if paid[str(document)]:
                    sums[line.tariff, line.charge_kind, line.currency] += paid[str(document)] * part / sum(gross)
        return _rounded(sums, "tariff", "charge_kind", "currency")

    # --- owed by day

    def owed(self, on: date) -> pd.DataFrame:
        """What was owed at the end of a day, and was overdue; nothing settles an invoice before its day of issue."""
        issued = self.documents[self.documents.kind == "invoice"]
        known = {row.number: row for row in issued.itertuples() if row.on <= on}
        moves = [(row, row.gross) for row in known.values()]
        moves += [(known[row.document], -row.amount) for row in self.settled.itertuples()
                  if row.document in known and row.on <= on]  # fmt: skip
        return pd.DataFrame(
            [(amount, amount if row.due_on < on else Decimal(0), row.currency) for row, amount in moves],
            columns=["owed", "overdue", "currency"],
        )

    # --- kiosks and mandates

    def register_differences(self) -> pd.DataFrame:
        """Transactions on which the registers differ that were compared last."""
        last = {(fact.kiosk, fact.register_on): fact for fact in self._facts(KioskRegisterCompared)}
        found = []
        for fact in last.values():
            for each in fact.differences:
                theirs, ours = (amount.amount if amount else Decimal(0) for amount in (each.theirs, each.ours))
                known = each.theirs or each.ours
                assert known is not None
                found.append({"kiosk": fact.kiosk, "register_on": fact.register_on, "transaction": each.transaction,
                              "kind": each.kind, "theirs": theirs, "ours": ours, "difference": theirs - ours,
                              "currency": known.currency})  # fmt: skip
        return pd.DataFrame(found, dtype=object)

    def refused_messages(self) -> pd.DataFrame:
        """Messages and payments of kiosks that were refused, with those that were only counted."""
        rows = [(fact.kiosk, fact.step, fact.verdict, 1 + fact.left_out) for fact in self._facts(KioskMessageRefused)]
        rows += [(fact.kiosk, "pay", fact.answer.verdict, 1) for fact in self._facts(KioskPaymentRefused)]
        return pd.DataFrame(rows, columns=["kiosk", "step", "verdict", "refused"])

    def mandates(self) -> pd.DataFrame:
        """Mandates by the state of the last event about it, and whether a debit was ever presented."""
        signed = {entry.number: entry.event for entry in self._of(mandates.MandateSigned)}
        states = {entry.number: STATES_OF_MANDATES[type(entry.event)] for entry in self._of(*STATES_OF_MANDATES)}
        used = {entry.number for entry in self._of(mandates.MandateUsed)}
        rows = [(fact.seller, fact.scheme, states[name], 1, int(name in used)) for name, fact in signed.items()]
        return pd.DataFrame(rows, columns=["seller", "scheme", "state", "mandates", "used"])

    # --- forecasts

    def forecasts(self) -> pd.DataFrame:
        """The lines of all forecasts, by their number from 1."""
        rows = [
            (number, entry.event.effective_on, each.month, each.tariff, each.charge_kind,
             each.net.amount if each.charge_kind != "usage-to-come" else Decimal(0),
             each.net.amount if each.charge_kind == "usage-to-come" else Decimal(0), each.net.currency)
            for number, entry in enumerate(self._of(RevenueForecast), 1)
            for each in entry.event.sums
        ]  # fmt: skip
        columns = ["number", "made_on", "month", "tariff", "charge_kind", "forecast", "usage_to_come", "currency"]
        return pd.DataFrame(rows, columns=columns)

    def newest_forecast(self, on: date) -> pd.DataFrame:
        """The newest forecast that was made by a day."""
        known = self.forecasts()
        known = known[known.made_on <= on]
        return known[known.number == known.number.max()]

    def compared_with_forecast(self, on: date) -> pd.DataFrame:
        """What was invoiced in the months of a forecast, since it was made, and in the same months a year before."""
        foreseen = self.newest_forecast(on)
        months = set(foreseen.month)
        since = max(foreseen.made_on, default=on)
        found = []
        for line in self.lines.itertuples():
            month = line.on.replace(day=1)
            later = month.replace(year=month.year + 1)
            if month in months:
                found.append((month, line.tariff, line.net, line.net if line.on > since else Decimal(0), Decimal(0),
                              line.currency))  # fmt: skip
            if later in months:
                found.append((later, line.tariff, Decimal(0), Decimal(0), line.net, line.currency))
        columns = ["month", "tariff", "invoiced", "invoiced_since", "year_before", "currency"]
        return pd.DataFrame(found, columns=columns)


def cents(exact: Fraction) -> Decimal:
    """Rounded to cents, a half away from zero."""
    whole = int(abs(exact) * 100 + Fraction(1, 2))
    return Decimal(-whole if exact < 0 else whole) / 100


def _share_after(line: Any, on: date) -> Fraction:
    """Which part of the days of a line, issued by a day, is after it; a line without days is of its first one."""
    if line.on > on:
        return Fraction(0)
    days = [line.from_on + number * ONE_DAY for number in range(max((line.to_on - line.from_on).days, 1))]
    return Fraction(sum(day > on for day in days), len(days))


def _credits(fact: Any) -> Iterator[tuple[str, Any]]:
    match fact:
        case payments.PaymentPartlyReversed() | payments.PaymentRefunded():
            yield fact.payment, fact.amount
        case payments.CreditTransferredIn():
            yield fact.transfer, fact.amount
        case payments.InvoiceWrittenOff() | payments.WriteOffCancelled():
            yield f"write-off {fact.invoice}", fact.amount
        case _:
            yield from ((part.credit, part.amount) for part in fact.parts)


def _left(fact: Any) -> Iterator[tuple[str, Any]]:
    """What a fact adds to what is left of a credit."""
    match fact:
        case payments.PaymentReceived() | payments.PaymentMovedIn():
            yield fact.payment, fact.amount
        case payments.PaymentReversed() | payments.PaymentMovedAway():
            yield fact.payment, -fact.amount
        case CreditNoteIssued():
            yield fact.number, -fact.gross
        case payments.CreditAllocated():
            yield from ((part.credit, -part.amount) for part in fact.allocations)
        case payments.CreditReleased():
            yield from ((part.credit, part.amount) for part in fact.allocations)
        case _ if type(fact) in KINDS_OF_ADJUSTMENTS:
            taken = KINDS_OF_ADJUSTMENTS[type(fact)] in TAKEN
            yield from ((credit, -amount if taken else amount) for credit, amount in _credits(fact))


def _rounded(sums: dict[tuple[Any, ...], Fraction], *columns: str) -> pd.DataFrame:
    rows = [(*key, cents(exact)) for key, exact in sums.items()]
    return pd.DataFrame(rows, columns=[*columns, "amount"], dtype=object)


def _table(rows: list[dict[str, Any]], accounts: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame(rows, dtype=object)
    return found.merge(accounts, how="left") if len(found) else found
