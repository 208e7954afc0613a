"""Validation information follows model form B-1, from the pack's texts and the ledger's sums."""

from __future__ import annotations

import re
import zlib

import pytest
import requests

from bot import clock
from bot.channels import validation_files
from bot.compliance import packs, validation_form
from bot.compliance.validation_form import Form
from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import accounts, imports
from tests.assistant import Running
from tests.moments import MONDAY


@pytest.fixture
def form(database: Database, creditors: Creditors) -> Form:
    """That of an account with fees and payments since its itemisation date."""
    with clock.at(MONDAY):
        imports.demo(database, creditors, clock.today("UTC"))
        with database.read() as connection:
            account = accounts.find(connection, "demo-collect", "C-2201")
            assert account is not None
            return validation_form.build(connection, account, creditors["demo-collect"])


def written(pdf: bytes) -> str:
    """The text of a PDF, its pages unpacked."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    pages = b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
    pieces = re.findall(rb"\(((?:[^()\\]|\\.)*)\)", pages)
    return b" ".join(pieces).decode("latin-1").replace("\\", "")


def test_1006_34_c_every_text_of_the_model_form_is_on_the_page_and_in_the_pdf(form: Form) -> None:
    html, pdf = validation_files.as_html(form), written(validation_files.as_pdf(form))
    squeezed = re.sub(r"\s+", " ", pdf)
    fixed = [
        text.text
        for name, text in packs.load("us_third_party").texts.items()
        if name.startswith("validation_") and not text.placeholders
    ]
    assert len(fixed) > 15
    for text in fixed:
        assert text in html
        assert re.sub(r"\s+", " ", text) in squeezed
    for what, amount in form.rows:
        assert what in html
        assert amount in html
        assert amount in squeezed
    assert "Kevin Brandt" in squeezed


def test_the_rows_sum_to_the_total(form: Form) -> None:
    then, _, interest, fees, paid, total = (
        float(amount.replace("$", "").replace(",", "") or 0) for _, amount in form.rows
    )
    assert round(then + interest + fees - paid, 2) == total == 412.00


def test_names_with_letters_that_a_reader_lacks_are_still_names(form: Form) -> None:
    assert validation_files._plain("Zoë Łukasz Nguyễn – “x”") == 'Zoë ?ukasz Nguyen - "x"'


@pytest.mark.usefixtures("fresh")
def test_only_who_is_checked_and_agreed_gets_it(running: Running) -> None:
    def fetch(person: object, name: str) -> requests.Response:
        headers = person.headers  # type: ignore[attr-defined]
        return requests.get(f"{running.url}/{name}", headers=headers, timeout=30)

    person = running.person("demo-collect")
    assert fetch(person, "validation.pdf").status_code == 404
    person.verified("C-2201", "30 july 1982", "12207")
    assert fetch(person, "validation.pdf").status_code == 404
    person.say("prove i owe this")
    person.say("yes")
    pdf = fetch(person, "validation.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    page = fetch(person, "validation")
    assert "How can you dispute the debt?" in page.text
    stranger = running.person("demo-collect")
    assert fetch(stranger, "validation").status_code == 404
    bank = running.person().verified()
    assert fetch(bank, "validation").status_code == 404
