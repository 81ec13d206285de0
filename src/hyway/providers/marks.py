"""Marks of vendors for the catalogue, as SVG: what they are about in a few strokes, and nobody's own artwork."""

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="'
)


def mark(strokes: str) -> str:
    """`strokes` are a path's, in a square of 24."""
    return f'{_HEAD}{strokes}"/></svg>'


BRANCH = mark(
    "M6 4v12M6 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4M18 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4M18 8c0 5-5 6-10.5 8.6"
)
CHANNEL = mark("M9 4 7 20M17 4l-2 16M4 9h16M4 15h16")
LETTERS = mark("M3 6h18v13H3zM3 7l9 6 9-6")
PARCEL = mark("M12 3 4 7v10l8 4 8-4V7zM4 7l8 4 8-4M12 11v10")
PULSE = mark("M3 12h4l3-8 4 16 3-8h4")
FLAME = mark("M12 3c1 4 5 5 5 10a5 5 0 0 1-10 0c0-2 1-3 2-4 0 2 1 3 2 3 1-3-1-5 1-9")
