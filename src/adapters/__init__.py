"""Everything that touches the outside, and the bootstrap that composes the program.

Lives here: the event store, PostgreSQL, the command line, imported and printed documents, and whatever else speaks
to a machine or a person outside. The bootstrap is the only place that knows all the parts.

Does not live here: rules and decisions. An adapter translates, and hands over.

May import: all floors and any library.
"""
