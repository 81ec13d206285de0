"""Every statement of toggles."""
