"""Define products, publish tariffs, revise and translate them, close tariffs for new sale."""

from __future__ import annotations

from datetime import date

from billing_core.catalogue.products import Product, apply_product, define_product, require_product
from billing_core.catalogue.tariffs import (
    Revision,
    Tariff,
    apply_tariff,
    as_published,
    close_tariff,
    publish_tariff,
    reopen_tariff,
    replace_revision,
    revise_tariff,
    withdraw_revision,
)
from billing_core.catalogue.translations import apply_tariff_texts, translate_tariff
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction
from commands.price_list_streams import require_lists_of

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


class ReplaceRevision(Command, frozen=True, kw_only=True):
    """Replace the components of the last revision of a tariff, from its date on, if nothing was charged by it yet."""

    tariff: str
    revision: Revision


class WithdrawRevision(Command, frozen=True, kw_only=True):
    """Withdraw the last revision of a tariff, by its date, if nothing was charged by it yet.

    The list before it goes on.
    """

    tariff: str
    valid_from: date


class CloseTariff(Command, frozen=True, kw_only=True):
    """Sell nothing more by a tariff from the date `on`, by default today; subscriptions that have it keep it."""

    tariff: str
    on: date | None = None


class ReopenTariff(Command, frozen=True, kw_only=True):
    """Sell a tariff again that was closed."""

    tariff: str


class TranslateTariff(Command, frozen=True, kw_only=True):
    """Translate texts of a tariff into a language, in place of all its translations into it: its name, and those of its
    components. Documents that are issued from tomorrow on print them to customers of that language.
    """

    tariff: str
    language: str
    texts: dict[str, str]


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
        raise NotFound("no such tariff is published; `billing catalogue show` lists them", field="tariff", value=code)
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
    if tariff != as_published(tariff):
        raise InvalidValue("is published without revisions; publish it, then revise it", field="tariff",
                           value=tariff.code)  # fmt: skip
    if tariff.product:
        load_product(transaction, tariff.product)
    events = publish_tariff(existing, tariff, origin.today)
    if events:
        require_lists_of(tariff.components, tariff.currency, transaction)
    return Decision((Append(stream, version, events),))


def handle_revise_tariff(command: ReviseTariff, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = _load_to_relist(transaction, command.tariff)
    events = revise_tariff(existing, command.revision)
    if events:
        require_lists_of(command.revision.components, existing.currency, transaction)
    return Decision((Append(tariff_stream(command.tariff), version, events),))


def handle_replace_revision(command: ReplaceRevision, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = _load_to_relist(transaction, command.tariff)
    charged = transaction.charged_by_revision(command.tariff, command.revision.valid_from)
    events = replace_revision(existing, command.revision, charged)
    if events:
        require_lists_of(command.revision.components, existing.currency, transaction)
    return Decision((Append(tariff_stream(command.tariff), version, events),))


def handle_withdraw_revision(command: WithdrawRevision, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = _load_to_relist(transaction, command.tariff)
    charged = transaction.charged_by_revision(command.tariff, command.valid_from)
    events = withdraw_revision(existing, command.valid_from, charged)
    return Decision((Append(tariff_stream(command.tariff), version, events),))


def _load_to_relist(transaction: Transaction, code: str) -> tuple[Tariff, int]:
    """The tariff, with nobody billing by it before the transaction ends.

    Who is billing an account by the old list has written that before the list is another, and accounts are noted.
    """
    transaction.hold(tariff_stream(code), alone=True)
    return _load_tariff(transaction, code)


def handle_close_tariff(command: CloseTariff, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = _load_tariff(transaction, command.tariff)
    events = close_tariff(existing, command.on or origin.today)
    return Decision((Append(tariff_stream(command.tariff), version, events),))


def handle_reopen_tariff(command: ReopenTariff, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = _load_tariff(transaction, command.tariff)
    return Decision((Append(tariff_stream(command.tariff), version, reopen_tariff(existing, origin.today)),))


def handle_translate_tariff(command: TranslateTariff, transaction: Transaction, origin: Origin) -> Decision:
    stream = tariff_stream(command.tariff)
    existing, version = transaction.load(stream, apply_tariff_texts)
    if existing is None:
        raise NotFound(
            "no such tariff is published; `billing catalogue show` lists them", field="tariff", value=command.tariff
        )
    events = translate_tariff(existing, command.language, command.texts, origin.today)
    return Decision((Append(stream, version, events),))


AREA = Area(
    handlers={
        DefineProduct: handle_define_product,
        PublishTariff: handle_publish_tariff,
        ReviseTariff: handle_revise_tariff,
        ReplaceRevision: handle_replace_revision,
        WithdrawRevision: handle_withdraw_revision,
        CloseTariff: handle_close_tariff,
        ReopenTariff: handle_reopen_tariff,
        TranslateTariff: handle_translate_tariff,
    },
    concerns=dict.fromkeys(
        (
            DefineProduct,
            PublishTariff,
            ReviseTariff,
            ReplaceRevision,
            WithdrawRevision,
            CloseTariff,
            ReopenTariff,
            TranslateTariff,
        ),
        HOUSE,
    ),
)
