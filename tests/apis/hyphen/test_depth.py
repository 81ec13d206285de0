"""Bodies that are nested deeper than anybody needs: refused, whichever of the two who walk them gives up."""

import pytest

from tests.apis.hyphen.conftest import Acme, refused


@pytest.mark.parametrize("depth", [200, 400, 600, 900, 1_500, 50_000])
async def test_a_deep_body_is_refused_and_no_accident(depth: int, acme: Acme) -> None:
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    listed = b"[" * depth + b"]" * depth
    async with acme.client(headers={"content-type": "application/json"}) as client:
        for body in (
            b'{"name":"Deep","criteria":[' + deep + b"]}",
            b'{"name":"Deep","criteria":' + listed + b"}",
        ):
            refused(await client.post(f"{acme.base}/teams/", content=body), 400)
        refused(await client.put(f"{acme.base}/teams/{'team_' + '0' * 24}/members", content=listed), 400)
