"""A list of corrections, played or rehearsed."""

from __future__ import annotations

from uuid import UUID

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.corrections import read_corrections
from adapters.files.yaml_documents import YAML
from adapters.jobs.asking import limits_of_all, number_of_accounts
from billing_core.confirmation import require_usual_amount, require_usual_number
from commands.corrections.account import Corrected
from commands.corrections.run import CorrectionList, CorrectionReport, Refused, Totals

UNIT = "accounts and payments"


class PlayCorrections(Job, frozen=True, kw_only=True):
    """Correct wrong records from a YAML file; a dry run shows the credits and charges.

    Each account is corrected once, also if the file is sent again. A correction that a rule refuses is reported, and
    the others continue. A list that corrects many accounts, or credits, charges or moves much, is played only if it is
    `confirmed`.
    """

    confirmed: bool = False


class Played(msgspec.Struct):
    """What came of each account, and what was refused. All changes have the correlation id of the list."""

    correlation_id: UUID
    accounts: list[Corrected]
    totals: dict[str, Totals]
    refused: list[Refused]


def play_corrections(listed: CorrectionList, work: Work, *, confirmed: bool = False) -> CorrectionReport:
    """Play the list, or with a dry run decide all of it and write nothing; the read models show it when it ends."""
    run = work.app.correction_run()
    if work.is_dry_run or not confirmed:
        with work.watch("Rehearsal", UNIT, None) as advance:
            report = run.rehearse(listed, work.origin, advance)
        if work.is_dry_run:
            return report
        _require_usual(work, report)
    with work.watch("Corrections", UNIT, None) as advance:
        report = run.play(listed, work.origin, advance)
    work.app.runner.catch_up()
    return report


def _require_usual(work: Work, report: CorrectionReport) -> None:
    """Nothing of the outcome is beyond the limits: neither the number of accounts nor a sum."""
    limits = limits_of_all(work.app)
    require_usual_number(limits, len(report.accounts), number_of_accounts(work.app))
    for sums in report.totals().values():
        for field in ("credited", "charged", "moved"):
            require_usual_amount(limits, field, getattr(sums, field))


def _play(asked: PlayCorrections, work: Work) -> Played:
    assert work.file is not None
    listed = read_corrections(work.file)
    report = play_corrections(listed, work, confirmed=asked.confirmed)
    accounts = [report.accounts[number] for number in sorted(report.accounts)]
    return Played(listed.correlation_id, accounts, report.totals(), report.refused)


JOBS: Jobs = {PlayCorrections: Kind(_play, takes=YAML, rehearses=True)}
