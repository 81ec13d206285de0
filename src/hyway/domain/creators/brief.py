"""Briefs: rich text that an organization writes and strangers read, made harmless on its way in."""

from html import escape, unescape

import nh3

from hyway.kernel.faults import Invalid

LONGEST = 50_000
"""Characters of a brief as it is kept."""
_RAW = 4 * LONGEST  # with all that an editor adds and the cleaning takes away
_TAGGED = 6_000
"""Beginnings of tags: what is nested n deep takes n * n steps to read, whoever reads it."""

# What rich-text editors make. No pictures: one from elsewhere would tell its server who reads.
_MADE = (
    "a b blockquote br caption code del div em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins li mark ol p pre s"
    " span strike strong sub sup table tbody td tfoot th thead tr u ul"
)
_TAGS = frozenset(_MADE.split())
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_cleaner = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "svg", "math", "title"},
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="noopener nofollow ugc",
    strip_comments=True,
)
_text = nh3.Cleaner(tags=set(), clean_content_tags={"script", "style", "template"}, strip_comments=True)


def clean(html: str) -> str:
    """The same text with the tags of a rich-text editor alone; cleaning it again changes nothing.

    No handlers, no styles, no classes; links lead to http, https, mail and telephones, and say that a user made them.
    """
    if len(html) > _RAW:
        raise _too_long()
    if html.count("<") > _TAGGED:
        raise Invalid("brief", "has too many tags (maximum is {most})", most=_TAGGED)
    kept = _cleaner.clean(_printable(html)).strip()
    if len(kept) > LONGEST:
        raise _too_long()
    return kept


def text(html: str) -> str:
    """The words of a brief without its tags, on one line."""
    spaced = html.replace("<", " <")
    return " ".join(unescape(_text.clean(spaced)).split())


def of_words(words: str) -> str:
    """A brief that says so, as one paragraph; empty for nothing but space."""
    said = " ".join(_printable(words).split())
    return f"<p>{escape(said, quote=False)}</p>" if said else ""


def _printable(html: str) -> str:
    """Without what no database and no encoding takes."""
    return html.replace("\0", "").encode(errors="ignore").decode()


def _too_long() -> Invalid:
    return Invalid("brief", "is too long (maximum is 50000 characters)")


__all__ = ["LONGEST", "clean", "of_words", "text"]
