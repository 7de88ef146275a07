"""Brings a database up to this program: its schema, its event types, and its read models."""

from __future__ import annotations

from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.automation import automation_of
from adapters.postgres.datastore import connected
from adapters.postgres.migrations import migrate
from adapters.postgres.topics import note_topics
from billing_core.kernel.events import known_topics
from projections.platform.rebuild import changed


class Initialised(NamedTuple):
    """The changes to a database: migrations, and new event types.

    `outdated` are the read models that must be built again before they can be asked.
    """

    applied: list[str]
    event_types: list[str]
    outdated: list[str]


def initialise(database_url: str) -> Initialised:
    """Bring the database up to date with this program: store, event types, empty read models in an empty database,
    and the views of reports.
    """
    with connected(database_url) as connection:
        applied, event_types = migrate(connection), note_topics(connection, known_topics())
    application = Application(database_url)
    try:
        application.runner.create_tables()
        automation_of(application).register()
        outdated = changed(application.tables, application.projections)
        application.make_views()
    finally:
        application.close()
    return Initialised(applied, event_types, [projection.name for projection in outdated])
