"""Further processes of the program on the database, and the worker."""
