"""What each operator may do, and each customer on the own pages, as the streams say at this moment.

States are kept between questions and read again as soon as a stream has moved: a role that was taken away, or an
operator that was closed, permits nothing to the next request. A question costs one look at the versions.
"""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from msgspec.structs import replace

from billing_core.parties.customers import CustomerState, apply_customer
from billing_core.self_care import PERMITTED, READS, ROLE, actor_of, customer_of
from billing_core.staff.addresses import EVERYBODY, apply_networks, require_allowed
from billing_core.staff.operators import Operator, apply_operator
from billing_core.staff.roles import NotPermitted, NotSignedIn, Role, narrowed, permits
from commands.parties import customer_stream
from commands.platform.concerns import HOUSE, Concern, Scope
from commands.platform.ports import Store
from commands.staff.addresses import addresses_stream
from commands.staff.operators import load_role, operator_stream, role_stream


class Rights(NamedTuple):
    """An operator with everything that the operator's roles permit, and the lists of networks to work from.

    `seen` are the versions that say so. With a `key`, they are those of who signed in by this key of the operator.
    With a `customer`, they are about what is this customer's own: of the customer itself, or of an operator who looks
    at the customer's pages.
    """

    operator: Operator
    roles: tuple[Role, ...]
    addresses: tuple[tuple[str, ...], ...]
    seen: dict[str, int]
    key: str = ""
    customer: str = ""

    @property
    def scope(self) -> Scope:
        """Whose things may be seen and touched."""
        return Scope(self.operator.dealer, self.customer)

    @property
    def permissions(self) -> tuple[str, ...]:
        """Everything that one of the roles permits."""
        return tuple(dict.fromkeys(permission for role in self.roles for permission in role.permissions))

    @property
    def is_limited(self) -> bool:
        """Whether they are those by a key that is for a part of what the roles permit."""
        return bool(self.key) and bool(self.operator.keys[self.key].permissions)

    def permits(self, permission: str) -> bool:
        """Whether one of the roles permits it."""
        return permits(self.permissions, permission)

    def require(self, permission: str, concern: Concern = HOUSE) -> list[Role]:
        """The roles that permit it; `NotPermitted` if none does, or if it is not for operators of a dealer."""
        found = [role for role in self.roles if permits(role.permissions, permission)]
        if self.customer and not (found and concern.reach == "named"):
            raise NotPermitted("is not for the own pages of customers", field="permission", value=permission)
        if not found and self.is_limited:
            raise NotPermitted(f"key {self.key} of {self.operator.code} does not permit it", field="permission",
                               value=permission)  # fmt: skip
        if not found:
            raise NotPermitted(
                f"none of the roles of {self.operator.code} permits it ({', '.join(self.operator.roles)}); an "
                "administrator can give another one", field="permission", value=permission,
            )  # fmt: skip
        if self.operator.dealer and concern.reach == "house":
            raise NotPermitted("is not for operators of a dealer", field="permission", value=permission)
        return found

    def by_key(self, code: str) -> Rights:
        """The rights by a key of the operator, which may be for a part of them, and from some networks."""
        key = self.operator.keys.get(code)
        if key is None:
            raise NotSignedIn("the key is unknown or was revoked")
        roles = self.roles
        if key.permissions:
            roles = tuple(replace(role, permissions=narrowed(role.permissions, key.permissions)) for role in roles)
        return self._replace(roles=roles, addresses=(*self.addresses, key.networks), key=code)

    def require_address(self, address: str) -> None:
        """`AddressNotAllowed` unless each list of networks that holds for the operator has the address."""
        require_allowed(address, self.addresses)


def rights_of_customer(state: CustomerState, version: int) -> Rights:
    """What a customer may see and do on the own pages."""
    number = state.customer.number
    acting = Operator(actor_of(number), state.customer.name, (ROLE,))
    return Rights(acting, (Role(permissions=PERMITTED),), (), {customer_stream(number): version}, customer=number)


def looking(rights: Rights, customer: str) -> Rights:
    """What an operator may see who looks at the pages of a customer: the same as the customer, and nothing to do."""
    return rights._replace(roles=(Role(permissions=READS),), customer=customer, key="")


class AllRights:
    """The rights of all operators and customers; threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Rights] = {}
        self._turn = Lock()

    def of(self, operator: str) -> Rights:
        """The rights of an operator who was not closed, or of a customer who was not forgotten, else `NotSignedIn`."""
        if customer := customer_of(operator):
            return self._of_customer(customer)
        known = self._known.get(operator)
        if known is None or self._store.versions(known.seen.keys()) != _existing(known.seen):
            known = self._read(operator)
        if known.operator.is_closed:
            raise NotSignedIn("this operator was closed", field="operator", value=operator)
        return known

    def of_signed_in(self, operator: str, key: str = "") -> Rights:
        """The rights of an operator who signed in just now, by a key if one is named."""
        known = self._known.get(operator) or self.of(operator)
        return known.by_key(key) if key else known

    def require_address(self, address: str) -> None:
        """`AddressNotAllowed` unless somebody may work from this address."""
        with self._store.transaction() as transaction:
            networks, _ = transaction.load(addresses_stream(EVERYBODY), apply_networks)
        require_allowed(address, [networks or ()])

    def _of_customer(self, number: str) -> Rights:
        with self._store.transaction() as transaction:
            state, version = transaction.load(customer_stream(number), apply_customer)
        if state is None or state.forgotten is not None or state.merged_into:
            raise NotSignedIn("no such customer", field="customer", value=number)
        return rights_of_customer(state, version)

    def _read(self, code: str) -> Rights:
        with self._store.transaction() as transaction:
            stream = operator_stream(code)
            operator, version = transaction.load(stream, apply_operator)
            if operator is None:
                raise NotSignedIn("no such operator", field="operator", value=code)
            seen, roles = {stream: version}, list[Role]()
            for code_of_role in operator.roles:
                role, seen[role_stream(code_of_role)] = load_role(transaction, code_of_role)
                roles.append(role)
            addresses = []
            for whom in (EVERYBODY, operator_stream(code), *map(role_stream, operator.roles)):
                stream = addresses_stream(whom)
                networks, seen[stream] = transaction.load(stream, apply_networks)
                addresses.append(networks or ())
        rights = Rights(operator, tuple(roles), tuple(addresses), seen)
        with self._turn:
            self._known[code] = rights
        return rights


def _existing(seen: dict[str, int]) -> dict[str, int]:
    """A stream without events has no version."""
    return {stream: version for stream, version in seen.items() if version}
