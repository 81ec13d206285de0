"""Which pages there are."""

from hyway.console.billing import account, paying

ROUTES = [*account.ROUTES, *paying.ROUTES]
