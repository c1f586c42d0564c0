"""The curious colleague: known numbers of another unit tried everywhere, and no identity number left behind."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from koordinering import crypto, noekkellager
from koordinering.config import Config
from koordinering.db import db, i_dag, metadata, tilfeldig_id, transaction
from koordinering.noekkellager.lager import tabeller as noekkeltabeller
from koordinering.personvern.krav.rules.frist import Sjekk
from koordinering.saker.models import Sak
from koordinering.saker.rules import koblingskode
from koordinering.saker.services import Koblingskode, NyttBarn
from koordinering.users import Koblingsmodus, kommune
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, indeks, nummer, registrert, utfylt

_TALL = re.compile(r"\d{6,}")
_TOKEN = re.compile(r'(name="(?:csrf_token|innsending)"[^>]*value=|name="csrf-token" content=)"[^"]*"')
_REFERANSE = re.compile(r"F-[0-9A-Z]{4}-[0-9A-Z]{2}|K(-[0-9A-Z]{4}){3}")
_TID = re.compile(r"\d\d:\d\d(?::\d\d)?(?:\.\d+)?|kl\. \d\d\.\d\d|\.\d{3,}")


def _uten_det_tilfeldige(html: str) -> str:
    html = _REFERANSE.sub("F", _TOKEN.sub(r"\1", html))
    return _TID.sub("t", _TALL.sub("n", html))


@contextmanager
def _spor(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    """Every statement with its number of parameters, and every hash."""
    spor: dict[str, list[str]] = {"sql": [], "hash": []}

    def lytt(_c: Any, _k: Any, setning: str, verdier: Any, *_: Any) -> None:
        spor["sql"].append(f"{len(verdier or ())} {setning}")

    def telt(ekte: Callable[..., bytes]) -> Callable[..., bytes]:
        def hash_(*args: Any) -> bytes:
            spor["hash"].append("1")
            return ekte(*args)

        return hash_

    for en in db.engines.values():  # the key store's too
        event.listen(en, "before_cursor_execute", lytt)
    for navn in ("blindindeks", "kodeindeks"):
        monkeypatch.setattr(crypto, navn, telt(getattr(crypto, navn)))
    try:
        yield spor
    finally:
        for en in db.engines.values():
            event.remove(en, "before_cursor_execute", lytt)
        monkeypatch.undo()


def _finn(side: Nettleser, tall: str) -> list[TestResponse]:
    return [side.send("/saker/finn", {"fnr": tall})]


def _registrer(side: Nettleser, tall: str) -> list[TestResponse]:
    svar = side.send("/saker/ny", utfylt("to_helsestasjon", barn_0_fnr=tall, tiltak=["4b-3"]))
    return [svar, side.se(svar.location)]


def _registrer_utkast(side: Nettleser, tall: str) -> list[TestResponse]:
    skjema = utfylt("to_helsestasjon", barn_0_fnr=tall, tiltak=["4b-2"], grunnlag="senere", utkast="1")
    svar = side.send("/saker/ny", skjema)
    return [svar, side.se(svar.location.removesuffix("/kvittering"))]


def _rett(side: Nettleser, tall: str) -> list[TestResponse]:
    db.session.rollback()
    sak = db.session.scalars(select(Sak).where(Sak.enhet_id == "to_helsestasjon").order_by(Sak.opprettet)).first()
    assert sak
    barn = sak.barn[0]
    skjema = {
        "foedselsaar": str(barn.foedselsaar),
        "fnr": tall,
        "deltar": barn.deltar.value,
        "spurt": barn.spurt.value,
        "grunn": "feil",
        "versjon": str(sak.versjon),
    }
    adresse, sak_id = f"/saker/barn/{barn.id}/rett", sak.id
    db.session.rollback()
    return [side.send(adresse, skjema), side.se("/saker"), side.se(f"/saker/{sak_id}")]


def _legg_til(side: Nettleser, tall: str) -> list[TestResponse]:
    # a case of its own for each number, so that the pages compared hold the same
    svar = side.send("/saker/ny", utfylt("to_helsestasjon", tiltak=["4b-3"]))
    sak_id = re.findall(r"\d+", svar.location)[0]
    skjema = {"foedselsaar": str(AAR - 10), "fnr": tall, "deltar": "nei", "spurt": "nei"}
    return [side.send(f"/saker/{sak_id}/barn", skjema), side.se(f"/saker/{sak_id}")]


@pytest.mark.parametrize("proev", [_finn, _registrer, _registrer_utkast, _legg_til])
def test_a_known_number_answers_as_an_unknown_one(
    app: Flask,
    folk: Any,
    nettleser: Nettleser,
    monkeypatch: pytest.MonkeyPatch,
    proev: Callable[[Nettleser, str], list[TestResponse]],
) -> None:
    kjent, ukjent = nummer(), nummer()
    friplass(folk.nav1, barn=NyttBarn(AAR - 10, blindindeks=indeks(kjent)))
    db.session.rollback()
    side = nettleser.som(folk.helse1)
    side.token()
    proev(side, nummer())  # whatever is done once, such as reading templates, is done here
    svar = []
    for tall in (kjent, ukjent):
        with _spor(app, monkeypatch) as spor:
            svar.append((proev(side, tall), spor))
    (kjent_svar, kjent_spor), (ukjent_svar, ukjent_spor) = svar
    assert [s.status_code for s in kjent_svar] == [s.status_code for s in ukjent_svar]
    assert kjent_spor["hash"] == ukjent_spor["hash"] == ["1"]
    assert kjent_spor["sql"] == ukjent_spor["sql"]
    for en, annen in zip(kjent_svar, ukjent_svar, strict=True):
        assert _uten_det_tilfeldige(en.get_data(as_text=True)) == _uten_det_tilfeldige(annen.get_data(as_text=True))


def test_correcting_to_a_known_number_answers_as_to_an_unknown_one(
    app: Flask, folk: Any, nettleser: Nettleser, monkeypatch: pytest.MonkeyPatch
) -> None:
    kjent = nummer()
    friplass(folk.nav1, barn=NyttBarn(AAR - 10, blindindeks=indeks(kjent)))
    registrert(folk.helse1, "to_helsestasjon")
    db.session.rollback()
    side = nettleser.som(folk.helse1)
    side.token()
    _rett(side, nummer())
    spor = []
    for tall in (kjent, nummer()):
        with _spor(app, monkeypatch) as her:
            svar = _rett(side, tall)
            spor.append((her, [s.status_code for s in svar], len(svar[1].data)))
    assert spor[0] == spor[1]


def _finn_kode(side: Nettleser, kode: str) -> list[TestResponse]:
    return [side.send("/saker/finn", {"kode": kode})]


def _registrer_med_kode(side: Nettleser, kode: str) -> list[TestResponse]:
    svar = side.send("/saker/ny", utfylt("to_helsestasjon", kodevalg="har", kode=kode, tiltak=["4b-3"]))
    return [svar, side.se(svar.location), side.se(svar.location.removesuffix("/kvittering"))]


def _rett_kode(side: Nettleser, kode: str) -> list[TestResponse]:
    svar = side.send("/saker/ny", utfylt("to_helsestasjon", kodevalg="uten", tiltak=["4b-3"]))
    sak_id = int(re.findall(r"\d+", svar.location)[0])
    db.session.rollback()
    versjon = db.session.get_one(Sak, sak_id).versjon
    skjema = {"i_maalgruppe": "ja", "behov": ["fritid"], "grunn": "feil", "kodevalg": "har", "kode": kode}
    return [side.send(f"/saker/{sak_id}/rett", {**skjema, "versjon": str(versjon)}), side.se(f"/saker/{sak_id}")]


@pytest.mark.parametrize(("proev", "hasher"), [(_finn_kode, 1), (_registrer_med_kode, 2), (_rett_kode, 2)])
def test_a_known_code_answers_as_an_unknown_one(
    app: Flask,
    folk: Any,
    nettleser: Nettleser,
    monkeypatch: pytest.MonkeyPatch,
    proev: Callable[[Nettleser, str], list[TestResponse]],
    hasher: int,
) -> None:
    with transaction():
        kommune().koblingsmodus = Koblingsmodus.REFERANSE
    kjent = koblingskode.ny()
    registrert(folk.nav1, kode=Koblingskode(kjent))
    db.session.rollback()
    side = nettleser.som(folk.helse1)
    side.token()
    proev(side, koblingskode.ny())
    svar = []
    for kode in (kjent, koblingskode.ny()):
        with _spor(app, monkeypatch) as spor:
            svar.append((proev(side, kode), spor))
    (kjent_svar, kjent_spor), (ukjent_svar, ukjent_spor) = svar
    assert [s.status_code for s in kjent_svar] == [s.status_code for s in ukjent_svar]
    assert kjent_spor["hash"] == ukjent_spor["hash"] == ["1"] * hasher
    assert kjent_spor["sql"] == ukjent_spor["sql"]
    for en, annen in zip(kjent_svar, ukjent_svar, strict=True):
        assert _uten_det_tilfeldige(en.get_data(as_text=True)) == _uten_det_tilfeldige(annen.get_data(as_text=True))


def test_the_reference_of_another_unit_is_as_unknown_as_one_that_does_not_exist(
    folk: Any, nettleser: Nettleser
) -> None:
    andres = registrert(folk.nav1).referanse
    egen = registrert(folk.helse1, "to_helsestasjon")
    side = nettleser.som(folk.helse1)
    svar = [side.send("/saker/finn", {"referanse": r}) for r in (andres, "F-7K3M-Q2")]
    assert [s.status_code for s in svar] == [200, 200]
    a, b = (_uten_det_tilfeldige(s.get_data(as_text=True)) for s in svar)
    assert a == b
    assert side.send("/saker/finn", {"referanse": egen.referanse.lower()}).location == f"/saker/{egen.id}"
    assert side.send("/saker/finn", {"referanse": "F-7K3M-Q3"}).status_code == 422
    begge = side.send("/saker/finn", {"referanse": egen.referanse, "fnr": nummer()})
    assert begge.status_code == 422
    assert "ikke begge" in begge.get_data(as_text=True)
    assert side.send("/saker/finn", {"referanse": "", "fnr": ""}).status_code == 422
    feil = side.send("/saker/finn", {"fnr": "01911599969"})
    assert feil.status_code == 422
    assert "01911599969" not in feil.get_data(as_text=True)


def _finnes(tall: str, verdi: object) -> bool:
    if isinstance(verdi, bytes | memoryview):
        raa = bytes(verdi)
        return tall.encode() in raa or tall.encode().hex().encode() in raa
    return tall in str(verdi)


def _andre_veier(nettleser: Nettleser, folk: Any, tall: str, feil: str) -> list[TestResponse]:
    """A joint request with the number, and a form with it that is kept until a colleague has said why."""
    kollegas = registrert(folk.nav1)
    with transaction():
        kommune().innsyn_enhet_id = "nav"
    adresse = f"/saker/barn/{kollegas.barn[0].id}/rett"
    db.session.rollback()
    dag = i_dag().strftime("%d.%m.%Y")
    skjema = {"mottatt": dag, "noekkel": str(tilfeldig_id()), "referanser": "", **{s.value: "y" for s in Sjekk}}
    leder, andre = nettleser.som(folk.navleder1), nettleser.som(folk.nav2)
    svar = [leder.send("/samlet/ny", {**skjema, "fnr1": tall}), leder.send("/samlet/ny", {**skjema, "fnr1": feil})]
    svar.append(andre.send(adresse, {"foedselsaar": str(AAR - 10), "fnr": tall, "deltar": "nei", "spurt": "nei"}))
    assert [s.status_code for s in svar] == [303, 422, 303]
    assert "hvorfor" in svar[2].location
    return [*svar, leder.se(svar[0].location), andre.se(svar[2].location)]


def test_no_identity_number_anywhere_after_the_request(
    config: Config, folk: Any, nettleser: Nettleser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tall, feil = nummer(), "01911599969"
    side = nettleser.som(folk.nav1)
    svar = [
        side.send("/saker/ny", utfylt(barn_0_fnr=f" {tall[:6]} {tall[6:]} ")),
        side.send("/saker/ny", utfylt(barn_0_fnr=tall)),
        side.send("/saker/ny", utfylt(barn_0_fnr=feil)),
        side.send("/saker/ny", utfylt(barn_0_fnr=tall, barn_0_foedselsaar="1900")),
        side.send("/saker/ny", utfylt(barn_0_fnr=tall, barn_0_foedselsaar=str(AAR - 9))),
        side.send("/saker/ny", utfylt(barn_0_fnr=tall, barn_1_utelat="y", i_maalgruppe="")),
        side.send("/saker/finn", {"fnr": tall}),
    ]
    assert [s.status_code for s in svar] == [303, 409, 422, 422, 422, 422, 303]
    svar += _andre_veier(nettleser, folk, tall, feil)
    sak = svar[0].location.removesuffix("/kvittering")
    svar += [side.se(adresse) for adresse in (svar[0].location, sak, "/saker", "/konto", "/saker/ny")]
    for svaret in svar:
        for tekst in (svaret.get_data(as_text=True), str(svaret.headers)):
            assert tall not in tekst
            assert feil not in tekst
    db.session.rollback()
    for tabell in (*metadata.tables.values(), *noekkeltabeller.tables.values()):
        motor = db.engine if tabell.metadata is metadata else noekkellager.engine()
        with motor.connect() as forbindelse:
            rader = forbindelse.execute(select(tabell)).all()
        for rad in rader:
            assert not [v for v in rad if _finnes(tall, v) or _finnes(feil, v)], tabell.name
    for fil in Path(config.data).rglob("*"):
        if fil.is_file():
            assert tall.encode() not in fil.read_bytes(), fil.name
            assert tall.encode().hex().encode() not in fil.read_bytes(), fil.name
    assert tall not in caplog.text
    assert feil not in caplog.text
