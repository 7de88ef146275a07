"""Sessions of access servers: what a message adds, and the records that its usage becomes."""
