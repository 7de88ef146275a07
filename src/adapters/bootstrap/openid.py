"""The provider of OpenID Connect by which operators sign in, if the server is set up for one."""

from __future__ import annotations

from adapters.bootstrap.settings import PREFIX, Settings
from adapters.outgoing.openid import OpenIdClient, OpenIdProvider
from billing_core.kernel.errors import InvalidValue

NEEDED = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_claim", "oidc_redirect_uri")


def openid_of(settings: Settings) -> OpenIdProvider | None:
    """The provider, None without one; all of its settings are needed together."""
    missing = [name for name in NEEDED if getattr(settings, name) is None]
    if len(missing) == len(NEEDED):
        return None
    if missing:
        raise InvalidValue("is missing: OpenID Connect needs all of its settings", field="setting",
                           value=f"{PREFIX}{missing[0].upper()}")  # fmt: skip
    secret = settings.oidc_client_secret
    assert secret is not None
    return OpenIdProvider(
        OpenIdClient(
            str(settings.oidc_issuer), str(settings.oidc_client_id), secret.get_secret_value(),
            str(settings.oidc_claim), str(settings.oidc_redirect_uri),
        )
    )  # fmt: skip
