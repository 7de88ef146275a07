"""Bank statements: what a bank says of a seller's account, and what each movement of it is."""
