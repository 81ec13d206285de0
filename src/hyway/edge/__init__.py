"""The fast lanes: bare ASGI before any framework."""
