"""Validation information as files to keep: a page and a PDF of the same form."""

from __future__ import annotations

import unicodedata
from html import escape

from bot import clock
from bot.channels.documents import page
from bot.compliance.validation_form import Form

_WIDTH = 100
_LINE = 5.5
_LIKE = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "..."})
_BOX = "[   ]"


def as_html(form: Form) -> str:
    """The form as a page."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(what)}</th><td>{escape(amount)}</td></tr>"
        for what, amount in form.rows
    )
    sections = "".join(
        f"<h2>{escape(heading)}</h2><ul>"
        + "".join(f"<li>{escape(point)}</li>" for point in points)
        + "</ul>"
        for heading, points in form.sections
    )
    heading, check, boxes = form.respond
    ticks = "".join(f"<li>{escape(box)}</li>" for box in boxes)
    return page(
        form.title,
        f"<address>{'<br>'.join(map(escape, form.sender))}</address>"
        f"<p>{'<br>'.join(map(escape, form.recipient))}</p>"
        f"<p>{escape(form.reference)}</p><p>{escape(form.heading)}</p>"
        f"{''.join(f'<p>{escape(line)}</p>' for line in form.account)}"
        f"<table>{rows}</table>{sections}"
        f"<hr><h2>{escape(heading)}</h2><p>{escape(check)}</p><ul>{ticks}</ul>"
        f"<p>{escape(form.payable)}</p>",
    )


def as_pdf(form: Form) -> bytes:
    """The form as a PDF of one or two pages."""
    # Takes a second to import, and most assistants are never asked for it.
    from fpdf import FPDF
    from fpdf.enums import Align, XPos, YPos

    pdf = FPDF(format="Letter")
    pdf.set_title(_plain(form.title))
    pdf.set_lang("en")
    pdf.set_creation_date(clock.now())
    pdf.set_margins(18, 16)
    pdf.set_auto_page_break(True, margin=16)
    pdf.add_page()

    def line(text: str, *, bold: bool = False, size: float = 10.5, indent: float = 0) -> None:
        pdf.set_font("Helvetica", "B" if bold else "", size)
        pdf.set_x(pdf.l_margin + indent)
        width = pdf.epw - indent
        pdf.multi_cell(
            width,
            _LINE,
            _plain(text),
            align=Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    for number, text in enumerate(form.sender):
        line(text, bold=number == 0)
    pdf.ln(3)
    for text in (*form.recipient, form.reference):
        line(text)
    pdf.ln(3)
    line(form.heading, bold=True, size=11.5)
    pdf.ln(2)
    for text in form.account:
        line(text)
    pdf.ln(1)
    for number, (what, amount) in enumerate(form.rows):
        last = number == len(form.rows) - 1
        pdf.set_font("Helvetica", "B" if last else "", 10.5)
        pdf.cell(_WIDTH + 25, _LINE + 1, _plain(what), border="T" if last else 0)
        pdf.cell(
            0,
            _LINE + 1,
            _plain(amount),
            border="T" if last else 0,
            align=Align.R,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
    for heading, points in form.sections:
        pdf.ln(3)
        line(heading, bold=True, size=11.5)
        for point in points:
            line(f"-  {point}", indent=3)
    heading, check, boxes = form.respond
    pdf.ln(4)
    pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
    pdf.ln(2)
    line(heading, bold=True, size=11.5)
    line(check)
    for box in boxes:
        line(f"{_BOX}  {box}", indent=3)
    pdf.ln(2)
    line(form.payable)
    return bytes(pdf.output())


def _plain(text: str) -> str:
    """The text in the letters that every PDF reader has: accents outside them are left off."""
    kept = text.translate(_LIKE)
    return "".join(
        letter
        if _fits(letter)
        else "".join(part for part in unicodedata.normalize("NFKD", letter) if _fits(part)) or "?"
        for letter in kept
    )


def _fits(letter: str) -> bool:
    try:
        letter.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
