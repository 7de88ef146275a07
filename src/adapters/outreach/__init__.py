"""Messages to customers: how templates are rendered, and the channels by which messages leave."""
