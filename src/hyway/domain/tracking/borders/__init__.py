"""Geofences: whom they are for, who is inside, and what is told of it."""
