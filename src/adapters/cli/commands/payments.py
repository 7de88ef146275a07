"""Payments: take in a bank's file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, File, Limit, parse_day
from adapters.cli.reports import end_with_report
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import print_json, tell
from billing_core.kernel.errors import AlreadyExists


def import_payments(
    context: typer.Context,
    file: File,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="A bank profile: fio, fio-api, csob, or a YAML file. Without it: own form."),
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it; write nothing.")] = False,
) -> None:
    """Import a bank's statements, or the payments of its CSV file.

    The format is known by the content: CAMT.053 or CAMT.054, MT940, ABO/GPC, OFX, the JSON of Fio, or CSV by a profile.
    A payment settles the invoice that it names, or the oldest invoices of the account that it names. A statement whose
    sums do not close waits whole: `billing payments statements` lists it. Fees, interest, own transfers and returns are
    booked as what they are, and counted as skipped.

    Columns of the own CSV form: source, reference, received_on, amount, currency, payment_reference, payer. A profile
    says what other columns mean, and how dates and amounts are written. Money that names neither an invoice nor an
    account is recorded as a remittance, which waits until somebody assigns it: `billing remittances` lists them. A
    known payment with another amount is rejected and reported. The same file again changes nothing.
    """
    from adapters.files.bank_profile import OWN
    from adapters.files.profile_files import load_bank_profile
    from adapters.jobs.payments import import_payments as do_import

    form = load_bank_profile(profile) if profile else OWN
    with opened(context) as app:
        report = do_import(form, work_of(app, origin_of(context), file, dry_run=dry_run), file.name)
    end_with_report(report, "payments", as_json, limit)


def preview_payments(
    file: File,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="A bank profile for a CSV file: fio, fio-api, csob, or a YAML file."),
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show what a bank's file says, without storing anything: statements, balances and movements.

    The format is known by the content: CAMT.053 or CAMT.054, MT940, ABO/GPC, OFX, the JSON of Fio, or CSV by a profile.
    A file is read whole, or refused with its line and the reason. Amounts above zero came in, those below zero went
    out. If the file says both balances, opening + movements must give closing; the difference is shown.
    """
    from adapters.banks.preview import previewed
    from adapters.banks.statements import read_statement_file
    from adapters.cli.previews import json_of, show_previews
    from adapters.files.profile_files import load_bank_profile

    statements = previewed(read_statement_file(file, load_bank_profile(profile) if profile else None))
    if as_json:
        print_json(json_of(statements))
    else:
        show_previews(statements, limit)


def fetch_payments(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the answer; it must not exist yet.")],
    token_file: Annotated[
        Path, typer.Option("--token-file", exists=True, dir_okay=False, help="A file with the token of the account.")
    ],
    from_on: Annotated[
        str, typer.Option("--from", metavar="DAY", help="The first day; without days: since the bookmark.")
    ] = "",
    to_on: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day; the first one if left out.")] = "",
    base_url: Annotated[
        str, typer.Option("--url", help="The address of the API, for example of a simulated bank.")
    ] = "",
) -> None:
    """Fetch movements from Fio banka into a file, which `payments preview` and `payments import` read.

    Without days the bank answers with what came after its bookmark, and moves it; the file keeps that answer. The bank
    allows one call in 30 seconds for a token.
    """
    from adapters.banks.fio_client import BASE_URL, FioClient

    if file.exists():
        raise AlreadyExists("already exists; name another file", field="FILE", value=file)
    with FioClient(token_file.read_text().strip(), base_url or BASE_URL) as client:
        first = parse_day(from_on) if from_on else None
        answer = client.period(first, parse_day(to_on) if to_on else first) if first else client.since_bookmark()
    file.write_bytes(answer)
    tell(f"written to {file}")


COMMANDS = {"payments import": import_payments, "payments fetch": fetch_payments, "payments preview": preview_payments}
GROUPS = {"payments": Group("Payments: import a bank's file, look at it first, or fetch one; statements and balances.")}
