"""The schema `report` of the database: the views as tools for SQL read them, each with its comments.

They are made anew whenever the program is brought up to date and after every rebuild, for a read model that is built
again is another table. So the schema is the program's own: views that somebody else makes on these go with them. A role
that may read it keeps that right (`ALTER DEFAULT PRIVILEGES IN SCHEMA report GRANT SELECT ON TABLES TO ...`).
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import Cursor, sql

from projections.platform.runner import LIVE_SCHEMA
from projections.reports.views import SCHEMA, View, Views, in_order


def make_views(cursor: Cursor[Any], views: Views) -> None:
    """Make every view anew. One whose read model is not built yet is left out until it is."""
    cursor.execute("SELECT set_config('search_path', %s, true)", (LIVE_SCHEMA,))
    cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = %s", (SCHEMA,))
    for (name,) in cursor.fetchall():
        cursor.execute(sql.SQL("DROP VIEW IF EXISTS {} CASCADE").format(sql.Identifier(SCHEMA, name)))
    for view in in_order(views):
        try:
            with cursor.connection.transaction():
                _make(cursor, view)
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            continue


def _make(cursor: Cursor[Any], view: View) -> None:
    name = sql.Identifier(SCHEMA, view.name)
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in view.columns)
    # Packed as a literal statement of the program's own file; nothing in it comes from outside.
    body = sql.SQL(view.sql)
    statement = "CREATE VIEW {} AS SELECT {} FROM ({}) AS every"
    cursor.execute(sql.SQL(statement).format(name, columns, body))
    cursor.execute(sql.SQL("COMMENT ON VIEW {} IS {}").format(name, sql.Literal(view.about)))
    for column in view.columns:
        path = sql.Identifier(SCHEMA, view.name, column.name)
        cursor.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(path, sql.Literal(column.about)))
