"""Announced price changes: their effect on the present customers, and their scheduling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AsJson, File, Limit, Yes
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say, say_more, table, tell, tell_wrapped
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commands.price_changes.effect import KeptPrice, PriceChangeEffect
    from commands.price_changes.run import Scheduled


def change_prices(
    context: typer.Context,
    file: File,
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Publish the new prices; without it nothing is written.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show the effect of announced price changes on the present customers; with --schedule, publish them.

    Shows which services follow the price list, which keep an agreed price and until when, and how much more the fees of
    the twelve months from the day of the change are under the new list. If days beyond the date were charged already,
    the next billing run posts the difference. A change that begins far ahead, concerns many accounts or gains much is
    published only with --yes, after its effect was shown. The rest of the tariff is unchanged; with `components` in
    place of `prices` all components are replaced, as in a catalogue.

    \b
    price_changes:
      - {tariff: net, from: 2027-01-01, prices: {monthly: "21.90"}}
    """
    from adapters.jobs.price_changes import ChangePrices
    from adapters.jobs.price_changes import change_prices as do_change
    from billing_core.confirmation import ConfirmationNeeded
    from commands.price_changes.run import Scheduled

    asked = ChangePrices(confirmed=yes)
    with opened(context) as app:
        work = work_of(app, origin_of(context), file, dry_run=not schedule)
        try:
            changed, unusual = do_change(asked, work), None
        except ConfirmationNeeded as error:
            changed, unusual = do_change(asked, work._replace(is_dry_run=True)), error
    if as_json:
        print_json({"scheduled" if isinstance(changed, Scheduled) else "effect": changed})
    elif isinstance(changed, Scheduled):
        _tell_scheduled(changed)
    else:
        _tell_effect(changed, limit)
    if unusual:
        raise unusual


def _tell_effect(effect: PriceChangeEffect, limit: int) -> None:
    tell(f"Would change, for the customers of {effect.on}; nothing was written", "bold")
    for each in effect.tariffs:
        tell_wrapped(f"{each.tariff} from {each.valid_from}: {'; '.join(each.changes)}", 2, 4)
    rows = table(
        ("  tariff", "left"), ("accounts", "right"), ("services", "right"), ("keep a price", "right"),
        ("a month", "right"), ("a year", "right"),
    )  # fmt: skip
    for each in effect.tariffs:
        add(rows, each.tariff, each.accounts, each.subscriptions, each.keeping, each.month, each.year,
            indent=2)  # fmt: skip
    for currency, sums in sorted(effect.currencies.items()):
        add(rows, f"total in {currency}", sums.accounts, sums.subscriptions, "", sums.month, sums.year,
            indent=2, style="bold")  # fmt: skip
    console().print(rows)
    if effect.charged_beyond:
        tell(
            f"Charged beyond the date already: {counted(effect.charged_beyond, 'account')}; "
            "the next run posts the difference"
        )
    if any(each.has_usage for each in effect.tariffs):
        tell("Prices of usage are not included: they depend on future usage")
    _tell_kept(effect.kept, limit)
    say("A year is the twelve months from the day of the change, with phases and\n"
        "discounts as they then apply, and a month a twelfth of it. Amounts are without\n"
        "VAT. Publish the new prices with --schedule.")  # fmt: skip


def _tell_kept(kept: Sequence[KeptPrice], limit: int) -> None:
    if not kept:
        return
    tell("\nKeep an agreed price", "bold")
    rows = table(
        ("  account", "left"), ("service", "left"), ("tariff", "left"), ("component", "left"), ("price", "right"),
        ("until", "left"),
    )  # fmt: skip
    for each in kept[:limit]:
        add(rows, each.account, each.subscription, each.tariff, each.component, f"{each.price:f}",
            each.until or "always", indent=2)  # fmt: skip
    console().print(rows)
    say_more(len(kept) - limit, "use --limit to see them")


def _tell_scheduled(scheduled: Scheduled) -> None:
    if scheduled.is_repetition:
        tell("These price changes are already scheduled; nothing changed.")
        return
    tell(f"Scheduled: {', '.join(scheduled.tariffs)}", "bold")
    if scheduled.accounts:
        tell(
            f"  charged beyond the date: {counted(scheduled.accounts, 'account')} "
            f"({counted(scheduled.subscriptions, 'service')});"
        )
        tell("  the next billing run posts the difference.")


COMMANDS = {"price-change": change_prices}
