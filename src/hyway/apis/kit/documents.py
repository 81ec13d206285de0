"""What a family says of itself: the OpenAPI document, the page for people, its part of llms.txt."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hyway.apis.kit import markdown, openapi, reference
from hyway.apis.kit.operations import Operation


@dataclass(frozen=True, slots=True)
class Manual:
    """`slug` is the family's name in addresses, `tagline` says what it is, `notes` say more to programs."""

    slug: str
    tagline: str
    family: openapi.Family
    operations: Sequence[Operation]
    notes: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where the OpenAPI document is found."""
        return f"/openapi/{self.slug}.json"

    def openapi(self, public_url: str = "") -> bytes:
        """The OpenAPI 3.1 document as JSON."""
        return msgspec.json.encode(openapi.document(self.family, self.operations, public_url))

    def page(self) -> bytes:
        """The reference as an HTML page."""
        return reference.page(openapi.document(self.family, self.operations), self.source)

    def markdown(self, public_url: str = "") -> str:
        """The reference as Markdown."""
        return markdown.text(openapi.document(self.family, self.operations, public_url))

    def llms_txt(self, public_url: str) -> str:
        """The API in few words, for programs that read, after the convention of llms.txt: its part of that file."""
        lines = [
            f"# {self.family.title}",
            "",
            f"> {self.tagline}",
            "",
            *self.family.description.split("\n\n")[1:],
            "",
            *(line for note in self.notes for line in (note, "")),
            "## Documentation",
            "",
            f"- [OpenAPI 3.1]({public_url}{self.source}): every operation, field and bound",
            f"- [Reference]({public_url}/docs/{self.slug}): the same for people",
            f"- [The same as Markdown]({public_url}/docs/{self.slug}.md): for programs",
            "",
            "## Operations",
            "",
        ]
        for each in self.operations:
            keys = " ".join(each.needs or ()) or " or ".join(each.scopes or ()) or "anybody"
            said = f"{each.summary}. {each.description}".rstrip()
            lines.append(f"- `{each.method} {public_url}{each.path}` ({keys}): {said}")
        return "\n".join(lines) + "\n"
