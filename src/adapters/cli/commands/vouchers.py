"""Vouchers: the batches, and a new batch with its codes."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from adapters.cli.commands.work.asking import ask
from adapters.cli.groups import Group
from adapters.cli.options import AsJson, AsOfName
from adapters.cli.session import opened, origin_of
from adapters.cli.show import add, console, print_json, table, tell
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.views.query import Page
    from projections.vouchers import VoucherBatchRow

PURPOSE = """List batches of vouchers, with what was redeemed of them and what still may be.

`billing do open-voucher-series` opens a series of one amount, `billing vouchers issue` issues a batch and writes its
codes, `billing do redeem-voucher` takes a code as a payment of an account.
"""


def list_batches(context: typer.Context, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """List batches of vouchers."""
    from adapters.views.vouchers import ListVoucherBatches

    if context.invoked_subcommand is not None:
        return
    found: Page[VoucherBatchRow] = ask(context, ListVoucherBatches, {"limit": 1_000}, asof)
    if as_json:
        print_json({"batches": found.items, "more": found.next is not None})
        return
    if not found.items:
        tell("No series of vouchers is open.")
        return
    rows = table(("series", "left"), ("batch", "right"), ("dealer", "left"), ("voucher", "right"), ("issued", "right"),
                 ("redeemed", "right"), ("may still be redeemed", "right"), ("state", "left"))  # fmt: skip
    for row in found.items:
        until = "" if row.valid_until is None else f"valid until {row.valid_until}"
        state = f"blocked: {row.blocked}" if row.blocked else until
        add(rows, row.series, row.batch or "", row.dealer, row.amount, row.issued, row.redeemed, row.unused, state)
    console().print(rows)


def issue_vouchers(
    context: typer.Context,
    series: Annotated[str, typer.Argument(metavar="SERIES")],
    count: Annotated[int, typer.Argument(metavar="COUNT", min=1, max=10_000)],
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, writable=True)],
    dealer: Annotated[str, typer.Option("--dealer", help="The dealer who sells them; without it the house.")] = "",
) -> None:
    """Issue a batch of vouchers, and write their codes to a new CSV file.

    The file is the only place that has the codes: the program keeps their hashes. A file that is lost or seen by
    others is made worthless by `billing do block-voucher-batch`.
    """
    from billing_core.kernel.errors import BillingError
    from billing_core.vouchers.codes import RANDOM_BYTES, code_of, hash_of, read_code
    from commands.vouchers import IssueVouchers

    codes = [code_of(secrets.token_bytes(RANDOM_BYTES)) for _ in range(count)]
    hashes = tuple(hash_of(read_code(code)) for code in codes)
    command = IssueVouchers(series=series, count=count, hashes=hashes, dealer=dealer)
    with opened(context) as app, file.open("xb") as written:
        origin = origin_of(context)
        try:
            # The codes are on the disk before anything is issued: a batch without its codes could not be sold.
            _write(written, app.bus.rehearse(command, origin).result["first"], codes)
            answer = app.execute(command, origin)
        except BillingError:
            file.unlink()
            raise
        _write(written, answer.result["first"], codes)  # Somebody else may have issued a batch meanwhile.
    tell(f"Batch {answer.result['batch']} of {counted(count, 'voucher')}, {answer.result['first']} to "
         f"{answer.result['last']}, is issued; the codes are in {file}.")  # fmt: skip


def _write(file: BinaryIO, first: str, codes: Sequence[str]) -> None:
    """Each code with the name of its voucher, numbered on from the first one, from the beginning of the file."""
    from adapters.files.tables_csv import csv_bytes
    from billing_core.vouchers.events import voucher_name

    series, _, number = first.rpartition("-")
    file.seek(0)
    file.write(csv_bytes(("voucher", "code"), [
        (voucher_name(series, int(number) + place), code) for place, code in enumerate(codes)
    ]))  # fmt: skip
    file.flush()


COMMANDS = {"vouchers issue": issue_vouchers}
GROUPS = {"vouchers": Group(PURPOSE, listing=list_batches)}
