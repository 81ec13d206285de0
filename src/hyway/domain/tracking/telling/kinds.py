"""The types of events, and what each is about."""

ACTION = (
    "action.created",
    "action.assigned",
    "action.started",
    "action.on_the_way",
    "action.arriving",
    "action.arrived",
    "action.completed",
    "action.canceled",
    "action.suspended",
    "action.delayed",
    "action.completed_late",
    "action.completed_at_different_place_than_expected",
)
USER = (
    "user.created",
    "user.activity.walking",
    "user.activity.running",
    "user.activity.cycling",
    "user.activity.driving",
    "user.activity.stopped",
    "user.network.offline",
    "user.network.online",
)
TRACKING = ("tracking.started", "tracking.ended")
SEGMENT = ("trip.started", "trip.ended", "stop.started", "stop.ended")
FENCE = ("geofence.entered", "geofence.exited", "geofence.triggered")
DEVICE = (
    "device.location.enabled",
    "device.location.disabled",
    "device.location_permission.enabled",
    "device.location_permission.disabled",
    "device.location.services.enabled",
    "device.location.services.disabled",
    "device.location_config.changed",
    "device.power.changed",
    "device.power.state",
    "device.radio.changed",
    "device.info.changed",
    "device.service.restarted",
    "device.secondary.ignored",
)
FROM_DEVICES = frozenset({"action.assigned", "action.completed", *TRACKING, *SEGMENT, *DEVICE}) - {
    "device.secondary.ignored"
}
"""Those of ours that a device may report, as the vendor's clients do: a key that is in every app must not speak for
the server."""
ALL = (*ACTION, *USER, *TRACKING, *SEGMENT, *FENCE, *DEVICE)
"""What a webhook may ask for, besides all of them."""
