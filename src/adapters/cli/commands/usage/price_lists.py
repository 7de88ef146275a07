"""Price lists: check a file, publish it, see versions and prices, compare versions; ported numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.options import AsJson, File, Limit, parse_day
from adapters.cli.reports import end_with_report
from adapters.cli.session import answer_to, opened, opened_to_read, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import counted

Code = Annotated[str, typer.Argument(metavar="CODE", show_default=False, help="The code of the list.")]
Terms = Annotated[
    Path | None,
    typer.Option("--terms", metavar="FILE", exists=True, dir_okay=False,
                 help="Its terms in YAML; by default those of the newest version."),
]  # fmt: skip
OfList = Annotated[str, typer.Option("--code", metavar="CODE", help="The code of a list that has versions.")]
FromDay = Annotated[str, typer.Option("--from", metavar="DATE", help="The first day; else that of the terms.")]
Jump = Annotated[str, typer.Option("--jump", metavar="PERCENT", help="Name prices that change by more than this.")]
VersionNumber = Annotated[
    int | None, typer.Option("--version", metavar="NUMBER", help="By default the one that holds today.")
]
OnDay = Annotated[str, typer.Option("--on", metavar="DATE", help="By default today.")]
USUAL = "20"


def list_price_lists(
    context: typer.Context,
    on: OnDay = "",
    after: Annotated[str, typer.Option("--after", metavar="CODE", help="Start after this code.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the price lists, each in the version that holds on a day."""
    from adapters.views.usage.price_lists import ListPriceLists

    page = answer_to(context, ListPriceLists(on=parse_day(on) if on else None, after=after, limit=limit))
    if as_json:
        print_json({"price_lists": page.items, "next": page.next})
        return
    if not page.items:
        tell("No price list is published yet; `billing usage price-list import FILE` publishes one.")
        return
    rows = table(("list", "left"), ("name", "left"), ("kind", "left"), ("version", "right"), ("holds", "left"),
                 ("rows", "right"), ("destinations", "right"))  # fmt: skip
    for row in page.items:
        kind = f"{row.kind}, {row.carrier}" if row.carrier else row.kind
        add(rows, row.code, row.name, kind, row.version, _days(row), f"{row.rows:,}", f"{row.destinations:,}")
    console().print(rows)
    say_more(int(page.next is not None), f"see them with --after {page.next}, or with --limit")


def check_price_list(
    context: typer.Context, file: File, terms: Terms = None, code: OfList = "", from_on: FromDay = "",
    jump: Jump = USUAL, as_json: AsJson = False, limit: Limit = 50,
) -> None:  # fmt: skip
    """Say what a file would bring, and publish nothing: wrong rows, jumps of price, gaps, what is new and gone."""
    _import(context, file, _job(terms, code, from_on, jump), as_json, limit, dry_run=True)


def import_price_list(
    context: typer.Context, file: File, terms: Terms = None, code: OfList = "", from_on: FromDay = "",
    jump: Jump = USUAL, as_json: AsJson = False, limit: Limit = 50,
) -> None:  # fmt: skip
    """Publish a price list of CSV or XLSX from a day on, unless a row of it is wrong.

    It takes over from the version before it; a list from the day of an earlier one takes its place. The same list again
    changes nothing.
    """
    _import(context, file, _job(terms, code, from_on, jump), as_json, limit, dry_run=False)


