"""The timed works of this program: what `billing worker` does every night.

The billing run is the wake-up of every account that is due. It bills up to and including today in the zone in which the
day begins last, and dates its documents on that day, so that nothing is dated ahead. `seal` is there only if
BILLING_SEAL_KEY names a key, `card-charges` only if a gateway of cards is set, `report-archive` only if
BILLING_REPORT_ARCHIVE names a folder, and `usage-purge` only if BILLING_USAGE_MONTHS_KEPT says how many.
"""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial
from pathlib import Path

from adapters.bootstrap.advance_run import draw_up_for, sellers_with_terms
from adapters.bootstrap.application import Application
from adapters.bootstrap.card_desk import CardDesk, gateway_of
from adapters.bootstrap.card_run import charge_cards
from adapters.bootstrap.closed_months import compare_all
from adapters.bootstrap.report_archive import ReportArchive
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.statement_files import book_recorded
from adapters.bootstrap.usage_retention import UsagePurge
from adapters.cards.settings import StripeSettings
from adapters.texts.amounts import counted
from adapters.texts.dunning import dunning_totals
from adapters.texts.usage.batches import unbooked_batches
from billing_core.kernel.errors import RuleViolation
from billing_core.usage.retention import first_kept
from commands.platform.identity import new_id
from commands.platform.timed_work import Task, TimedWork
from commands.usage.mediation import WaitingUsage

ONE_DAY = timedelta(days=1)


def works_of(application: Application, settings: Settings) -> list[TimedWork]:
    """Every work, in the order of the night."""
    works = [
        TimedWork("usage-retry", time(0, 15), partial(retry_usage, application)),
        TimedWork("usage-booking", time(0, 30), partial(book_usage, application)),
        TimedWork("bank-statements", time(0, 45), partial(book_statements, application)),
        TimedWork("billing-run", time(1), partial(bill_due_accounts, application)),
        TimedWork("advance-documents", time(1, 30), partial(draw_up_advances, application)),
        TimedWork("dunning-run", time(1, 45), partial(dun_accounts, application)),
        TimedWork("unnamed-attachments", time(2), partial(remove_unnamed_attachments, application)),
        TimedWork("forget-due", time(3), partial(forget_due, application)),
        TimedWork("closed-months", time(4, 45), partial(compare_closed_months, application)),
        TimedWork("check", time(5), partial(check_books, application)),
    ]
    if settings.usage_months_kept is not None:
        purge = partial(purge_usage, application, settings.usage_months_kept, settings.usage_archive)
        works.append(TimedWork("usage-purge", time(3, 30), purge))
    if settings.report_archive is not None:
        works.append(
            TimedWork("report-archive", time(4, 30), partial(archive_reports, application, settings.report_archive))
        )
    if settings.seal_key is not None:
        seal = partial(seal_events, application, settings.seal_key, settings.published_seals)
        works.append(TimedWork("seal", time(4), seal))
    if settings.stripe is not None:
        works.append(TimedWork("card-charges", time(6), partial(charge_due_cards, application, settings.stripe)))
    return sorted(works, key=lambda work: work.at)


def retry_usage(application: Application, task: Task) -> str:
    """Try records of usage again: those of subscribers who were unknown, and those that could not be booked."""
    found = application.usage_mediation().retry(WaitingUsage(field="subscriber"), task.origin, task.progress)
    booked = application.usage_import().book_refused(task.origin, task.progress)
    taken, waiting = sum(batch.taken for batch in found), sum(batch.refused for batch in found)
    return f"{counted(taken, 'record')} taken, {waiting:,} still wait, {booked:,} booked that were refused"


def book_usage(application: Application, task: Task) -> str:
    """Book the batches of usage whose import was cut off before they were booked; those not received whole are named.

    A batch that cannot be booked is named after the others are booked, and the work has failed.
    """
    found = application.usage_import().book_unbooked(task.origin, task.progress)
    if found.failed:
        raise RuleViolation(unbooked_batches(found))
    return unbooked_batches(found)


def book_statements(application: Application, task: Task) -> str:
    """Book the statements whose import was cut off or that were overruled, and try returns again.

    A statement whose file is no longer kept is named, and the work has failed.
    """
    found, failed = book_recorded(application, task.origin, task.progress)
    booked = f"{counted(len(found.statements), 'statement')}, {counted(found.accepted, 'payment')} booked"
    if failed:
        raise RuleViolation(f"{booked}; import the files of these again: {', '.join(failed)}")
    return booked


def bill_due_accounts(application: Application, task: Task) -> str:
    """Bill every account that is due by today, with documents of today."""
    until = task.origin.today + ONE_DAY
    with application.billing_run(until) as run:
        totals = run.run(until, task.origin, task.progress)
    left_out = "".join(f"; seller {seller} is left out: {why}" for seller, why in totals.left_out.items())
    return (
        f"until {until}: {counted(totals.bills, 'bill')}, {counted(totals.charges, 'charge')}, "
        f"{counted(totals.invoices, 'invoice')}, {counted(totals.credit_notes, 'credit note')}, "
        f"{len(totals.parked):,} parked{left_out}"
    )


