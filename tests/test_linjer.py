"""The program's own log: one line each, in UTC, with nothing that somebody typed; and what is refused at the door."""

import json
import logging
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from koordinering.cli.linjer import Linje, skriv_linjer
from koordinering.konto.rules import KONTOTRAPP
from koordinering.konto.services import VentLitt, grenser
from tests.nettleser import Nettleser

pytestmark = pytest.mark.bare_sqlite


def _linje(melding: str, *verdier: object, exc_info: Any = None) -> dict[str, Any]:
    tekst = Linje().format(logging.LogRecord("bibliotek", logging.ERROR, "", 0, melding, verdier, exc_info))
    assert tekst.isascii()
    assert tekst.isprintable(), "one line, whatever is in it"
    lest: dict[str, Any] = json.loads(tekst)
    return lest


def test_a_line_is_one_line_and_hides_numbers() -> None:
    lest = _linje("sendt: %s", 'x"\r\n2026-01-01 INFO falsk\x1b[31m 010120 123 45')
    assert lest["melding"] == 'sendt: x"\r\n2026-01-01 INFO falsk\x1b[31m [nummer]'
    assert datetime.fromisoformat(lest["tid"]).utcoffset() == timedelta(0)
    assert (lest["nivaa"], lest["fra"]) == ("ERROR", "bibliotek")


def test_of_a_fault_the_kind_and_the_place_and_not_the_text() -> None:
    try:
        raise ValueError("det hun skrev")
    except ValueError:
        lest = _linje("feilet", exc_info=sys.exc_info())
    assert lest["feil"] == "ValueError"
    assert "test_linjer.py:" in lest["steder"][-1]
    assert "det hun skrev" not in json.dumps(lest)


def test_it_is_what_libraries_write_too(capsys: pytest.CaptureFixture[str]) -> None:
    rot = logging.getLogger()
    foer, nivaa = rot.handlers[:], rot.level
    rot.handlers = []
    try:
        skriv_linjer()
        logging.getLogger("et.annet").warning("noe")
        logging.getLogger("et.annet").info("ikke dette")
    finally:
        rot.handlers = foer
        rot.setLevel(nivaa)
    assert [json.loads(linje)["melding"] for linje in capsys.readouterr().err.splitlines()] == ["noe"]


def test_a_refused_form_and_a_foreign_host_are_lines_without_what_was_sent(
    app: Flask, folk: Any, nettleser: Nettleser, caplog: pytest.LogCaptureFixture
) -> None:
    skjema = {"referanse": "F-7K3M-Q2", "csrf_token": "stjaalet"}
    svar = nettleser.som(folk.nav1)._kjoer("POST", "/saker/finn", data=skjema)
    assert (svar.status_code, svar.location) == (303, "/saker/finn"), "not searched: the form is shown again"
    app.test_client().get("/", headers={"Host": "et-annet-sted.example"})
    assert "form token refused in saker.finn" in caplog.messages
    assert "a host that is not ours was asked for" in caplog.messages
    for _ in range(KONTOTRAPP.fri + 1):
        grenser.ta_forsoek(grenser.passordbytte(folk.nav1.id))
    with pytest.raises(VentLitt):
        grenser.ta_forsoek(grenser.passordbytte(folk.nav1.id))
    assert "a limit on attempts is reached; the next is taken in 2 s" in caplog.messages
    nettleser.se("/ny-innlogging/gjettet")
    assert "a link to a new sign-in was tried that opens nothing" in caplog.messages
    nettleser.som(folk.nav1).send("/saker/finn", {"": "x"})
    assert "refused with 400 in saker.finn" in caplog.messages
    assert "gjettet" not in caplog.text
    assert "stjaalet" not in caplog.text
    assert "et-annet-sted" not in caplog.text
