"""Payments: take in a bank's file."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, File, Limit
from adapters.cli.reports import end_with_report
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import print_json


def import_payments(
    context: typer.Context,
    file: File,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="A bank profile: fio, fio-api, csob, or a YAML file. Without it: own form."),
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Import the payments of a bank's CSV file.

    A payment settles the invoice that it names, or the oldest invoices of the account that it names. The profile says
    what the bank's columns mean, and how it writes dates and amounts.

    Columns of the own form: source, reference, received_on, amount, currency, payment_reference, payer. A row that
    names neither an invoice nor an account is recorded as a remittance, which waits until somebody assigns it:
    `billing remittances` lists them. A known payment with another amount is rejected and reported. The same file again
    changes nothing.
    """
    from adapters.files.bank_profile import OWN
    from adapters.files.profile_files import load_bank_profile
    from adapters.jobs.payments import import_payments as do_import

    form = load_bank_profile(profile) if profile else OWN
    with opened(context) as app:
        report = do_import(form, work_of(app, origin_of(context), file))
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


COMMANDS = {"payments import": import_payments, "payments preview": preview_payments}
GROUPS = {"payments": Group("Payments: import a bank's file, or look at it first.")}