def draw_up_advances(application: Application, task: Task) -> str:
    """Issue and correct tax documents on advances, seller by seller, after the bills that use the money.

    A seller or account that is refused is named after the others are done, and the work has failed.
    """
    said, refused = list[str](), list[str]()
    for row in sellers_with_terms(application):
        run = draw_up_for(
            row, application, task.origin.today,
            lambda command: application.execute(command, task.origin._replace(command_id=new_id())), task.progress,
        )  # fmt: skip
        said.append(f"{row.seller}: {counted(run.issued, 'document')}, {counted(run.corrected, 'correction')}")
        if run.refused:
            first, count = run.refused[0], len(run.refused) + run.refused_beyond
            refused.append(f"{row.seller}: {counted(count, 'account')}, as {first.account} ({first.reason})")
    outcome = "; ".join(said) or "no seller issues tax documents on advances"
    if refused:
        raise RuleViolation(f"{outcome}; refused: {'; '.join(refused)}")
    return outcome


def dun_accounts(application: Application, task: Task) -> str:
    """Take the steps of dunning that are due today, and suspend and return services."""
    with application.dunning_run(task.origin.today) as run:
        return dunning_totals(run.run(task.origin, task.progress))


def charge_due_cards(application: Application, stripe: StripeSettings, task: Task) -> str:
    """Charge stored cards with what is due today, by the calendar of tries."""
    run = charge_cards(application, CardDesk(application, gateway_of(stripe)), task.origin, task.progress)
    refused = len(run.refused) + run.refused_beyond
    amounts = "".join(f", {amount} {currency}" for currency, amount in run.amounts.items())
    return f"{counted(run.asked, 'charge')} asked for{amounts}; {run.given_up:,} given up, {refused:,} refused"


def remove_unnamed_attachments(application: Application, task: Task) -> str:
    """Remove the files that nothing has named for a day."""
    return f"{counted(application.attachments.remove_unnamed(task.progress), 'file')} removed"


def forget_due(application: Application, task: Task) -> str:
    """Destroy the document keys of forgotten customers whose date has come."""
    customers = application.forgetting.destroy_due(task.origin.today)
    return counted(len(customers), "customer") + (f": {', '.join(customers)}" if customers else "")


def purge_usage(application: Application, months_kept: int, archive: Path | None, task: Task) -> str:
    """Remove the rows of usage of the months that are not kept any longer, archived before if there is a folder."""
    before = first_kept(task.origin.today, months_kept)
    found = UsagePurge(application, archive).purge(before, task.origin, task.progress)
    named = "".join(f"; {each.month}, {counted(each.rows, 'row')}" for each in found)
    return f"before {before}: {counted(len(found), 'month')} purged{named}"


def archive_reports(application: Application, folder: Path, task: Task) -> str:
    """Archive the months of reports that have ended, and again those whose rows have changed since."""
    before = f"{task.origin.today:%Y-%m}"
    found = ReportArchive(application, folder).archive(before, task.origin, task.progress)
    named = "".join(f"; {each.view} {each.month}" for each in found)
    return f"before {before}: {counted(len(found), 'file')} written{named}"


def seal_events(application: Application, key: Path, published: Path | None, task: Task) -> str:
    """Seal what was written since the last seal, and publish the seals."""
    from adapters.files.seal_files import PublishedSeals, load_signer

    sign = load_signer(key)
    with application.seals.only_sealer():
        file = PublishedSeals(published) if published else None
        if file:
            file.check(application.seals.lines())
        made = application.seals.seal(sign, rest=True, progress=task.progress)
        if file:
            file.publish(application.seals.lines())
    return f"{counted(len(made), 'seal')}, {counted(sum(seal.count for seal in made), 'event')}"


def compare_closed_months(application: Application, task: Task) -> str:
    """Compare the figures of every closed month with the books, and note what has changed."""
    found = compare_all(application, task.origin, task.progress)
    differing = [f"{month} of {seller}" for (seller, month), reports in found.items() if reports]
    said = f"; {', '.join(differing)} changed since" if differing else ""
    return f"{counted(len(found), 'month')} compared{said}"


def check_books(application: Application, task: Task) -> str:
    """Check every invariant of the whole store; the first offenders are named."""
    findings = application.check(task.progress)
    broken = [finding for finding in findings if finding.offenders]
    if broken:
        named = "; ".join(f"{finding.invariant} ({finding.offenders[0]})" for finding in broken)
        raise RuleViolation(f"{len(broken)} of {len(findings)} invariants do not hold: {named}")
    return f"all {len(findings)} invariants hold"
