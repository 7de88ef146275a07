"""What a run over accounts says of those that it refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.cli.show import tell

if TYPE_CHECKING:
    from adapters.bootstrap.refused_accounts import RunOfAccounts


def tell_refused_accounts(run: RunOfAccounts) -> None:
    """A line for each account that is listed, and how many more there are."""
    for each in run.refused:
        tell(f"{each.account}: {each.reason}")
    if run.refused_beyond:
        tell(f"and {run.refused_beyond:,} more")
