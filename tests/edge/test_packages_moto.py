"""Packages in a bucket of a moto server, as real S3 clients know it: laid in parts, led to, had in ranges, dropped."""

import hashlib
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from hyway.domain import packages
from hyway.domain.packages import NewPackage
from hyway.edge.packages import Packages
from hyway.kernel.blobs import Blobs, Bucket
from hyway.kernel.faults import Invalid
from tests.make.world import World

BODY = hashlib.shake_256(b"a program").digest(9 * 1024 * 1024)
"""More than one part of an upload."""


@pytest.fixture
def s3() -> Iterator[Any]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="AKTEST",
        aws_secret_access_key="a secret of the test",
    )
    client.create_bucket(Bucket="ours")
    yield client
    server.stop()


def held(s3: Any) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket="ours").get("Contents", [])]


async def test_a_bucket_holds_them(world: World, s3: Any) -> None:
    blobs = Blobs(
        Bucket("ours", s3.meta.endpoint_url, "us-east-1", "hyway/packages", "AKTEST", "a secret of the test")
    )
    laid = packages.lay(blobs, [BODY[:5_000_000], BODY[5_000_000:]])
    package = world.db.write_now(packages.add, NewPackage("hx", "1.0.0", "linux", "hx"), laid)
    assert held(s3) == [f"hyway/packages/{laid.key[:2]}/{laid.key[2:4]}/{laid.key}"]
    app: Any = Packages(world.db, blobs)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="https://go.example"
    ) as http:
        whole = await http.get(packages.address(package))
        part = await http.get(packages.address(package), headers={"range": "bytes=8388600-"})
    assert (whole.status_code, whole.content == BODY) == (200, True)
    assert (part.status_code, part.content == BODY[8_388_600:]) == (206, True)

    def broken() -> Iterator[bytes]:
        yield BODY
        raise Invalid("file", "is no more")

    with pytest.raises(Invalid):
        packages.lay(blobs, broken())
    assert len(held(s3)) == 1
    assert s3.list_multipart_uploads(Bucket="ours").get("Uploads", []) == []
    blobs.drop(laid.key)
    assert held(s3) == []
