"""npm: the accounts of those who are in an organization there, by the registry's own interface.

The registry is the organization's to name; as every vendor it is asked at public addresses alone.
"""

from collections.abc import Iterator, Mapping

from hyway.domain.connections import Declined, Entry, Field, Offer, Reach
from hyway.providers.basis import setting
from hyway.providers.marks import PARCEL
from hyway.providers.rosters import Person, Roster
from hyway.providers.ways import Way
from hyway.providers.wire import Said, Wire, nonsense, part, words

_COLOR = "#cb3837"


class Npm(Roster):
    entry = Entry(
        type="npm",
        name="npm",
        description="Know which account at npm is whose, among those who are in your organization there.",
        provides=(Offer("Account", ("Member",), needs_input=True),),
        fields=(
            Field(
                "registry",
                "Registry",
                "The address of the registry, as `npm config get registry` shows it.",
                pattern=r"https://[A-Za-z0-9.\-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~\-/]*)?",
            ),
            Field(
                "organization",
                "Organization",
                "Its name at npm, without the @.",
                longest=214,
                pattern=r"[A-Za-z0-9~][A-Za-z0-9._~\-]*",
            ),
            Field(
                "token",
                "Access token",
                "A token that may read the organization.",
                secret=True,
                longest=300,
                pattern=r"[\x21-\x7e]+",
            ),
        ),
        image=PARCEL,
        color=_COLOR,
        guide=(
            "Run `npm config get registry`: what it shows is the address of the registry.",
            "Sign in to npm as somebody in the organization, and open Access Tokens from the menu at your picture.",
            "Generate a granular access token; under Organizations give it read access to yours, and no packages.",
            "Copy the token, which is shown once, and paste it here.",
        ),
    )

    def check(self, reach: Reach) -> None:
        """Whose token it is, and whether they may see who is in the organization."""
        wire = _wire(reach)
        if not words(wire.ask("GET", "/-/whoami").body, "username"):
            raise nonsense("npm")
        _roles(wire, reach)

    def people(self, reach: Reach) -> Iterator[Person]:
        """npm tells no e-mail addresses; names are the ids."""
        for name in sorted(_roles(_wire(reach), reach)):
            yield Person(name, name)

    def matching(self, reach: Reach, wanted: str) -> list[Person]:
        """The one of a name, in whatever case, with or without the @ or the ~ that npm shows before names."""
        known = wanted.lstrip("@~").casefold()
        return [each for each in self.people(reach) if each.id.casefold() == known]


def _roles(wire: Wire, reach: Reach) -> Mapping[str, object]:
    """Roles by the names of those who have them."""
    said = wire.ask("GET", f"/-/org/{part(setting(reach, 'organization'))}/user", fine=(404,))
    if said.status == 404:
        raise Declined(
            f"There is no organization {setting(reach, 'organization')} at npm that this token can see"
        )
    if not isinstance(said.body, dict) or not all(isinstance(role, str) for role in said.body.values()):
        raise nonsense("npm")
    return said.body


def _why(said: Said) -> str:
    return words(said.body, "error") or words(said.body, "message")


def _wire(reach: Reach) -> Wire:
    token, registry = setting(reach, "token"), reach.endpoint or setting(reach, "registry")
    if not token or not registry:
        raise Declined("npm needs the address of a registry, and an access token")
    return Wire(Way("npm", reach), registry, {"Authorization": f"Bearer {token}"}, why=_why)


provider = Npm()
