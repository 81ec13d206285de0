"""Which pages there are."""

from hyway.console.toggles import public_keys, segment, toggle, toggle_form

ROUTES = [*toggle_form.ROUTES, *toggle.ROUTES, *segment.ROUTES, *public_keys.ROUTES]
