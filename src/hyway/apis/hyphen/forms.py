"""Bodies that may come as multipart/form-data as well as JSON: fields are texts, files are their bytes."""

import asyncio
from io import BytesIO
from typing import Any

from multipart import MultipartError, MultipartParser, parse_options_header

from hyway.apis.hyphen import reading
from hyway.apis.kit.operations import Ask
from hyway.kernel.faults import Invalid

FORM = "multipart/form-data"
_MOST_PARTS = 100


async def parse(ask: Ask, whole: bytes) -> Any:
    """What a JSON body, or a form, says; a field that was left empty was not said."""
    kind, options = parse_options_header(ask.headers.get(b"content-type", b"").decode("latin-1"))
    if kind.lower() != FORM:
        return await reading.parse(ask, whole)
    return await asyncio.to_thread(_form, whole, options.get("boundary", ""))


def _form(whole: bytes, boundary: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not whole.replace(f"--{boundary}".encode("latin-1", "replace"), b"").strip(b"-\r\n"):
        return found  # one without a field, which clients spell in several ways
    try:
        parts = MultipartParser(
            BytesIO(whole),
            boundary or "-",
            content_length=len(whole),
            disk_limit=0,
            memory_limit=len(whole) + 1,
            spool_limit=len(whole) + 1,
            part_limit=_MOST_PARTS,
        )
        for part in parts:
            # Whatever a part says of its letters: some of what Python knows by a name is no way to write any.
            value = part.raw.decode() if part.filename is None else part.raw
            if value:
                found[part.name] = value
    except (MultipartError, UnicodeError, ValueError):
        raise Invalid("", "Body is not a valid form") from None
    return found
