"""Define products, publish tariffs and revise them."""

from __future__ import annotations

from billing_core.catalogue.products import Product, apply_product, define_product, require_product
from billing_core.catalogue.tariffs import Revision, Tariff, apply_tariff, publish_tariff, revise_tariff
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.ports import Append, Origin, Transaction

# A change of the tree of products keeps it alone: two moves at once could make a circle of it.
TREE = "products"

# --- commands


class DefineProduct(Command, frozen=True, kw_only=True):
    """Define a product in the tree of products; without a parent it is a root. Defining a known code renames or moves
    it.
    """

    product: Product


class PublishTariff(Command, frozen=True, kw_only=True):
    """Publish a tariff: a price list in one currency. It never changes, but may be revised from a date on."""

    tariff: Tariff


class ReviseTariff(Command, frozen=True, kw_only=True):
    """Replace the components of a tariff from a date on, which must lie after the last revision; earlier days are
    unchanged.
    """

    tariff: str
    revision: Revision


# --- handlers


def tariff_stream(code: str) -> str:
    return f"tariff/{code}"


def product_stream(code: str) -> str:
    return f"product/{code}"


def load_tariff(transaction: Transaction, code: str) -> Tariff:
    """The published tariff, or `NotFound`."""
    return _load_tariff(transaction, code)[0]


def _load_tariff(transaction: Transaction, code: str) -> tuple[Tariff, int]:
    tariff, version = transaction.load(tariff_stream(code), apply_tariff)
    if tariff is None:
        raise NotFound("no such tariff is published", field="tariff", value=code)
    return tariff, version


def load_product(transaction: Transaction, code: str, field: str = "product") -> Product:
    """The product, or `NotFound`."""
    product, _ = transaction.load(product_stream(code), apply_product)
    return require_product(product, code, field)


def handle_define_product(command: DefineProduct, transaction: Transaction, origin: Origin) -> Decision:
    transaction.hold(TREE, alone=True)
    product = command.product
    stream = product_stream(product.code)
    existing, version = transaction.load(stream, apply_product)
    ancestors: list[str] = []
    above = product.parent
    while above and above not in ancestors:
        ancestors.append(above)
        above = "" if above == product.code else load_product(transaction, above, "parent").parent
    return Decision((Append(stream, version, define_product(existing, product, ancestors, origin.today)),))


def handle_publish_tariff(command: PublishTariff, transaction: Transaction, origin: Origin) -> Decision:
    tariff = command.tariff
    stream = tariff_stream(tariff.code)
    existing, version = transaction.load(stream, apply_tariff)
    if tariff.revisions:
        raise InvalidValue("is published without revisions; publish it, then revise it", field="tariff",
                           value=tariff.code)  # fmt: skip
    if tariff.product:
        load_product(transaction, tariff.product)
    return Decision((Append(stream, version, publish_tariff(existing, tariff, origin.today)),))


def handle_revise_tariff(command: ReviseTariff, transaction: Transaction, origin: Origin) -> Decision:
    # Who is billing an account by the old list has written that before the list is another, and accounts are noted.
    transaction.hold(tariff_stream(command.tariff), alone=True)
    existing, version = _load_tariff(transaction, command.tariff)
    events = revise_tariff(existing, command.revision)
    return Decision((Append(tariff_stream(command.tariff), version, events),))


AREA = Area(
    handlers={
        DefineProduct: handle_define_product,
        PublishTariff: handle_publish_tariff,
        ReviseTariff: handle_revise_tariff,
    }
)
