"""Settings of the program's own server: for billing runs on a small machine, without a network.

The settings are passed on the server's command line, so they override its configuration file. Durability is never
reduced: an answered commit is permanent.
"""

from __future__ import annotations

import shlex
from pathlib import Path

PORT = 5432

SETTINGS = {
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "full_page_writes": "on",
    "jit": "off",
    "listen_addresses": "",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # The details of an error may quote a row.
    "max_connections": "100",
    "max_wal_size": "4GB",
    "port": str(PORT),
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "wal_buffers": "32MB",
    "wal_compression": "off",
    "wal_recycle": "off",  # A file that is used again keeps what it held, for a while.
}


def command_line_options(cluster_name: str, socket_folder: Path) -> str:
    """All settings in the form that pg_ctl hands on to the server."""
    settings = SETTINGS | {"cluster_name": cluster_name, "unix_socket_directories": str(socket_folder)}
    return " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
