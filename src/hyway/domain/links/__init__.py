"""Short links, and the shelves they are kept on: collections, tags, partners."""

from hyway.domain.links import qr
from hyway.domain.links.records import (
    Collection,
    ForwardQuery,
    Link,
    LinkChange,
    LinkQuery,
    Partner,
    ShelfQuery,
    Tag,
    Target,
)
from hyway.domain.links.rules import FORWARDING, TAG_COLORS, UTM_KEYS, host_of, web_url
from hyway.domain.links.service import (
    TOPIC,
    by_seqs,
    count,
    drop,
    find,
    lane_key,
    page,
    put,
    seq_of,
    seqs_of,
    target,
)
from hyway.domain.links.shelves import COLLECTIONS, PARTNERS, TAGS, Shelf, bounds
from hyway.domain.links.shelves import count as count_shelf
from hyway.domain.links.shelves import drop as drop_from_shelf
from hyway.domain.links.shelves import page as page_of_shelf
from hyway.domain.links.shelves import put as put_on_shelf

__all__ = [
    "COLLECTIONS",
    "FORWARDING",
    "PARTNERS",
    "TAGS",
    "TAG_COLORS",
    "TOPIC",
    "UTM_KEYS",
    "Collection",
    "ForwardQuery",
    "Link",
    "LinkChange",
    "LinkQuery",
    "Partner",
    "Shelf",
    "ShelfQuery",
    "Tag",
    "Target",
    "bounds",
    "by_seqs",
    "count",
    "count_shelf",
    "drop",
    "drop_from_shelf",
    "find",
    "host_of",
    "lane_key",
    "page",
    "page_of_shelf",
    "put",
    "put_on_shelf",
    "qr",
    "seq_of",
    "seqs_of",
    "target",
    "web_url",
]
