"""The error text for an unusable PostgreSQL of the program's own."""

from __future__ import annotations

from pathlib import Path

from billing_core.kernel.errors import BillingError

# Message of the system or of PostgreSQL -> remedy.
KNOWN_CAUSES = {
    "No space left": "The disk is full: free some space and try again; nothing that was committed is lost.",
    "Disk quota": "The disk is full: free some space and try again; nothing that was committed is lost.",
    "Permission denied": "The folder must be writable for the account that runs this program: check who owns it.",
    "Read-only": "The folder must be writable for the account that runs this program: check who owns it.",
    "Not a directory": "A part of this path is a file: correct the path.",
}


class ServerUnavailable(BillingError):
    """Names the failure, the folder and the remedy; without a remedy it is looked up by the cause."""

    code = "server-unavailable"

    def __init__(self, folder: Path, reason: str, *, mend: str | None = None, log: str = "") -> None:
        mend = mend or _known_mend(reason + log)
        advice = f"{mend} Otherwise choose" if mend else "Mend this, or choose"
        super().__init__(
            f"PostgreSQL is not available in the folder {folder}: {reason}"
            + (f"\nLast lines of its log:\n{log}" if log else "")
            + f"\n{advice} another folder with BILLING_DATA, or set BILLING_DATABASE_URL to a PostgreSQL server of"
            " your own."
        )


def _known_mend(detail: str) -> str | None:
    return next((mend for cause, mend in KNOWN_CAUSES.items() if cause in detail), None)
