"""Every statement of the event log."""