def show_price_list(
    context: typer.Context,
    code: Code,
    version: VersionNumber = None,
    prefix: Annotated[str, typer.Option("--prefix", metavar="DIGITS", help="Only prefixes that begin so.")] = "",
    destination: Annotated[str, typer.Option("--destination", metavar="TEXT", help="A part of its name.")] = "",
    after: Annotated[str, typer.Option("--after", metavar="PREFIX", help="Start after this prefix.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show the versions of a price list, and the rows of one of them."""
    from adapters.views.usage.price_lists import ListPrices, ShowPriceList

    card = answer_to(context, ShowPriceList(price_list=code, version=version))
    asked = ListPrices(price_list=code, version=card.version, prefix=prefix, destination=destination, after=after,
                       limit=limit)  # fmt: skip
    page = answer_to(context, asked)
    if as_json:
        print_json({"price_list": card, "prices": page.items, "next": page.next})
        return
    versions = table(("version", "right"), ("holds", "left"), ("rows", "right"), ("published", "left"))
    for row in card.versions:
        add(versions, row.version, _days(row), f"{row.rows:,}", f"{row.published_at:%Y-%m-%d} by {row.published_by}")
    console().print(versions)
    terms = card.terms
    tell(f"{code} version {card.version}: {terms['name']}, {terms['currency']} per {terms['unit']}")
    console().print(_prices(page.items))
    say_more(int(page.next is not None), f"see them with --after {page.next}, or with --limit")


def compare_price_lists(
    context: typer.Context,
    code: Code,
    before: Annotated[int, typer.Argument(metavar="BEFORE", show_default=False, help="The number of a version.")],
    after: Annotated[int, typer.Argument(metavar="AFTER", show_default=False, help="The number of another one.")],
    jump: Jump = USUAL,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show what changed from one version of a price list to another."""
    from adapters.views.usage.price_lists import ComparePriceLists

    asked = ComparePriceLists(price_list=code, before=before, after=after, jump=_percent(jump))
    found = answer_to(context, asked)
    if as_json:
        print_json(found)
    else:
        _show_comparison(found, before, limit)


def export_price_list(
    context: typer.Context,
    code: Code,
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, show_default=False,
                                         help="What is written: .csv or .xlsx.")],
    version: VersionNumber = None,
) -> None:  # fmt: skip
    """Write a price list into a CSV or XLSX file, which can be imported again."""
    from adapters.views.usage.price_lists import ExportPriceList, ExportPriceListSheet

    ask = ExportPriceListSheet if file.suffix.lower() == ".xlsx" else ExportPriceList
    file.write_bytes(answer_to(context, ask(price_list=code, version=version)).content)
    tell(f"{file} is written.")


def find_price(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", show_default=False, help="As in +49151234567.")],
    on: OnDay = "",
    code: Annotated[str, typer.Option("--list", metavar="CODE", help="By default all lists that hold.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what a number costs on a day: prefix, destination, prices by band, and the version of the list."""
    from adapters.views.usage.price_lists import FindPrice

    asked = FindPrice(number=number, on=parse_day(on) if on else None, price_list=code)
    found = answer_to(context, asked)
    if as_json:
        print_json({"prices": found})
        return
    if not found:
        tell("No price list holds on this day.")
        return
    rows = table(("list", "left"), ("version", "right"), ("prefix", "left"), ("destination", "left"),
                 ("prices", "left"), ("fee", "right"), ("steps", "left"))  # fmt: skip
    for each in found:
        version = f"{each.version} from {each.from_on}"
        if each.row is None:
            add(rows, each.price_list, version, "", "no price", "", "", "")
            continue
        row = each.row
        prefix = f"{row.prefix} (ported to {each.ported_to})" if each.ported_to else row.prefix or "every other"
        per = f" {each.currency} per {each.unit}"
        add(rows, each.price_list, version, prefix, row.destination, _by_band(row) + per, f"{row.connection:f}",
            f"{row.first}/{row.next}")  # fmt: skip
    console().print(rows)


def import_ported(
    context: typer.Context,
    file: File,
    country: Annotated[str, typer.Option("--country", metavar="CODE", help="Of ISO 3166, as CZ.", show_default=False)],
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Publish the table of the ported numbers of a country, in place of the one before.

    Columns: number, prefix of the operator, first day.
    """
    from adapters.jobs.usage.price_lists import ImportPortedNumbers, import_ported_numbers

    with opened(context) as app:
        work = work_of(app, origin_of(context), file)
        report = import_ported_numbers(ImportPortedNumbers(country=country), work)
    end_with_report(report, "ported numbers", as_json, limit)


# --- what they share


def _percent(text: str) -> Any:
    from billing_core.kernel.errors import BillingError
    from billing_core.kernel.money import parse_price

    try:
        return parse_price(text, "jump")
    except BillingError as error:
        raise typer.BadParameter(str(error)) from None


def _job(terms: Path | None, code: str, from_on: str, jump: str) -> Any:
    from adapters.files.yaml_documents import read_text
    from adapters.jobs.usage.price_lists import ImportPriceList

    if terms is None and not code:
        raise typer.BadParameter("name a file with --terms, or a list that has versions with --code")
    text = read_text(terms, terms) if terms else ""
    valid_from_on = parse_day(from_on) if from_on else None
    return ImportPriceList(terms=text, code=code, valid_from_on=valid_from_on, jump=_percent(jump))


def _import(context: typer.Context, file: Path, job: Any, as_json: bool, limit: int, *, dry_run: bool) -> None:
    from adapters.jobs.usage.price_lists import import_price_list as do_import

    with opened_to_read(context) as app:
        report = do_import(job, work_of(app, origin_of(context), file, dry_run=dry_run))
    if as_json:
        print_json(report)
    else:
        _show(report, limit, dry_run=dry_run)
    if report.rejected:
        raise typer.Exit(REFUSED)


def _show(report: Any, limit: int, *, dry_run: bool) -> None:
    if report.unread:
        tell(f"Columns that are not read: {', '.join(report.unread)}.")
    if report.rejected:
        rejections = len(report.rejected) + report.rejected_beyond
        tell(f"The list is not published, for it has {counted(rejections, 'wrong row')}:")
        rows = table(("line", "right"), ("column", "left"), ("value", "left"), ("why it is wrong", "left"))
        for each in report.rejected[:limit]:
            add(rows, each.line, each.field, each.value, each.reason)
        console().print(rows)
        say_more(rejections - min(limit, len(report.rejected)), "use --limit to see them")
        return
    _show_comparison(report.comparison, report.compared_with, limit)
    listed, destinations = counted(report.rows, "row"), counted(report.destinations, "destination")
    size = f"{listed} for {destinations} from {report.from_on}"
    if dry_run:
        tell(f"{report.code}: {size} can be published.")
    elif report.is_new:
        tell(f"{report.code} version {report.version} is published: {size}.")
    else:
        tell(f"This is version {report.version} of {report.code} already.")


def _show_comparison(said: Any, before: int | None, limit: int) -> None:
    if before is not None:
        tell(f"Compared with version {before}: {said.same:,} prices the same, {said.dearer:,} dearer, {said.cheaper:,} "
             f"cheaper; {said.new:,} prefixes new, {said.gone:,} gone.")  # fmt: skip
    if not said.findings:
        return
    rows = table(("finding", "left"), ("prefix", "left"), ("destination", "left"), ("what it is", "left"))
    for each in said.findings[:limit]:
        add(rows, each.kind, each.prefix, each.destination, each.detail)
    console().print(rows)
    say_more(sum(said.counts.values()) - min(limit, len(said.findings)), "use --limit to see them")


def _days(row: Any) -> str:
    if row.withdrawn_because:
        return f"withdrawn: {row.withdrawn_because}"
    if not row.holds:
        return f"replaced from {row.from_on}"
    return f"{row.from_on} up to {row.to_on}, exclusive" if row.to_on else f"from {row.from_on}"


def _prices(found: Any) -> Any:
    rows = table(("prefix", "left"), ("destination", "left"), ("group", "left"), ("prices", "left"), ("fee", "right"),
                 ("minimum", "right"), ("maximum", "right"), ("steps", "left"))  # fmt: skip
    for row in found:
        prefix = f"{row.prefix} (special)" if row.is_special else row.prefix or "every other"
        maximum = "" if row.maximum is None else f"{row.maximum:f}"
        add(rows, prefix, row.destination, row.group, _by_band(row), f"{row.connection:f}", f"{row.minimum:f}", maximum,
            f"{row.first}/{row.next}")  # fmt: skip
    return rows


def _by_band(row: Any) -> str:
    """`peak 0.05, off-peak 0.02`; of one band the price alone."""
    texts = {band: "none" if price is None else f"{price:f}" for band, price in row.prices.items()}
    return (
        next(iter(texts.values())) if len(texts) == 1 else ", ".join(f"{band} {text}" for band, text in texts.items())
    )


COMMANDS = {
    "usage price-lists": list_price_lists,
    "usage price-list check": check_price_list,
    "usage price-list import": import_price_list,
    "usage price-list show": show_price_list,
    "usage price-list compare": compare_price_lists,
    "usage price-list export": export_price_list,
    "usage price": find_price,
    "usage import-ported": import_ported,
}
