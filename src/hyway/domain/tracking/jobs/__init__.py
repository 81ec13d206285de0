"""What happens by itself or later: to actions, days, devices, geofences, places."""
