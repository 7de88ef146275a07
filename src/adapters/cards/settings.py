"""The settings of a card gateway.

[stripe]
secret_key = "sk_live_..."
callback_secret = "whsec_..."
"""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr


class StripeSettings(BaseModel, extra="forbid", frozen=True):
    """An account at Stripe: its secret key, and the secret that signs callbacks to `/v1/cards/callbacks/stripe`.

    `api` is another address than Stripe's own, for a simulator.
    """

    secret_key: SecretStr
    callback_secret: SecretStr
    api: str = Field(default="https://api.stripe.com", pattern=r"^https?://[^\s/?#]+$")
