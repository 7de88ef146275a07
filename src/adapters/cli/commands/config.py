"""The settings, and where each of them comes from."""

from __future__ import annotations

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.session import settings_of
from adapters.cli.show import add, console, print_json, table


def show_settings(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every setting with its value and where it comes from.

    A variable of the environment comes before the TOML file that BILLING_CONFIG names, and that before the default.
    Secrets are hidden.
    """
    from adapters.bootstrap.settings import shown_settings

    options = {} if context.obj.data is None else {"data": context.obj.data, "database_url": None}
    found = shown_settings(settings_of(context), options)
    if as_json:
        print_json({"settings": [setting._asdict() for setting in found]})
        return
    rows = table(("setting", "left"), ("value", "left"), ("from", "left"), ("", "left"))
    for setting in found:
        add(rows, setting.name, setting.value, setting.source, setting.description)
    console().print(rows)


COMMANDS = {"config show": show_settings}
GROUPS = {"config": Group("Show the settings.")}
