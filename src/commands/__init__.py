"""Intentions to change something, and the single path by which they are carried out.

Lives here: commands (they carry values of the core; texts are read at the edge), thin handlers (load, decide, save),
the write path that they all share, and the long runs, above all the billing run. Each area has the name that it has in
the rules.

Does not live here: rules about money (the rules floor decides), queries, SQL. A handler that must read something uses a
port of its own; the bootstrap supplies the query.

May import: billing_core and msgspec. Never pydantic, projections or adapters.
"""
