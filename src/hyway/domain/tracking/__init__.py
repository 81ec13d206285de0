"""Who is where: users, their positions, trips and stops, actions, places, groups, geofences, events."""

__all__: list[str] = []
