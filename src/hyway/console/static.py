"""Static files, kept in memory; an address carries its file's digest, so a browser may keep it for ever."""

import hashlib
from importlib.resources import files

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from hyway.console.visit import Asked

_KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_FILES = {
    each.name: each.read_bytes()
    for each in (files("hyway.console") / "static").iterdir()
    if each.name.rpartition(".")[2] in _KINDS
}
_MARKS = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in _FILES.items()}


def address(name: str) -> str:
    """Where a page finds a static file."""
    return f"/static/{name}?v={_MARKS[name]}"


@get("/static/{name:str}")
async def serve(request: Asked, name: FromPath[str]) -> Response[bytes]:
    body = _FILES.get(name)
    if body is None:
        raise NotFoundException
    mark = f'"{_MARKS[name]}"'
    fresh = "v" in request.query_params
    headers = {
        "etag": mark,
        "cache-control": "public, max-age=31536000, immutable" if fresh else "public, max-age=3600",
    }
    if request.headers.get("if-none-match") == mark:
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type=_KINDS[name.rpartition(".")[2]], headers=headers)


ROUTES = [serve]
