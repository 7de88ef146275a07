"""What other systems learn of what happened here."""
