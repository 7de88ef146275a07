"""RADIUS accounting as FreeRADIUS hands it on."""
