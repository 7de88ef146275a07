"""`make bench`: every benchmark against a PostgreSQL of its own in a temporary folder."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.postgres.server import running_server
from benchmarks import billing_run, durable_commands, printing

if __name__ == "__main__":
    printing.main()
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as server_url:
        durable_commands.main(server_url)
        billing_run.main(server_url)
