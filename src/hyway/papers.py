"""The fixed answers of the front door."""

from hyway.doors import Paper


def told(public_url: str) -> dict[str, Paper]:
    """The fixed answers: what the APIs say of themselves, and what robots and browsers ask every server for."""
    # Here, because commands that serve nothing should start without the web framework.
    from hyway.apis import hoko, hypemarket, hypertrack, hyphen

    text, html, json = b"text/plain; charset=utf-8", b"text/html; charset=utf-8", b"application/json"
    families = {"hoko": hoko, "hypemarket": hypemarket, "hyphen": hyphen, "hypertrack": hypertrack}
    words = {name: family.markdown(public_url) for name, family in families.items()}
    robots = b"User-agent: *\nDisallow: /api/\nDisallow: /console\nDisallow: /me\nDisallow: /organizations\n"
    return {
        "/docs": Paper(html, hoko.page()),
        **{f"/openapi/{name}.json": Paper(json, each.openapi(public_url)) for name, each in families.items()},
        **{f"/docs/{name}": Paper(html, each.page()) for name, each in families.items()},
        **{f"/docs/{name}.md": Paper(text, each.encode()) for name, each in words.items()},
        "/llms.txt": Paper(text, "\n".join(each.llms_txt(public_url) for each in families.values()).encode()),
        "/llms-full.txt": Paper(text, "\n".join(words.values()).encode()),
        "/robots.txt": Paper(text, robots),
        "/favicon.ico": Paper(b"image/svg+xml", _ICON),
    }


_ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3"'
    b' fill="#2457d6"/><path d="M4 3v10M12 3v10M4 8h8" stroke="#fff" stroke-width="2" fill="none"/></svg>'
)


__all__ = ["told"]
