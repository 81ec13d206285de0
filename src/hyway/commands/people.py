"""Commands about who may do what: key, user, org."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from hyway.commands import shared
from hyway.commands.shared import Data, words
from hyway.domain import billing, identity
from hyway.domain.identity import KeyKind, NewKey, Role
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing

Org = Annotated[str | None, Parameter(help="The organization's name; not needed where there is only one.")]
Roles = Annotated[
    str | None,
    Parameter(help="Roles of a key of Hyphen, comma-separated. [default: OrganizationAdmin]"),
]
user = App(name="user", help="People: add, list, reset-password.")
org = App(name="org", help="Organizations: add, list, plan.")


def key(
    kind: Annotated[
        Literal["hoko", "hypemarket", "hyphen", "hypertrack", "hypertrack-public"],
        Parameter(help="Which API the key opens."),
    ],
    *,
    org: Org = None,
    person: Annotated[
        str | None,
        Parameter(help="Whose token of Hypemarket, by e-mail address. [default: the organization's owner]"),
    ] = None,
    name: Annotated[str, Parameter(help="What the key is for, for you to remember.")] = "Command line",
    scopes: Annotated[str | None, Parameter(help="Its scopes, comma-separated. [default: all]")] = None,
    permission: Annotated[Literal["read", "write"], Parameter(help="What the key may do at all.")] = "write",
    roles: Roles = None,
    test: Annotated[
        bool, Parameter(negative=(), help="A key of HyperTrack that sees test data alone.")
    ] = False,
    data: Data = None,
) -> int:
    """Print one new credential, alone, on standard output. It is shown only now.

    For example:

        hyway key hoko
        hyway key hoko --name reports --scopes linksRead,analyticsRead
        hyway key hypertrack
        hyway key hypertrack-public --test
        hyway key hypemarket --permission read --person kim@example.com
        hyway key hyphen --name deploys --roles OrganizationMember
        KEY=$(hyway key hoko)
    """
    if kind == "hypemarket":
        return _token(person, org, name, permission, data)
    if kind == "hyphen":
        return _api_key(org, name, _words(roles) or identity.api_keys.ADMINISTRATOR, data)
    wanted = _words(scopes)
    with shared.opened(data) as db:
        by = shared.caller(db, org)
        made = db.write_now(identity.issue_key, by, NewKey(_kind(kind, test), name, wanted, permission))
    words.print(f"key {made.key.name!r} with {', '.join(made.key.scopes)}", style="dim")
    shared.tell(made.secret)
    return 0


def _words(said: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (said or "").split(",") if word.strip())


def _api_key(org: str | None, name: str, roles: tuple[str, ...], data: Data) -> int:
    """A program in the organization, with its first secret."""
    with shared.opened(data) as db:
        made, secret = db.write_now(identity.api_keys.create, shared.caller(db, org), name, roles)
    words.print(f"key {made.name!r} ({made.id}) with {', '.join(made.roles)}", style="dim")
    shared.tell(secret.value)
    return 0


def _token(email: str | None, org: str | None, name: str, permission: identity.Permission, data: Data) -> int:
    """A token belongs to a person, and works wherever they do."""
    with shared.opened(data) as db:
        _, secret = db.write_now(_issue, email, org, name, permission)
    words.print(f"token {name!r} that may {permission}", style="dim")
    shared.tell(secret)
    return 0


def _issue(
    w: Write, email: str | None, org: str | None, name: str, permission: identity.Permission
) -> tuple[identity.AccessToken, str]:
    person = _owner(w, org) if email is None else _person(w, email, org)
    by = identity.Caller(
        identity.NOBODYS,
        identity.DEFAULT_PLAN,
        "system",
        "command",
        "hyway command",
        "command",
        person=person.seq,
    )
    return identity.tokens.create(w, by, name, permission)


def _person(w: Write, email: str, org: str | None) -> identity.Person:
    found = identity.person_by_email(w, email)
    if found is None:
        raise Missing("there is no person with the address {email}", email=email)
    if org is not None and found.seq not in {each.person.seq for each in _members(w, org)}:
        raise Missing("{email} does not belong to {org}", email=email, org=org)
    return found


def _owner(w: Write, org: str | None) -> identity.Person:
    owners = [each.person for each in _members(w, org) if each.role == "owner"]
    if not owners:
        raise Missing("the organization has no owner; say --person")
    return owners[0]


def _members(r: Read, org: str | None) -> list[identity.Membership]:
    return identity.members_of(r, identity.command_line(identity.organization_named(r, org)))


def _kind(kind: Literal["hoko", "hypertrack", "hypertrack-public"], test: bool) -> KeyKind:
    if not test:
        return kind
    match kind:
        case "hypertrack":
            return "hypertrack-test"
        case "hypertrack-public":
            return "hypertrack-public-test"
    raise Invalid("test", "is for the keys of HyperTrack")


@user.command(name="add")
def add_user(
    email: str,
    *,
    name: Annotated[str, Parameter(help="The person's name.")],
    org: Org = None,
    role: Annotated[Literal["admin", "member"], Parameter(help="The role in the organization.")] = "member",
    password_stdin: Annotated[
        bool, Parameter(negative=(), help="Read the password from standard input's first line.")
    ] = False,
    data: Data = None,
) -> int:
    """Add a person to an organization.

    Without --password-stdin a one-time password is made and printed, to be changed at the first sign-in.

    For example:

        hyway user add kim@example.com --name "Kim Doe" --role admin
        pass show hyway | hyway user add kim@example.com --name "Kim Doe" --password-stdin
    """
    password = shared.first_line_of_input() if password_stdin else identity.one_time_password()
    with shared.opened(data) as db:
        by = shared.caller(db, org)
        db.write_now(_add, by, email, name, password, role, not password_stdin)
    words.print(f"{email} can sign in now")
    if not password_stdin:
        shared.tell(password)
    return 0


def _add(
    w: Write, by: identity.Caller, email: str, name: str, password: str, role: Role, must_change: bool
) -> None:
    identity.join(w, by, identity.add_person(w, email, name, password, must_change=must_change), role)


@user.command(name="list")
def list_users(*, org: Org = None, data: Data = None) -> int:
    """List people: e-mail, name, role, organization, parted by tabs."""
    with shared.opened(data) as db:
        every = db.read_now(identity.every_organization)
        chosen = [db.read_now(identity.organization_named, org)] if org else every
        for each in chosen:
            for member in db.read_now(identity.members_of, identity.command_line(each)):
                shared.tell(member.person.email, member.person.name, member.role, each.name)
    return 0


@user.command(name="reset-password")
def reset_password(email: str, *, data: Data = None) -> int:
    """Print a new one-time password of a person and end their sessions."""
    with shared.opened(data) as db:
        fresh = db.write_now(_reset, email)
    shared.tell(fresh)
    return 0


def _reset(w: Write, email: str) -> str:
    person = identity.person_by_email(w, email)
    if person is None:
        raise Missing("there is no person with the address {email}", email=email)
    return identity.reset_password(w, person)


@org.command(name="add")
def add_org(name: str, *, data: Data = None) -> int:
    """Add an organization and print its id."""
    with shared.opened(data) as db:
        shared.tell(db.write_now(identity.found_organization, name).id)
    return 0


@org.command(name="list")
def list_orgs(*, data: Data = None) -> int:
    """List organizations: id, name, plan, parted by tabs."""
    with shared.opened(data) as db:
        for each in db.read_now(identity.every_organization):
            shared.tell(each.id, each.name, each.plan)
    return 0


@org.command(name="plan")
def change_plan(name: str, plan: str, *, data: Data = None) -> int:
    """Put an organization on a plan, and with it all that the same billing account pays for.

    Their keys have the plan's powers from the next request on. For example:

        hyway org plan "My organization" business
    """
    chosen = billing.plan(plan)
    with shared.opened(data) as db:
        found = db.read_now(identity.organization_named, name)
        account = db.read_now(billing.accounts.of, found.seq)
        db.write_now(billing.subscriptions.put, identity.command_line(found), account, chosen.name)
    words.print(f"{found.name} is on the plan {chosen.title}")
    return 0


def register(app: App) -> None:
    app.command(key)
    app.command(user)
    app.command(org)


__all__ = ["register"]
