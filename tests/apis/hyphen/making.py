"""Projects and apps of the organization, made by its administrator."""

from typing import Any

from hyway.domain import identity
from tests.apis.hyphen.conftest import Acme


async def make(acme: Acme, path: str, **body: Any) -> dict[str, Any]:
    """What a POST of the administrator's made."""
    async with acme.client() as client:
        answer = await client.post(f"{acme.base}/{path}", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def project(acme: Acme, alternate_id: str = "shop", name: str = "Shop", **more: Any) -> dict[str, Any]:
    return await make(acme, "projects/", alternateId=alternate_id, name=name, **more)


async def app(acme: Acme, alternate_id: str = "web", name: str = "Web", of: str = "shop") -> dict[str, Any]:
    return await make(acme, f"projects/{of}/apps/", alternateId=alternate_id, name=name)


def give(acme: Acme, thing: str, role: str) -> None:
    """A role on a project or an app for Mia, who is a member."""
    mia = acme.inside(acme.member).member
    acme.db.write_now(identity.access.create, acme.by, thing, mia, (role,))
