"""The tables of the database: numbered SQL files, applied in order, forward only.

A file is named `0001_event_store.sql`: four digits, an underscore, what it brings; numbers follow each other without
a gap. It starts with a comment that tells an operator what changes and why. It qualifies every name with its schema,
and holds no BEGIN or COMMIT: the runner applies each file in one transaction. A file that was released is never
edited, the runner refuses that; a mistake is mended by the next number.
"""
