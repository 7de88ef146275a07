"""The schema `report` of the database: the views as tools for SQL read them, each with its comments.

They are made anew whenever the program is brought up to date and after every rebuild, for a read model that is built
again is another table. So the schema is the program's own: views that somebody else makes on these go with them. A role
that may read it keeps that right: `allow_role` gives it for the views that will be made, too.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import Cursor, sql

from billing_core.kernel.errors import InvalidValue, NotFound
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
    """All that is said of a view goes to the server at once: there are a thousand columns."""
    name = sql.Identifier(SCHEMA, view.name)
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in view.columns)
    # Packed as a literal statement of the program's own file; nothing in it comes from outside.
    body = sql.SQL(view.sql)
    made = sql.SQL("CREATE VIEW {} AS SELECT {} FROM ({}) AS every").format(name, columns, body)
    about = sql.SQL("COMMENT ON VIEW {} IS {}").format(name, sql.Literal(view.about))
    comments = [
        sql.SQL("COMMENT ON COLUMN {} IS {}").format(sql.Identifier(SCHEMA, view.name, column.name),
                                                     sql.Literal(column.about))
        for column in view.columns
    ]  # fmt: skip
    cursor.execute(sql.SQL("; ").join([made, about, *comments]))


def allow_role(cursor: Cursor[Any], role: str) -> None:
    """Let a role read the views that there are and those that this program makes later, and give it nothing else."""
    _require_role(cursor, role)
    for statement in (
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
    ):
        _change(cursor, statement, role)


def refuse_role(cursor: Cursor[Any], role: str) -> None:
    """Take from a role what `allow_role` gave it."""
    _require_role(cursor, role)
    for statement in (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE SELECT ON TABLES FROM {role}",
        "REVOKE SELECT ON ALL TABLES IN SCHEMA {schema} FROM {role}",
        "REVOKE USAGE ON SCHEMA {schema} FROM {role}",
    ):
        _change(cursor, statement, role)


def _require_role(cursor: Cursor[Any], role: str) -> None:
    """The role exists, and cannot read more than it is allowed to because of what it is."""
    found = cursor.execute(
        """SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER') OR pg_has_role(oid, 'pg_read_all_data', 'MEMBER')
           FROM pg_roles WHERE rolname = %s""",
        (role,),
    ).fetchone()
    if found is None:
        message = "the database has no such role; its administrator makes it: CREATE ROLE ... LOGIN PASSWORD '...'"
        raise NotFound(message, field="role", value=role)
    if found[0]:
        raise InvalidValue("reads everything anyway; name a role without rights of its own", field="role", value=role)


def _change(cursor: Cursor[Any], statement: str, role: str) -> None:
    names = {"schema": sql.Identifier(SCHEMA), "role": sql.Identifier(role)}
    cursor.execute(sql.SQL(statement).format(**names))
