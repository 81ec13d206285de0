"""The commands about signing in by OpenID Connect."""

from cyclopts import App

from hyway.commands import shared
from hyway.commands.shared import Data, words
from hyway.domain import oidc

keys = App(name="oidc", help="Signing in by OpenID Connect: rotate.")


@keys.command
def rotate(*, data: Data = None) -> int:
    """Sign tokens with a new key from now on, and print its id; it is done every thirty days anyway.

    What the old key signed stays valid until it expires: the old key is still shown to whoever verifies. Works
    beside a running server.
    """
    with shared.opened(data) as db:
        shared.tell(db.write_now(oidc.keys.rotate, oidc.keys.fresh()))
    words.print("tokens are signed with a new key now")
    return 0


def register(app: App) -> None:
    app.command(keys)


__all__ = ["register"]
