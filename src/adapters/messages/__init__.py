"""Messages to and from people: mailboxes that are read by IMAP, and mail that is sent by SMTP."""
