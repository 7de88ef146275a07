"""Kafka: events and balances to its topics, and usage from them."""
