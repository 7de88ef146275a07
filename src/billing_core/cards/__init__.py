"""Cards: the stored card of an account, charges by a gateway with their refunds and disputes, and its callbacks."""
