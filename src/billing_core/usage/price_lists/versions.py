"""Price lists as they are published: each publication is a version that holds from a day until the next one.

Decides which versions there are and when each holds. What a list says stands in `lists`; its rows are a file that
an event names by the hash of its content, so a version never changes.

Worked example, the list `retail`

    version 1 from 1 January           version 2 from 1 March         version 3 from 1 March, published to mend it
    1 January to 28 February: 1        from 1 March on: 3, since the last one that is published from a day holds
    version 3 again                    ->  nothing changes
    version 4 from 1 June, withdrawn in May because of a slip  ->  from 1 March on: 3
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_country, require_printable, require_text
from billing_core.usage.price_lists.checks import require_terms
from billing_core.usage.price_lists.lists import PriceListTerms

ListKind = Literal["sale", "purchase"]
# A stream is named by the code.
FORBIDDEN_IN_CODE = "/:"

# --- values and events


class ListedAs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a list is for: a *sale* is charged to subscribers, a *purchase* is what a carrier charges to the house."""

    kind: ListKind = "sale"
    carrier: str = ""


@event("price-list-published")
class PriceListPublished(Event, frozen=True, kw_only=True):
    """A version of a list holds from a day on. `content_hash` names the file of its rows, in canonical form."""

    terms: PriceListTerms
    valid_from_on: date
    content_hash: str
    rows: int
    destinations: int
    listed_as: ListedAs = ListedAs()


@event("price-list-withdrawn")
class PriceListWithdrawn(Event, frozen=True, kw_only=True):
    """A version that did not hold yet will not hold; the one before it goes on."""

    code: str
    version: int
    reason: str


@event("ported-numbers-published")
class PortedNumbersPublished(Event, frozen=True, kw_only=True):
    """The table of the ported numbers of a country, in place of the one before; each number has its own first day."""

    country: str
    content_hash: str
    numbers: int


# --- state


class ListVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a list as it was published; the first one is version 1."""

    number: int
    terms: PriceListTerms
    valid_from_on: date
    content_hash: str
    rows: int
    destinations: int
    listed_as: ListedAs
    published_on: date
    withdrawn_because: str = ""

    @property
    def content(self) -> tuple[object, ...]:
        """What is published; the same again is no version of its own."""
        return self.terms, self.valid_from_on, self.content_hash, self.listed_as


class ListVersions(msgspec.Struct, frozen=True):
    """All versions of a list."""

    versions: tuple[ListVersion, ...]

    def version(self, number: int) -> ListVersion:
        """The version of a number."""
        if not 1 <= number <= len(self.versions):
            raise NotFound(f"the list has versions 1 to {len(self.versions)}", field="version", value=number)
        return self.versions[number - 1]


class PortedTables(msgspec.Struct, frozen=True):
    """The newest table of the ported numbers of a country."""

    newest: PortedNumbersPublished
    published: int


def apply_price_list(known: ListVersions | None, fact: Event) -> ListVersions | None:
    """Fold one event of the stream of a list."""
    before = known.versions if known else ()
    match fact:
        case PriceListPublished():
            version = ListVersion(
                number=len(before) + 1, terms=fact.terms, valid_from_on=fact.valid_from_on,
                content_hash=fact.content_hash, rows=fact.rows, destinations=fact.destinations,
                listed_as=fact.listed_as, published_on=fact.effective_on,
            )  # fmt: skip
            return ListVersions((*before, version))
        case PriceListWithdrawn():
            withdrawn = msgspec.structs.replace(before[fact.version - 1], withdrawn_because=fact.reason)
            return ListVersions((*before[: fact.version - 1], withdrawn, *before[fact.version :]))
    return known


def apply_ported_numbers(known: PortedTables | None, fact: Event) -> PortedTables | None:
    """Fold one event of the stream of a country's ported numbers."""
    if isinstance(fact, PortedNumbersPublished):
        return PortedTables(fact, known.published + 1 if known else 1)
    return known


# --- which version holds


class VersionInForce(NamedTuple):
    """A version with the days on which it holds, the last one exclusive; without one it holds until further notice."""

    version: ListVersion
    from_on: date
    to_on: date | None


def versions_in_force(known: ListVersions) -> list[VersionInForce]:
    """The versions that hold, in the order of their days: of several from one day the last one that was published."""
    by_day: dict[date, ListVersion] = {}
    for version in known.versions:
        if not version.withdrawn_because:
            by_day[version.valid_from_on] = version
    days = sorted(by_day)
    return [VersionInForce(by_day[on], on, to_on) for on, to_on in zip(days, [*days[1:], None], strict=False)]


def version_on(known: ListVersions, on: date) -> ListVersion | None:
    """The version that holds on a day; None before the first one."""
    for held in reversed(versions_in_force(known)):
        if held.from_on <= on:
            return held.version
    return None


# --- decisions


def publish_price_list(known: ListVersions | None, fact: PriceListPublished) -> Sequence[Event]:
    """The next version of a list; the last one that was published from the same day again changes nothing."""
    require_terms(fact.terms)
    require_code(fact.terms.code)
    require_day(fact.valid_from_on, "from")
    _require_listed_as(fact.listed_as)
    if known is None:
        return [fact]
    first = known.versions[0]
    if (fact.listed_as.kind, fact.terms.unit) != (first.listed_as.kind, first.terms.unit):
        raise Conflict(
            f"is a {first.listed_as.kind} list by the {first.terms.unit}; publish another kind or unit under another "
            "code",
            field="code", value=fact.terms.code,
        )  # fmt: skip
    content = (fact.terms, fact.valid_from_on, fact.content_hash, fact.listed_as)
    held = {each.version.valid_from_on: each.version for each in versions_in_force(known)}
    if fact.valid_from_on in held and held[fact.valid_from_on].content == content:
        return []
    return [fact]


def withdraw_price_list(known: ListVersions, number: int, reason: str, today: date) -> Sequence[Event]:
    """Withdraw a version whose first day has not come; the same again changes nothing.

    valid from 1 March: withdrawn until 28 February; from 1 March on it is mended by a version from the same day.
    """
    require_text(reason, "reason")
    version = known.version(number)
    if version.withdrawn_because:
        return []
    if version.valid_from_on <= today:
        raise RuleViolation(
            f"holds since {version.valid_from_on}; publish the right prices from the same day instead",
            field="version", value=number,
        )  # fmt: skip
    return [PriceListWithdrawn(effective_on=today, code=version.terms.code, version=number, reason=reason)]


def publish_ported_numbers(known: PortedTables | None, fact: PortedNumbersPublished) -> Sequence[Event]:
    """Another table of a country's ported numbers; the same content again changes nothing."""
    require_text(fact.country, "country")
    require_country(fact.country, "country")
    return [] if known is not None and known.newest.content_hash == fact.content_hash else [fact]


def require_code(code: str) -> None:
    """The code of a list, which also names its stream, has no slash and no colon."""
    require_text(code, "code")
    if any(sign in code for sign in FORBIDDEN_IN_CODE):
        raise InvalidValue("must have no slash and no colon", field="code", value=code)


def _require_listed_as(listed_as: ListedAs) -> None:
    """A purchase list names its carrier; a sale list has none."""
    require_printable(listed_as.carrier, "carrier")
    if listed_as.kind == "purchase" and not listed_as.carrier.strip():
        raise InvalidValue("is empty; name the carrier whose prices these are", field="carrier", value="")
    if listed_as.kind == "sale" and listed_as.carrier:
        raise InvalidValue("is for a purchase list; leave it out, or write kind: purchase", field="carrier",
                           value=listed_as.carrier)  # fmt: skip
