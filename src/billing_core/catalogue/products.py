"""Products: what can be sold, as a tree. Tariffs hang on its nodes.

Decides the place of a node: under a parent that exists, and never under itself.

    internet
      internet-home
        internet-home-fast
    television
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_text

MOST_LEVELS = 20

# --- values and events


class Product(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node of the tree; without a parent it is a root."""

    code: str
    name: str
    parent: str = ""


@event("product-defined")
class ProductDefined(Event, frozen=True, kw_only=True):
    """From now on the product has this name and this parent."""

    product: Product


# --- state


def apply_product(state: Product | None, fact: Event) -> Product | None:
    """Fold one event of a product's stream."""
    return fact.product if isinstance(fact, ProductDefined) else state


# --- decisions


def define_product(existing: Product | None, product: Product, ancestors: Sequence[str], on: date) -> list[Event]:
    """Define a product, or give it another name or parent; the same once more changes nothing.

    `ancestors` are the codes of its parent, the parent's parent and so on, up to the root.
    """
    require_text(product.code, "product code")
    require_text(product.name, "product name")
    if "/" in product.code:
        raise InvalidValue("must not hold a slash", field="product code", value=product.code)
    if product.code in ancestors:
        way = " under ".join([product.code, *ancestors[: ancestors.index(product.code) + 1]])
        raise RuleViolation(f"would be below itself: {way}", field="parent", value=product.parent)
    if len(ancestors) >= MOST_LEVELS:
        raise RuleViolation(f"the tree has at most {MOST_LEVELS} levels", field="parent", value=product.parent)
    return [] if existing == product else [ProductDefined(effective_on=on, product=product)]


def require_product(product: Product | None, code: str, field: str = "product") -> Product:
    """The product, or `NotFound` naming the code under which there is none."""
    if product is None:
        raise NotFound("no such product is defined; `billing catalogue show` lists them", field=field, value=code)
    return product
