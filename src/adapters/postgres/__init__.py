"""PostgreSQL: a server of our own for zero set-up (`server`), and the tables it carries (`migrations`)."""
