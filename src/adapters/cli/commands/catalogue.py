"""The catalogue: export it, import it, and show the tree of products with their tariffs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.groups import Group
from adapters.cli.options import AsJson, File, Limit
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell

if TYPE_CHECKING:
    from datetime import date

    from billing_core.catalogue.products import Product
    from billing_core.catalogue.tariffs import Catalogue, Tariff
    from commands.catalogue_import import EntryReport


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, writable=True)],
) -> None:
    """Write all products and tariffs, with their revisions and translations, into a YAML file."""
    from adapters.files.catalogue import write_catalogue

    with opened(context) as app:
        models = app.models()
        products, tariffs, texts = models.products(), models.tariffs(), models.tariff_texts()
    file.write_text(write_catalogue(products, tariffs, texts), encoding="utf-8")
    tell(f"{len(products)} products and {len(tariffs)} tariffs were written to {file}")


def bring_in(
    context: typer.Context,
    file: File,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the result for each entry, and write nothing.")
    ] = False,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Publish new products and tariffs from a YAML file, and add new revisions of tariffs from their dates on.
    Translations of tariffs are brought in too.

    An entry that would change the past is refused, and the other entries are imported. The same file again changes
    nothing.
    """
    from adapters.jobs.catalogue import ImportCatalogue, import_catalogue

    with opened(context) as app:
        reports = import_catalogue(ImportCatalogue(), work_of(app, origin_of(context), file, dry_run=dry_run))
    if as_json:
        print_json({"dry_run": dry_run, "entries": reports})
    else:
        _tell_reports(reports, dry_run, limit)
    if any(report.outcome == "refused" for report in reports):
        raise typer.Exit(REFUSED)


def _tell_reports(reports: Sequence[EntryReport], dry_run: bool, limit: int) -> None:
    """How many entries had which result, and the first of them: those that were refused before all others."""
    counted = Counter(report.outcome for report in reports)
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in counted.items()) or "nothing"
    tell(f"{'Would be imported; nothing was written' if dry_run else 'Imported'}: {counts}", "bold")
    shown = sorted(reports, key=lambda report: report.outcome != "refused")[:limit]
    rows = table(("  entry", "left"), ("kind", "left"), ("code", "left"), ("", "left"), ("", "left"))
    for report in shown:
        add(rows, report.place, report.kind, report.code, report.outcome, report.detail, indent=2)
    console().print(rows)
    say_more(len(reports) - len(shown), "use --limit to see them")


def show(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="Only this product or tariff.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the tree of products with their tariffs, or one product or tariff of it."""
    from billing_core.kernel.errors import NotFound

    today = origin_of(context).today
    with opened(context) as app:
        models = app.models()
        products, tariffs = models.products(), models.tariffs()
    if code is not None and code not in products and code not in tariffs:
        raise NotFound("neither a product nor a tariff has this code", field="code", value=code)
    if as_json:
        print_json(_as_json(products, tariffs, code))
    elif code is not None and code in tariffs:
        _tell_tariff(tariffs[code])
    else:
        _tell_tree(products, tariffs, code, today)


def _as_json(products: Mapping[str, Product], tariffs: Catalogue, code: str | None) -> dict[str, Any]:
    from adapters.edge.models import written

    shown = [product for product, _ in _tree(products, code)]
    codes = {product.code for product in shown}
    listed = [
        tariff
        for _, tariff in sorted(tariffs.items())
        if code is None or tariff.product in codes or tariff.code == code
    ]
    return {
        "products": shown,
        "tariffs": [{**written(tariff), "closed_from": tariff.closed_from} for tariff in listed],
    }


def _tree(products: Mapping[str, Product], code: str | None) -> list[tuple[Product, int]]:
    """The whole tree, or a product and everything below it; nothing if the code is not that of a product."""
    from adapters.files.catalogue import in_tree_order

    if code is None:
        return list(in_tree_order(products))
    return [(products[code], 0), *in_tree_order(products, code, 1)] if code in products else []


def _tell_tree(products: Mapping[str, Product], tariffs: Catalogue, code: str | None, today: date) -> None:
    if not products and not tariffs:
        tell("The catalogue is empty. Publish a tariff or import a file.")
    by_product: dict[str, list[Tariff]] = {}
    for _, tariff in sorted(tariffs.items()):
        by_product.setdefault(tariff.product, []).append(tariff)
    for product, level in _tree(products, code):
        tell(f"{'  ' * level}{product.code}: {product.name}", "bold")
        for tariff in by_product.get(product.code, []):
            _tell_in_tree(tariff, level + 1, today)
    if code is None and "" in by_product:
        tell("of no product", "bold")
        for tariff in by_product[""]:
            _tell_in_tree(tariff, 1, today)


def _tell_in_tree(tariff: Tariff, level: int, today: date) -> None:
    """The components of today and of each later revision."""
    from adapters.texts.components import component_text
    from billing_core.catalogue.tariffs import components_over

    indent = "  " * level
    included = ", prices with VAT" if tariff.prices_include_vat else ""
    before = [revision.valid_from for revision in tariff.revisions if revision.valid_from <= today]
    revised = f", revised from {before[-1]}" if before else ""
    closed = f", closed for new sale from {tariff.closed_from}" if tariff.closed_from else ""
    tell(f"{indent}tariff {tariff.code}: {tariff.name}{included}{revised}{closed}")
    for from_on, _, components in components_over(tariff, today, None):
        if from_on > today:
            tell(f"{indent}  revised from {from_on}")
        for component in components:
            tell(f"{indent}  {'  ' if from_on > today else ''}{component_text(component, tariff.currency)}")
    asked = ", ".join(each.code for each in tariff.parameters if each.value is None)
    if asked:
        tell(f"{indent}  asks for {asked}")


def _tell_tariff(tariff: Tariff) -> None:
    """A complete tariff in the words of a file."""
    import yaml

    from adapters.edge.models import written

    tell(yaml.safe_dump(written(tariff), sort_keys=False, allow_unicode=True, width=120).rstrip())


COMMANDS = {"catalogue export": export, "catalogue import": bring_in, "catalogue show": show}
GROUPS = {"catalogue": Group("Export, import or show products and tariffs.")}
