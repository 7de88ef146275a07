"""Custom fields: list their definitions."""

from __future__ import annotations

import typer

from adapters.cli.options import AsJson, AsOfName
from adapters.cli.session import opened_to_read
from adapters.cli.show import print_json, tell, tell_wrapped


def list_fields(
    context: typer.Context,
    asof: AsOfName = None,
    as_json: AsJson = False,
) -> None:
    """List the custom fields of customers, services and tickets, in the order of forms.

    `billing do publish-custom-fields` publishes those of one subject. `billing do change-customer`, `billing do
    set-service-fields` and `billing do set-ticket-fields` set values.
    """
    from typing import get_args

    from adapters.texts.custom_fields import definition_text
    from billing_core.custom_fields import FieldSubject
    from projections.custom_fields import field_set

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = [field_set(cursor, subject) for subject in get_args(FieldSubject)]
    if as_json:
        print_json({"custom_fields": found})
        return
    for known in found:
        if not known.version:
            tell(f"No custom fields of a {known.subject} are published yet.")
            continue
        tell(f"Custom fields of a {known.subject}, version {known.version} since {known.since_on}", "bold")
        for field in known.fields:
            tell_wrapped(f"{field.code}  {definition_text(field)}", 2, 4)


COMMANDS = {"fields": list_fields}
