"""Sources of usage: the records of a file, read by a profile in columns, some hundred thousand at a time.

A file is cut into lines and cells here, and cells become rows of `usage_rows`. Whose a row is, whether it came before
and what it costs is decided elsewhere.
"""
