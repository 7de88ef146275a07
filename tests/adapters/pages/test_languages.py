"""Pages speak the language that was chosen, else the browser's: the back office English and Czech, customers all."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from adapters.languages.language import language_of
from adapters.pages.languages import languages_of, negotiated
from adapters.pages.rendering import environment
from billing_core.kernel.languages import LANGUAGES
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields


@pytest.mark.parametrize(
    ("is_own", "chosen", "accepted", "expected"),
    [
        (False, "", "cs-CZ,cs;q=0.9,en;q=0.8", "cs"),
        (False, "en", "cs", "en"),
        (False, "hy", "bg,cs;q=0.5", "cs"),
        (False, "", "de", "en"),
        (True, "hy", "cs", "hy"),
        (True, "", "bg-BG", "bg"),
        (False, "hy", "", "en"),
    ],
)
def test_a_page_speaks_what_it_knows(is_own: bool, chosen: str, accepted: str, expected: str) -> None:
    assert negotiated(languages_of(is_own=is_own), chosen, accepted) == expected


def test_the_frame_speaks_czech(client: TestClient) -> None:
    czech = client.get("/sign-in", headers={"Accept-Language": "cs"}).text
    assert '<html lang="cs"' in czech and "Přihlásit se" in czech
    assert "Sign in" in client.get("/sign-in", headers={"Accept-Language": "de"}).text


def test_an_operator_chooses_a_language_of_the_back_office(signed_in: SignedIn) -> None:
    eva = signed_in("eva", "support")
    profile = eva.get("/profile").text
    assert "čeština" in profile and "български" not in profile
    eva.post("/profile", data={**form_fields(profile), "language": "cs"}, headers=FROM_HERE)
    assert "Zákazníci" in eva.get("/customers").text


def test_every_language_has_templates_of_its_own() -> None:
    written = {environment(code).globals["written"] for code in LANGUAGES}
    assert len(written) == len(LANGUAGES)
    assert [environment(code).globals["written"] for code in LANGUAGES] == [language_of(code) for code in LANGUAGES]
