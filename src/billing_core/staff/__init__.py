"""Staff: who works with the system, what each may do, and from where."""
