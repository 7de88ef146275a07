"""What others learn of what happened here: other systems by webhooks, customers by messages."""
