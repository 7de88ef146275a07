"""Usage: take in a file by a profile, try a profile on a file, and see the profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.options import AsJson, File, Limit
from adapters.cli.reports import end_with_report
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from adapters.files.usage_sources.preview import UsagePreview

OWN_FORM = "accounts"
PROFILE_HELP = "A profile of `billing usage profiles`, or a YAML file of yours."
ProfileOption = Annotated[str, typer.Option("--profile", metavar="NAME", help=PROFILE_HELP)]
SourceOption = Annotated[str, typer.Option("--source", metavar="NAME", help="The source of the records.")]
BatchOption = Annotated[
    str, typer.Option("--batch", metavar="NAME", help="The source's name of the batch; the file's name by default.")
]


def import_usage(
    context: typer.Context,
    file: File,
    profile: ProfileOption = OWN_FORM,
    source: SourceOption = "file",
    batch: BatchOption = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Import the usage records of a file as one batch.

    The profile says in which form the records come and how they become rows of usage; try it with `billing usage
    preview`. A record that cannot be taken is rejected and reported; the others are taken. The same batch again changes
    nothing. A record with a key that the source has sent before is not taken again.

    Without a profile the columns are: account, subscription, component, on, quantity, reference; the profile of this
    form is `accounts`.
    """
    from adapters.files.profile_files import load_usage_profile
    from adapters.jobs.usage.records import take_in
    from commands.usage.ports import BatchId

    form = load_usage_profile(profile)
    with opened(context) as app:
        report = take_in(BatchId(source, batch or file.name), form, work_of(app, origin_of(context), file))
    end_with_report(report, "usage records", as_json, limit)


def preview_usage(
    file: File,
    profile: Annotated[str, typer.Option("--profile", metavar="NAME", help=PROFILE_HELP)],
    as_json: AsJson = False,
    limit: Limit = 10,
) -> None:
    """Show what a profile takes of a file of usage; nothing is stored.

    The first rows are shown as they would be taken, with their instants in UTC, and the first ones that are refused
    with their reasons. Whether a key is known already, and whose a subscriber is, is found out by the import.
    """
    from datetime import UTC, datetime

    from adapters.files.profile_files import load_usage_profile
    from adapters.files.usage_sources.preview import preview
    from adapters.files.usage_sources.rows import Reading

    found = preview(file, Reading(load_usage_profile(profile), file.name, datetime.now(UTC)), limit)
    if as_json:
        print_json(found)
        return
    _tell_counts(found)
    _show_rows(found)
    _show_refusals(found)


def _tell_counts(found: UsagePreview) -> None:
    tell(f"{found.taken:,} records would be taken, {found.refused:,} refused, {found.passed_over:,} passed over")
    if found.first_at and found.last_at:
        of_whom = counted(found.subscribers, "subscriber")
        tell(f"of {of_whom}, from {_instant(found.first_at)} to {_instant(found.last_at)} UTC")
    if found.components:
        sums = table(("component", "left"), ("kind", "left"), ("records", "right"), ("seconds", "right"),
                     ("units", "right"), ("bytes in", "right"), ("bytes out", "right"))  # fmt: skip
        for each in found.components:
            add(sums, each.component, each.kind, each.records, each.seconds, each.quantity, each.bytes_in,
                each.bytes_out)  # fmt: skip
        tell()
        console().print(sums)


def _show_rows(found: UsagePreview) -> None:
    """The first rows, without the columns that are empty in all of them."""
    if not found.rows:
        return
    names = [name for name in found.rows[0] if any(row[name] not in ("", 0) for row in found.rows)]
    numbers = ("line", "seconds", "quantity", "bytes_in", "bytes_out")
    rows = table(*((name, "right" if name in numbers else "left") for name in names))
    for row in found.rows:
        add(rows, *(_cell(name, row[name]) for name in names))
    tell()
    console().print(rows)
    say_more(found.taken - len(found.rows), "use --limit to see them")


def _show_refusals(found: UsagePreview) -> None:
    if not found.refusals:
        return
    rows = table(("line", "right"), ("field", "left"), ("value", "left"), ("why it is refused", "left"))
    for row in found.refusals:
        add(rows, row.line, row.field, row.value, row.reason)
    tell()
    console().print(rows)
    say_more(found.refused - len(found.refusals), "use --limit to see them")


def _cell(name: str, value: Any) -> Any:
    match name:
        case "started_at":
            return _instant(value)
        case "quantity":
            return f"{value / 1_000_000:,.6f}".rstrip("0").rstrip(".")
        case _:
            return value


def _instant(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def list_profiles(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The profile to show.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the usage profiles that come with the program, or show one to copy and change.

    `billing usage profiles asterisk > own.yaml` makes a copy; every command takes its path in place of the name.
    """
    from adapters.files.profile_files import load_usage_profile, shipped_profiles, shipped_text
    from adapters.files.usage_profile import UsageProfile

    if name:
        text = shipped_text(UsageProfile, name)
        print_json({"name": name, "text": text}) if as_json else tell(text.rstrip("\n"))
        return
    profiles = [load_usage_profile(each) for each in shipped_profiles(UsageProfile)]
    if as_json:
        print_json([{"name": each.name, "form": each.form, "about": each.about} for each in profiles])
        return
    rows = table(("profile", "left"), ("form", "left"), ("what it reads", "left"))
    for each in profiles:
        add(rows, each.name, each.form, each.about)
    console().print(rows)


COMMANDS = {"import usage": import_usage, "usage preview": preview_usage, "usage profiles": list_profiles}
