"""By which words is a customer found, and which customers does a text find?

A word is written without accents and in small letters. A text finds a customer if each of its words begins one of the
customer's words: number, name, addresses, e-mail, ids, IBAN, phone, and names, e-mails and phones of contacts. A phone
number is also found by its last digits. One slip is forgiven in a word of a name that has at least three letters and no
digit: a letter too many or too few, another letter, or two neighbours exchanged. For that a name is kept whole, and
without each of its letters with its place:

    name Anna                     ~anna  ~0nna  ~1ana  ~2ana  ~3ann
    text Ana, a letter too few    is kept as ~1ana
    text Amna, another letter     without its letter 1 it is kept as ~1ana
    text Annaa, one too many      without its letter 4 it is kept as ~anna
    text Anan, exchanged          with its letters 2 and 3 exchanged it is kept as ~anna

A word in Cyrillic or Armenian letters is kept and sought under its Latin spellings too (`transliteration`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import filterfalse
from typing import NamedTuple
from zlib import crc32

from billing_core.kernel.transliteration import spellings
from billing_core.parties.contacts import Contact
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address

BEGINNING_LETTERS = 3
LEAST_LETTERS = 3
LEAST_DIGITS = 5
LAST_DIGITS = 4
MOST_WORDS = 8
# Longer ones are sorted by number.
MOST_SORTED = 100
NO_CONTACTS: Mapping[str, Contact] = {}
WORDS, ASCII_WORDS = re.compile(r"[^\W_]+"), re.compile(r"[a-z0-9]+")
NUMBER = re.compile(r"[-+()./\s\d]+")
# Letters that Unicode does not take apart into a letter and its mark.
LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"})

# --- words and the terms under which they are kept


def words_in(text: str) -> list[str]:
    """The words of a text: those of `Jūras iela 1-12` are juras, iela, 1 and 12."""
    if text.isascii():  # Nothing is to be taken apart, which is slow.
        return ASCII_WORDS.findall(text.lower())
    return [_plain(word) for word in _written(text)]


def spelt_words_in(text: str) -> list[tuple[str, ...]]:
    """The same, each with its Latin spellings: those of `Иван 7` are (иван, ivan) and (7,)."""
    if text.isascii():
        return [(word,) for word in words_in(text)]
    return [tuple(dict.fromkeys(map(_plain, (word, *spellings(word))))) for word in _written(text)]


def _written(text: str) -> list[str]:
    """The words in small letters, with the accents that make letters of their own, as in й."""
    joined = unicodedata.normalize("NFKC", text.casefold())
    return WORDS.findall("".join(filterfalse(unicodedata.combining, joined)))


def _plain(word: str) -> str:
    """A word without accents."""
    if word.isascii():
        return word
    taken_apart = unicodedata.normalize("NFKD", word)
    return "".join(filterfalse(unicodedata.combining, taken_apart)).translate(LETTERS)


def words_of(customer: Customer, contacts: Mapping[str, Contact] = NO_CONTACTS) -> str:
    """The words by which a customer is found, with spaces around each."""
    texts = (
        customer.number, customer.name, *_address_texts(customer), customer.email or "", *customer.legal_ids.values(),
        customer.iban or "", *(text for contact in contacts.values() for text in (contact.name, *contact.emails)),
    )  # fmt: skip
    numbers = filter(None, map(digits_in, _numbers_of(customer, contacts)))
    return joined([*_all_spelt(texts), *numbers])


def sorted_by(name: str) -> str:
    """By what a name is sorted: its words without accents, the beginning of them."""
    return " ".join(words_in(name))[:MOST_SORTED]


def joined(words: Iterable[str]) -> str:
    """Words as they are kept: each once, with spaces around it."""
    return f" {' '.join(dict.fromkeys(words))} "


def words_of_text(text: str) -> str:
    """The words by which a text is found itself; one that is a number is found by its digits too."""
    digits = [digits_in(text)] if NUMBER.fullmatch(text) else []
    return joined([*_all_spelt([text]), *filter(None, digits)])


def kept_of_text(text: str) -> tuple[str, str]:
    """The words by which a text is found itself, and the terms under which it is kept, as an array."""
    words = words_of_text(text)
    terms = set(map(_beginning, words.split()))
    if NUMBER.fullmatch(text) and len(digits_in(text)) >= LEAST_DIGITS:
        terms.add(_ending(digits_in(text)))
    return words, as_terms(terms)


def _all_spelt(texts: Iterable[str]) -> list[str]:
    return [spelling for text in texts for word in spelt_words_in(text) for spelling in word]


def as_terms(terms: Iterable[int]) -> str:
    """Terms as PostgreSQL reads an array, in order."""
    return f"{{{','.join(map(str, sorted(terms)))}}}"


def terms_of(customer: Customer, contacts: Mapping[str, Contact] = NO_CONTACTS) -> list[int]:
    """The terms under which a customer is kept."""
    terms = {_beginning(word) for word in words_of(customer, contacts).split()}
    names = (customer.name, *(contact.name for contact in contacts.values()))
    terms |= {term for word in _all_spelt(names) for term in _kept(word)}
    numbers = map(digits_in, _numbers_of(customer, contacts))
    terms |= {_ending(digits) for digits in numbers if len(digits) >= LEAST_DIGITS}
    return sorted(terms)


def _addresses_of(customer: Customer) -> tuple[Address, ...]:
    return customer.address, customer.postal_address, customer.installation_address


def _address_texts(customer: Customer) -> Iterator[str]:
    for address in _addresses_of(customer):
        yield from (address.street, address.house_number, address.district, address.city, address.postal_code)


def _numbers_of(customer: Customer, contacts: Mapping[str, Contact]) -> tuple[str, ...]:
    """What people write with or without spaces: a phone number, also without the code of its country; a postal code."""
    phones = (phone for contact in contacts.values() for phone in contact.phones)
    return (customer.phone or "", *(address.postal_code for address in _addresses_of(customer)), *phones)


def _beginning(word: str) -> int:
    return _term("^", word[:BEGINNING_LETTERS])


def _ending(digits: str) -> int:
    return _term("$", digits[-LAST_DIGITS:])


def _kept(word: str) -> Iterator[int]:
    """The terms of a word of the name; none of a word that must be exact."""
    if _is_forgiven(word):
        yield _term("~", word)
        yield from (_term(f"~{place}", _without(word, place)) for place in range(len(word)))


def _asked(word: str) -> Iterator[int]:
    """The terms of which a word of the name has one, if it differs from this word by one slip at most."""
    if not _is_forgiven(word):
        return
    yield _term("~", word)
    yield from (_term(f"~{place}", word) for place in range(len(word) + 1))
    for place in range(len(word)):
        yield _term("~", _without(word, place))
        yield _term(f"~{place}", _without(word, place))
        yield _term("~", word[:place] + word[place : place + 2][::-1] + word[place + 2 :])


def _is_forgiven(word: str) -> bool:
    return len(word) >= LEAST_LETTERS and word.isalpha()


def _without(word: str, place: int) -> str:
    return word[:place] + word[place + 1 :]


def _term(kind: str, word: str) -> int:
    """A number of 32 bits with a sign, as PostgreSQL has it."""
    return crc32(f"{kind}{word}".encode()) - 2**31


def digits_in(text: str) -> str:
    """The digits alone."""
    return "".join(letter for letter in text if letter in "0123456789")


# --- what a text asks for


EXACT = "0::int"  # A number alone would be the place of a column to order by.


class Wanted(NamedTuple):
    """A condition on the columns `words` and `terms`, how many slips it forgives, and the parameters of both.

    `exact` is the condition without any slip; what fulfils it is found sooner.
    """

    condition: str
    slips: str
    parameters: dict[str, object]
    exact: str


def wanted(text: str) -> Wanted | None:
    """The condition of a text; None if it holds no word."""
    found = [_spelt(str(place), word) for place, word in enumerate(spelt_words_in(text)[:MOST_WORDS])]
    if not found:
        return None
    condition = " AND ".join(f"({each.condition})" for each in found)
    exact = " AND ".join(f"({each.exact})" for each in found)
    slips = " + ".join(each.slips for each in found)
    parameters = {name: value for each in found for name, value in each.parameters.items()}
    digits = digits_in(text).lstrip("0")
    if len(digits) < LEAST_DIGITS or not NUMBER.fullmatch(text):
        return Wanted(condition, slips, parameters, exact)
    parameters |= {"ending": [_ending(digits)], "ends": f"%{digits} %"}
    by_digits = "terms @> %(ending)s::int4[] AND words LIKE %(ends)s"
    return Wanted(f"({condition}) OR ({by_digits})", EXACT, parameters, f"({exact}) OR ({by_digits})")


def _spelt(place: str, spellings_of_word: tuple[str, ...]) -> Wanted:
    """One of the spellings of a word; it has a slip if all of them have one."""
    plain, *others = spellings_of_word
    each = [_word(place, plain), *(_word(f"{place}_{number}", other) for number, other in enumerate(others))]
    if not others:
        return each[0]
    condition = " OR ".join(f"({wanted.condition})" for wanted in each)
    slips = f"least({', '.join(wanted.slips for wanted in each)})"
    exact = " OR ".join(f"({wanted.exact})" for wanted in each)
    parameters = {name: value for wanted in each for name, value in wanted.parameters.items()}
    return Wanted(condition, slips, parameters, exact)


def _word(place: str, word: str) -> Wanted:
    """The customer has a word that begins like this, or a word of its name is nearly this one."""
    begins = f"words LIKE %(word{place})s"
    parameters: dict[str, object] = {f"word{place}": f"% {word}%"}
    if len(word) < BEGINNING_LETTERS:
        return Wanted(begins, EXACT, parameters, begins)
    parameters[f"beginning{place}"] = [_beginning(word)]
    condition = f"terms @> %(beginning{place})s::int4[] AND {begins}"
    nearly = sorted(set(_asked(word)))
    if not nearly:
        return Wanted(condition, EXACT, parameters, condition)
    parameters[f"nearly{place}"] = nearly
    slips = f"(words NOT LIKE %(word{place})s)::int"
    return Wanted(f"{condition} OR terms && %(nearly{place})s::int4[]", slips, parameters, condition)
