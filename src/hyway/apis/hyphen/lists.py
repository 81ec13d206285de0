"""Lists as this wire pages them: total, pageNum, pageSize, data. A page past the end is empty, never missing."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

from hyway.apis.hyphen.fields import Words

T = TypeVar("T")
SIZE, MOST = 100, 200
_FARTHEST = 2**53 - 1
"""The last page that a program without whole numbers of its own can count to."""


class PageQuery(Struct, kw_only=True, rename="camel"):
    """What every list takes; a list's own query adds its filters."""

    page_num: Annotated[int, Meta(ge=1, le=_FARTHEST, description="The number of the page, from 1.")] = 1
    page_size: Annotated[int, Meta(ge=1, le=MOST, description="Records on a page.")] = SIZE

    @property
    def offset(self) -> int:
        return (self.page_num - 1) * self.page_size

    @property
    def limit(self) -> int:
        return self.page_size


class PageOut(Struct, Generic[T], rename="camel"):
    """A page of a list; `total` counts all that the filters let through."""

    total: int
    page_num: int
    page_size: int
    data: list[T]


class Listed(Struct, Generic[T]):
    """A list without pages."""

    data: list[T]


def page(query: PageQuery, total: int, data: Sequence[T]) -> PageOut[T]:
    """The envelope around a page's records."""
    return PageOut(total, query.page_num, query.page_size, list(data))


__all__ = ["MOST", "SIZE", "Listed", "PageOut", "PageQuery", "Words", "page"]
