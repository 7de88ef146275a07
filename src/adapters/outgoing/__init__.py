"""What leaves for other systems: the public form of events, and webhooks, signed and sent."""
