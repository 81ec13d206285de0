"""Pictures that come with forms: drawn anew before anything is written, kept in the transaction."""

from typing import Any

from hyway.apis.hypemarket import asking
from hyway.apis.hypemarket.params import Sent, Upload
from hyway.apis.hypemarket.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import files
from hyway.domain.files import Picture
from hyway.domain.identity import Caller
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid


async def decoded(ask: Ask, sent: Sent, name: str, most: int) -> Sent:
    """What was sent, with the Picture of the upload `name`, or with what is wrong with it; `most` in bytes."""
    upload = sent.fields.get(name)
    if not isinstance(upload, Upload):
        return sent
    await asking.allowed(ask)  # drawing costs a lot: not for those who may not
    try:
        picture = await files.take(tools(ask).blobs, upload.raw, upload.name, most, name)
    except Invalid as why:
        return sent.with_fault(why)
    return sent.with_field(name, picture)


def kept(
    w: Write, by: Caller, blobs: Blobs, fields: dict[str, Any], name: str, column: str
) -> dict[str, Any]:
    """The fields with the number of the kept file as `column`, None where the picture is to go.

    `purge_<name>` makes it go, too, unless a new picture came with it.
    """
    purge = f"purge_{name}"
    others = {key: value for key, value in fields.items() if key not in (name, purge)}
    picture = fields.get(name)
    if isinstance(picture, Picture):
        return {**others, column: files.keep(w, by, blobs, picture).seq}
    return {**others, column: None} if name in fields or fields.get(purge) else others
