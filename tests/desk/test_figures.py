"""The supervisor's figures, from requests whose times are known."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from bot import clock
from bot.desk import figures
from tests.desk.conftest import Office
from tests.desk.test_talking import path


def test_times_reasons_and_workload(office: Office) -> None:
    dana, boss = office.seat(), office.seat("=Kim", "supervisor")
    for minutes in (2, 4, 12):
        found = office.talk(reason="requested")
        clock.travel(timedelta(minutes=minutes))
        dana.done(path(found, "claim"))
        dana.done(path(found, "reply"), text="Hello, I am here now.")
        clock.travel(timedelta(minutes=8))
        dana.done(path(found, "resolve"), disposition="answered")
    open_one = office.talk(reason="make_complaint")
    boss.done(path(open_one, "claim"))
    with office.database.read() as connection:
        since = clock.now() - timedelta(days=7)
        told = figures.of(connection, list(office.creditors), since)
        none = figures.of(connection, ["demo-uk"], since)
    assert (told.asked, told.still_open, told.returned) == (4, 1, 0)
    assert (told.first_reply.count, round(told.first_reply.middle)) == (3, 4)
    assert round(told.resolution.middle) == 12
    assert told.reasons == (("requested", 3), ("make_complaint", 1))
    assert told.outcomes == (("answered", 3),)
    assert [(one.name, one.taken, one.open) for one in told.workload] == [
        ("=Kim", 1, 1),
        ("Dana", 3, 0),
    ]
    assert none.asked == 0
    page = boss.get("/figures?days=7").text
    assert "Asked for a person" in page
    assert "4, 1 still open" in page
    rows = list(csv.DictReader(io.StringIO(boss.get("/figures.csv?days=7").text)))
    assert len(rows) == 4
    assert rows[0]["disposition"] == "answered"
    assert rows[3]["agent"] == "'=Kim"  # no spreadsheet takes it for a formula
    assert "Maria" not in str(rows)
