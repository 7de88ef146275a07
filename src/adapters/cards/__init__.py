"""Gateways of cards: Stripe, and a simulator of it."""
