"""From where staff may work: networks that are allowed for everybody, for a role, for an operator.

    everybody         10.0.0.0/8
    role cashier      10.1.0.0/16
    operator anna     (none)

    anna, a cashier, from 10.1.2.3: allowed      from 10.2.0.1: not for her role      from 192.0.2.1: not for anybody

An address must be in one of the networks of each list that applies; a list without networks allows every address. They
hold for those who come over HTTP: who works on the server itself is always let in, to mend a wrong list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event

EVERYBODY = "everybody"
MOST_NETWORKS = 1_000

# --- events


@event("addresses-allowed")
class AddressesAllowed(Event, frozen=True, kw_only=True):
    """The networks from which everybody, a role or an operator may work from now on, complete; none allows every one.

    `whom` is `everybody`, `role/CODE` or `operator/CODE`.
    """

    whom: str
    networks: tuple[str, ...]


# --- state


def apply_networks(networks: tuple[str, ...] | None, fact: Event) -> tuple[str, ...] | None:
    """The networks of a list after an event of its stream."""
    return fact.networks if isinstance(fact, AddressesAllowed) else networks


# --- decisions


def allow_addresses(known: tuple[str, ...] | None, fact: AddressesAllowed) -> list[Event]:
    """Networks in the notation of CIDR, or none to allow every address."""
    require_networks(fact.networks)
    return [] if (known or ()) == fact.networks else [fact]


def require_networks(networks: Sequence[str]) -> None:
    """Each is a network in the notation of CIDR."""
    if len(networks) > MOST_NETWORKS:
        raise InvalidValue(f"are more than {MOST_NETWORKS:,}", field="networks", value=len(networks))
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            raise InvalidValue(
                "is no network; write 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32", field="network", value=network
            ) from None


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is in one of some networks, or there are none; what is no address is in no network."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in ip_network(network) for network in networks)


def require_allowed(address: str, lists: Iterable[Sequence[str]]) -> None:
    """The address is allowed by each of the lists, else `AddressNotAllowed`."""
    if not all(is_within(address, networks) for networks in lists):
        raise AddressNotAllowed("is not one from which this operator may work", field="address", value=address)


def require_not_locked_out(address: str, networks: Sequence[str]) -> None:
    """A list that applies to its author must allow the address that the author comes from."""
    if not is_within(address, networks):
        raise RuleViolation(
            "is yours and not in these networks, so they would lock you out; add it, or confirm with `confirmed`",
            field="address", value=address,
        )  # fmt: skip


# --- errors


class AddressNotAllowed(BillingError):
    """The address is in none of the networks from which the operator may work."""

    code = "address-not-allowed"
