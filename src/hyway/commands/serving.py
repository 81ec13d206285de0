"""Commands that serve: up, serve, worker, migrate."""

import json
from typing import Annotated

from cyclopts import App, Parameter

from hyway import main, observe, running
from hyway.commands import shared
from hyway.commands.shared import Data, words
from hyway.domain import identity, links
from hyway.domain.identity import NewKey
from hyway.kernel.db import Write
from hyway.settings import Settings

OWNER = "owner@example.com"
ORGANIZATION = "My organization"
Host = Annotated[str, Parameter(help="The address to listen on; 0.0.0.0 lets other machines in.")]
Port = Annotated[int, Parameter(help="The port to listen on.")]


def up(*, host: Host = "127.0.0.1", port: Port = 8000, data: Data = None) -> int:
    """Start here and now: makes or migrates the data folder, then serves.

    The first time it makes an organization and an owner, and prints a one-time password, a key and a first
    request to paste. Only this machine can reach the server unless --host says otherwise.

    For example:

        hyway up
        hyway up --port 9000 --data /srv/hyway
        hyway up --host 0.0.0.0
    """
    url = _listens(host, port)
    settings = shared.settings_of(data, url)
    observe.logs(settings.log_format)
    running.check_port(host, port)
    with shared.holding(settings, url):
        shared.prepare(settings)
        welcome(settings)
        return running.serve(settings, host, port)


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, Parameter(help="Processes; more than one needs PostgreSQL.")] = 1,
    data: Data = None,
) -> int:
    """Serve a database that is ready (see hyway migrate), for production.

    Settings come from the environment: HYWAY_DATABASE_URL, HYWAY_PUBLIC_URL, HYWAY_TRUSTED_PROXIES …
    SIGTERM lets it answer who is waiting before it ends.

    For example:

        HYWAY_DATABASE_URL=postgresql://hyway@db/hyway hyway serve --host 0.0.0.0 --workers 4
    """
    url = _listens(host, port)
    settings = shared.settings_of(data, url)
    observe.logs(settings.log_format)
    shared.check_present(settings)
    if not settings.is_sqlite:
        return running.serve(settings, host, port, workers)
    with shared.holding(settings, url):
        return running.serve(settings, host, port, workers)


def worker(*, data: Data = None) -> int:
    """Run background work alone: webhook deliveries, roll-ups, clearing away.

    Every server does it too; of all that share a database one leads, the others stand by.
    """
    from hyway.worker import run_forever

    settings = shared.settings_of(data)
    observe.logs(settings.log_format)
    with shared.opened(data) as db:
        words.print("working; stop with Ctrl-C or SIGTERM")
        run_forever(db, settings)
    return 0


def migrate(*, data: Data = None) -> int:
    """Bring the database to the revision of this program; makes it where there is none.

    Prints the revision.
    """
    before, after = shared.prepare(shared.settings_of(data))
    words.print("was there already" if before == after else f"migrated from {before or 'nothing'}")
    shared.tell(after)
    return 0


def _listens(host: str, port: int) -> str:
    """The URL that a browser on this machine would open."""
    name = "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1") else host  # noqa: S104  # compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def welcome(settings: Settings) -> None:
    """Says where the server is; the first time makes someone who can sign in, and says how."""
    db = main.open_database(settings, threads=1)
    try:
        made = db.write_now(_first_run)
    finally:
        db.close()
    words.print(f"Hyway serves {settings.public_url} from {settings.data}")
    if made is None:
        return words.print(f"Sign in at {settings.public_url}/console")
    password, key, collection = made
    wish = json.dumps([{"url": "https://example.com/", "collectionId": collection}])
    print(
        f"Sign in:   {settings.public_url}/console\n"
        f"E-mail:    {OWNER}\n"
        f"Password:  {password}   (once; you will choose your own)\n\n"
        "Your first short link (this key is shown only now; hyway key hoko makes others):\n\n"
        f"curl -X POST {settings.public_url}/api/links \\\n"
        f"  -H 'Authorization: Bearer {key}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d '{wish}'\n",
        flush=True,
    )


def _first_run(w: Write) -> tuple[str, str, str] | None:
    """A one-time password, a key and a collection's id, where there was no organization yet."""
    if identity.every_organization(w):
        return None
    by = identity.command_line(identity.found_organization(w, ORGANIZATION))
    password = identity.one_time_password()
    owner = identity.add_person(w, OWNER, "Owner", password, must_change=True)
    identity.join(w, by, owner, "owner")
    key = identity.issue_key(w, by, NewKey("hoko", "First steps"))
    shelf = links.put_on_shelf(w, by, links.COLLECTIONS, [{"name": "My links"}])
    return password, key.secret, shelf[0].id


def register(app: App) -> None:
    for command in (up, serve, migrate, worker):
        app.command(command)


__all__ = ["register", "welcome"]
