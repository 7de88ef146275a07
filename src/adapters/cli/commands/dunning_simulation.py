"""Another dunning policy on the live base: its effect before it is published."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from adapters.cli.options import AsJson, File, Limit
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell, tell_wrapped
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from adapters.jobs.policy_simulation import PolicySimulated
    from commands.policy_simulation.effect import AccountForeseen, DayTotals, Foreseen, PolicyEffect

# The words for what is counted, and the decimals that are shown of a number of accounts.
COUNTED = {
    "warned": "warned", "charged": "charged a fee", "suspended": "suspended", "returned": "returned",
    "terminated": "terminated", "handed_over": "handed to collection", "written_off": "written off",
}  # fmt: skip
Payments = Literal["history", "nobody", "share"]


def simulate_policy(
    context: typer.Context,
    file: File,
    days: Annotated[int, typer.Option("--days", min=1, help="For so many days from today on.")] = 60,
    instead_of: Annotated[
        str,
        typer.Option("--instead-of", metavar="CODE", help="For accounts of this policy; of its own code by default."),
    ] = "",
    without_policy: Annotated[bool, typer.Option("--without-policy", help="For accounts that have no policy.")] = False,
    payments: Annotated[
        Payments, typer.Option("--payments", help="As in the last year (history), nobody pays, or a share of them.")
    ] = "history",
    percent: Annotated[
        int, typer.Option("--percent", min=0, max=100, help="With --payments share: so many percent pay.")
    ] = 0,
    within_days: Annotated[
        int, typer.Option("--within-days", min=1, help="With --payments share: so many days after each step.")
    ] = 7,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a row for each account that owes.")
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show what a dunning policy would do to the present debtors before it is published; nothing is written.

    Shows day by day how many are warned, charged a fee, suspended, return and end, and how much comes in, under the
    policy of the file and under the one in force; and the accounts to which another thing happens.
    """
    from decimal import Decimal

    from adapters.files.policy_effect_csv import AccountsForeseenFile
    from adapters.jobs.policy_simulation import SimulateDunningPolicy
    from adapters.jobs.policy_simulation import simulate_policy as do_simulate

    asked = SimulateDunningPolicy(
        days=days,
        instead_of=instead_of,
        without_policy=without_policy,
        payments=payments,
        percent=Decimal(percent),
        within_days=within_days,
    )
    with opened(context) as app, ExitStack() as closing:
        work = work_of(app, origin_of(context), file)
        if csv is None:
            simulated = do_simulate(asked, work)
        else:
            rows = AccountsForeseenFile(closing.enter_context(csv.open("w", encoding="utf-8", newline="")))
            simulated = do_simulate(asked, work, rows.write)
    if as_json:
        print_json(simulated)
    else:
        _tell_effect(simulated, limit)


def _tell_effect(simulated: PolicySimulated, limit: int) -> None:
    effect = simulated.effect
    days = counted(effect.days, "day")
    tell(f"Policy {effect.policy} on the debtors of {effect.on}, for {days}; nothing was written", "bold")
    whose = f"of policy {effect.instead_of}" if effect.instead_of else "without a policy"
    tell_wrapped(f"{counted(effect.accounts, 'account')} {whose}, {effect.owing} with open invoices of "
                 f"{effect.debt:f} {effect.currency} in all.", 2)  # fmt: skip
    _tell_totals(effect)
    _tell_days(effect)
    _tell_accounts(simulated.accounts, limit, simulated.more)
    tell_wrapped("Numbers of accounts are expected ones: those who have paid by then are left out. The days of an "
                 "account are those on which something happens if it pays nothing.")  # fmt: skip


def _tell_totals(effect: PolicyEffect) -> None:
    rows = table(("  in all", "left"), ("in force", "right"), ("simulated", "right"), ("difference", "right"))
    for name, words in COUNTED.items():
        before, after = getattr(effect.now, name), getattr(effect.then, name)
        if before or after:
            add(rows, words, _number(before), _number(after), _number(after - before), indent=2)
    for name, words in (("fees", "fees"), ("comes_in", "comes in")):
        before, after = getattr(effect.now, name), getattr(effect.then, name)
        add(rows, f"{words}, {effect.currency}", f"{before:f}", f"{after:f}", f"{after - before:f}", indent=2)
    console().print(rows)
    compared = (
        (effect.suspended_earlier, "earlier"), (effect.suspended_later, "later"),
        (effect.suspended_only_then, "only under the simulated policy"),
        (effect.suspended_only_now, "only under the one in force"),
    )  # fmt: skip
    told = [f"{number} {words}" for number, words in compared if number]
    if told:
        tell_wrapped(f"If nothing is paid, accounts are suspended: {', '.join(told)}.", 2)


def _tell_days(effect: PolicyEffect) -> None:
    """The days on which anything happens, under the simulated policy."""
    rows = table(
        ("  day", "left"), ("warned", "right"), ("suspended", "right"), ("returned", "right"), ("terminated", "right"),
        ("fees", "right"), ("comes in", "right"), ("comes in now", "right"),
    )  # fmt: skip
    for each in effect.by_day:
        if each.then != type(each.then)() or each.now.comes_in:
            add(rows, each.on, *_day(each.then), f"{each.now.comes_in:f}", indent=2)
    console().print(rows)


def _day(totals: DayTotals) -> tuple[str, ...]:
    numbers = (totals.warned, totals.suspended, totals.returned, totals.terminated)
    return (*map(_number, numbers), f"{totals.fees:f}", f"{totals.comes_in:f}")


def _tell_accounts(accounts: Sequence[AccountForeseen], limit: int, more: int) -> None:
    if not accounts:
        return
    tell("\nTo whom another thing happens", "bold")
    rows = table(("  account", "left"), ("debt", "right"), ("in force", "left"), ("simulated", "left"))
    for each in accounts[:limit]:
        add(rows, each.account, each.debt, _fate(each.now), _fate(each.then), indent=2)
    console().print(rows)
    say_more(max(len(accounts) - limit, 0) + more, "use --csv to have all of them")


def _fate(foreseen: Foreseen) -> str:
    days = (
        (foreseen.warned_on, "warned"), (foreseen.suspended_on, "suspended"), (foreseen.returned_on, "returns"),
        (foreseen.terminated_on, "ends"), (foreseen.handed_over_on, "to collection"),
        (foreseen.written_off_on, "written off"),
    )  # fmt: skip
    return ", ".join(f"{words} {on}" for on, words in days if on is not None) or "nothing"


def _number(accounts: Decimal) -> str:
    """A number of accounts, with decimals only if it has any."""
    return f"{accounts.normalize():f}"


COMMANDS = {"dunning simulate-policy": simulate_policy}
