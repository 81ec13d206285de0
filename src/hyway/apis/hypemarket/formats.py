"""Which form of answer a request wants: the suffix of the path decides, then the Accept header, as Rails does it."""

import re
from typing import Literal, NamedTuple

_SUFFIX = re.compile(r"(.*/[^/.]+)\.([A-Za-z0-9_-]+)")
_BROWSER = re.compile(r",\s*\*/\*|\*/\*\s*,")
_TYPES: dict[str, str] = {
    "application/json": "json",
    "text/x-json": "json",
    "application/jsonrequest": "json",
    "application/vnd.api+json": "json",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/x-xml": "xml",
}
_MOST = 50

Form = Literal["json", "html", "xml", "csv", "other"]


class Wanted(NamedTuple):
    """`form` of the answer, the `path` without its suffix, and whether the Accept header decided."""

    form: Form
    path: str
    by_header: bool


def wanted(path: str, accept: str) -> Wanted:
    """What a request with this path and Accept header wants.

    Browsers name `*/*` beside other types and get pages; so does a bare `*/*`, and who names nothing.
    """
    if (suffixed := _SUFFIX.fullmatch(path)) is not None:
        return Wanted(_form(suffixed[2]), suffixed[1], False)
    if not accept.strip() or _BROWSER.search(accept):
        return Wanted("html", path, False)
    return Wanted(_of_header(accept), path, True)


def _form(suffix: str) -> Form:
    match suffix:
        case "json" | "html" | "xml" | "csv":
            return suffix
    return "other"


def _of_header(accept: str) -> Form:
    """The best liked of the types that there are; `other` where there is none of them."""
    named: list[tuple[float, int, str]] = []
    for index, each in enumerate(accept.split(",")[:_MOST]):
        name, *parameters = (word.strip().lower() for word in each.split(";"))
        named.append((-_weight(parameters), index, name))
    known: Form | None = None
    for _, _, name in sorted(named):
        if name in ("*/*", "text/*"):
            return "html"
        if name == "application/*":
            return "html"  # one of its names is application/xhtml+xml, and pages come first
        if (form := _TYPES.get(name)) in ("json", "html"):
            return _form(form or "")
        known = known or ("xml" if form == "xml" else None)
    return known or "other"


def _weight(parameters: list[str]) -> float:
    for each in parameters:
        if each.startswith("q="):
            try:
                return min(1.0, max(0.0, float(each[2:])))
            except ValueError:
                return 0.0
    return 1.0
