"""The Diameter node of this program, by its settings."""

from __future__ import annotations

from contextlib import AbstractContextManager

from adapters.bootstrap.accounting import AccountingDesk
from adapters.bootstrap.settings import Settings
from billing_core.kernel.errors import InvalidValue


def accounting_by_diameter(settings: Settings, desk: AccountingDesk) -> AbstractContextManager[None]:
    """A node that takes in accounting over Rf as long as the body runs."""
    # It takes a second to load, and few programs need it.
    from adapters.diameter.node import Peering, accounting_node

    if settings.diameter_identity is None:
        raise InvalidValue("is not set: by which name nodes of Diameter know this one", field="diameter_identity")
    peering = Peering(
        settings.diameter_identity, settings.diameter_realm, settings.diameter_address, settings.diameter_port,
        settings.diameter_peers,
    )  # fmt: skip
    return accounting_node(peering, desk.submit)
