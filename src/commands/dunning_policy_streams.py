"""The streams of dunning policies, as those know them that publish policies, and the billing plans that name them."""

from __future__ import annotations

from billing_core.dunning.policies import PolicyVersions, apply_policy
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.ports import Transaction

DUNNING_POLICIES = "dunning-policy/"


def policy_stream(code: str) -> str:
    return f"{DUNNING_POLICIES}{code}"


def load_policy(transaction: Transaction, code: str) -> tuple[PolicyVersions | None, int]:
    """The publications of a policy, and the version of its stream."""
    return transaction.load(policy_stream(code), apply_policy)


def require_policy_named(transaction: Transaction, code: str, currency: str) -> None:
    """A billing plan names a policy that is published in the currency of its account, or none."""
    if not code:
        return
    known, _ = load_policy(transaction, code)
    if known is None or not known.published:
        raise NotFound(
            "no such dunning policy is published; `billing dunning policies` lists them", field="dunning", value=code
        )
    _, policy = known.published[-1]
    if policy.currency != currency:
        raise InvalidValue(f"is in {policy.currency}, but the account is kept in {currency}", field="dunning",
                           value=code)  # fmt: skip
