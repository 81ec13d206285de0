"""An invoice as a PDF: one sheet or more, with text that can be searched, in Latin, Greek, Cyrillic and Arabic."""

import re
from importlib.resources import files
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from hyway.console.billing.words import Paper

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_MARGIN = 20.0
"""Millimetres, as all lengths here; type is in points."""
_LINE = 5.2
_INK, _DIM, _RULE = (27, 26, 23), (107, 103, 95), (214, 209, 199)
_ACCENT = (11, 117, 107)
_WIDE, _MIDDLE, _NARROW = 46, 34, 20
"""Shares of the columns, in per cent."""


class _Sheet(FPDF):
    """Says on each page which invoice it is of, and how many pages there are."""

    def __init__(self, of: Paper) -> None:
        super().__init__(format="Letter" if of.is_american else "A4")
        self._of = of
        self.set_title(f"Invoice {of.number}")
        self.set_author(of.seller)
        self.set_lang("en")
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, _MARGIN + 5)
        for style, name in (("", "Roboto-Regular.ttf"), ("B", "Roboto-Bold.ttf")):
            self.add_font("roboto", style, _font("font_roboto", name))
        if _ARABIC.search("".join(of.billed_to)):
            self.add_font("arabic", "", _font("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"))
            self.set_fallback_fonts(["roboto"], exact_match=False)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-_MARGIN)
        self.ink(8, _DIM)
        half = self.epw / 2
        self.cell(half, _LINE, f"{self._of.seller} · Invoice {self._of.number}")
        self.cell(half, _LINE, f"{self.page_no()} / {{nb}}", align="R")

    def ink(self, size: float, color: tuple[int, int, int] = _INK, style: str = "") -> None:
        self.set_font("roboto", style, size)
        self.set_text_color(*color)

    def line_of(self, text: str, width: float = 0, align: str = "L") -> None:
        """A text that goes on below where it is too long; letters of Arabic join, and run from right to left."""
        is_arabic = bool(_ARABIC.search(text))
        if is_arabic:
            self.set_font("arabic", "", self.font_size_pt)
            self.set_text_shaping(True)
        self.multi_cell(width, _LINE, text, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
        if is_arabic:
            self.set_text_shaping(False)


def pdf(of: Paper) -> bytes:
    """The file. It takes a good part of a second: call it in a thread."""
    sheet = _Sheet(of)
    _head(sheet, of)
    _facts(sheet, of)
    _rows(sheet, of)
    _sums(sheet, of)
    sheet.ink(9.5, _DIM)
    sheet.ln(_LINE * 2)
    sheet.set_x(_MARGIN)
    sheet.line_of(of.note)
    return bytes(sheet.output())


def _font(package: str, name: str) -> Path:
    return Path(str(files(package) / "files" / name))


def _head(sheet: _Sheet, of: Paper) -> None:
    sheet.ink(11, _ACCENT, "B")
    sheet.cell(sheet.epw / 2, 9, of.seller)
    sheet.ink(11, _DIM, "B")
    sheet.cell(sheet.epw / 2, 9, of.status, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.ink(22, style="B")
    sheet.cell(0, 14, f"Invoice {of.number}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.ln(4)


def _facts(sheet: _Sheet, of: Paper) -> None:
    """To whom on the left, the dates on the right."""
    top, half = sheet.get_y(), sheet.epw / 2
    sheet.ink(9, _DIM)
    sheet.line_of("Billed to", half)
    for at, each in enumerate(of.billed_to):
        sheet.ink(10, _INK, "B" if at == 0 else "")
        sheet.line_of(each, half - 6)
    below = sheet.get_y()
    sheet.set_xy(_MARGIN + half, top)
    for label, value in of.dates:
        sheet.ink(9, _DIM)
        sheet.set_x(_MARGIN + half)
        sheet.cell(24, _LINE, label)
        sheet.ink(10)
        sheet.cell(half - 24, _LINE, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.set_xy(_MARGIN, max(below, sheet.get_y()) + 8)


def _rows(sheet: _Sheet, of: Paper) -> None:
    sheet.ink(9.5)
    sheet.set_draw_color(*_RULE)
    with sheet.table(
        borders_layout="HORIZONTAL_LINES",
        col_widths=(_WIDE, _MIDDLE, _NARROW),
        text_align=("LEFT", "LEFT", "RIGHT"),
        line_height=_LINE,
        padding=(1.6, 1),
        headings_style=FontFace(emphasis="BOLD", color=_DIM, size_pt=9),
    ) as table:
        table.row(("What for", "How much", "Amount"))
        for each in of.rows:
            table.row((each.what, each.detail, each.amount))
    sheet.ln(4)


def _sums(sheet: _Sheet, of: Paper) -> None:
    """At the right edge; the total stands out, and stays with what it is the total of."""
    if sheet.will_page_break((len(of.sums) + 2) * (_LINE + 1.5)):
        sheet.add_page()
    for label, value in of.sums:
        _sum(sheet, label, value, 10, "")
    _sum(sheet, "Total", of.total, 13, "B")


def _sum(sheet: _Sheet, label: str, value: str, size: float, style: str) -> None:
    sheet.set_x(_MARGIN + sheet.epw / 2)
    sheet.ink(size, _INK if style else _DIM, style)
    sheet.cell(sheet.epw / 4, _LINE + 1.5, label)
    sheet.ink(size, style=style)
    sheet.cell(sheet.epw / 4, _LINE + 1.5, value, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
