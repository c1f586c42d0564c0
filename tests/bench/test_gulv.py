"""The floor answers with the product's own bytes and writes the same rows: what it costs then says something."""

import random
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import QueryableAttribute
from werkzeug.test import TestResponse

from bench.floor.app import GULVET, lag_gulv
from bench.klient import Klient, start_okt
from bench.likhet import Ulikt, krev_likt
from bench.skjema import familie, listene, nytt_nummer
from bench.stubber import uten_passordhash
from koordinering import noekkellager
from koordinering.app import create_app
from koordinering.audit import Innslag
from koordinering.db import Base, db, transaction
from koordinering.demo.by import lag_by
from koordinering.konto.models import Grense, Okt
from koordinering.noekkellager.lager import noekkel
from koordinering.saker.models import Hendelse, Sak
from koordinering.statistikk.measures import definisjoner
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.statistikk.services import lag_bilde
from koordinering.users import Koblingsmodus, User
from tests.conftest import PASSORD, Mal, installasjon

Par = tuple[Klient, Klient]
TABELLER = sorted(d.kode for d in definisjoner().values() if len(d.dimensjoner) == 1)
TIDER = ("opprettet", "sist_brukt", "utloeper", "bevist")
FILTRE = ("venter", "nye", "under_behandling", "paa_vent", "venteliste", "innvilget", "i_gang", "klager", "avsluttet")


@pytest.fixture(scope="module")
def begge(mal: Mal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Flask]]:
    """The product and the floor, in a small town."""
    config = installasjon(mal, tmp_path_factory.mktemp("gulv") / "var")
    app = create_app(config)
    with app.app_context(), pytest.MonkeyPatch.context() as monkeypatch:
        for uten in ("tell_aarene", "samordne_i_byen"):  # the floor shows no coordination; what is counted stands below
            monkeypatch.setattr(f"koordinering.demo.by.{uten}", lambda *_, **__: None)
        lag_by(70, (2026, 2026), 3405, lambda _hva, _gjort, _av: None, dag=date(2026, 11, 23))
        monkeypatch.setattr("koordinering.statistikk.measures._katalogen", lambda: TABELLER)
        for dag in (date(2025, 12, 31), date(2026, 11, 23)):
            lag_bilde(dag.year, dag, av=None)
        gulv = lag_gulv(app, config)
        yield app, gulv
        for base in (gulv.extensions[GULVET].basen, gulv.extensions[GULVET].lager):
            base.lukk()
        db.session.remove()
        noekkellager.lukk()


@pytest.fixture
def par(begge: tuple[Flask, Flask]) -> Par:
    """Somebody who registers, at both."""
    token = start_okt("nav1")
    return Klient(begge[0], token), Klient(begge[1], token, "/saker?filter=enheten")


def test_each_list_and_each_page_of_it(par: Par) -> None:
    adresser = dict(listene(par[0]))
    assert len(set(adresser.values())) >= 5, "there is more than one page"
    for hva, url in adresser.items():
        krev_likt(hva, *(klient.se(url) for klient in par))


def test_each_queue_of_a_unit_that_receives(begge: tuple[Flask, Flask]) -> None:
    token, lengder = start_okt("inkludering1"), []
    par = Klient(begge[0], token), Klient(begge[1], token, "/innboks?filter=venter")
    for filter_ in FILTRE:
        svar = [klient.se(f"/innboks?filter={filter_}") for klient in par]
        krev_likt(filter_, *svar)
        lengder.append(svar[0].get_data(as_text=True).count('role="rowheader"'))
    assert max(lengder) > 20, "there is a page that is full"
    assert len(set(lengder)) > 3


def test_each_case(par: Par) -> None:
    egne = select(Sak.id).join(User, User.id == Sak.ansvarlig_id).where(User.brukernavn == "nav1")
    saker = db.session.scalars(egne.order_by(Sak.id).limit(25)).all()
    slag = set(db.session.scalars(select(Hendelse.slag)))
    db.session.rollback()
    assert len(saker) >= 15
    assert {"status", "gitt", "beskjed", "spurt", "svart"} <= slag
    for sak_id in saker:
        krev_likt(str(sak_id), *(klient.se(f"/saker/{sak_id}") for klient in par))


def test_the_search_by_reference_and_by_number(par: Par) -> None:
    sak = db.session.scalars(select(Sak).where(Sak.enhet_id == "nav")).first()
    assert sak is not None
    for skjema in ({"referanse": sak.referanse}, {"fnr": nytt_nummer(_terning())}):
        krev_likt("søk", *(klient.send("/saker/finn", skjema, {200, 303}) for klient in par))


def test_registering_writes_the_same_rows(par: Par) -> None:
    rng, svar, skrevet = _terning(), [], []
    for klient in par:
        foer = _rader()
        svar.append(klient.send("/saker/ny", familie(nytt_nummer(rng)), {303}))
        skrevet.append(_nye(foer))
    krev_likt("registrere", *svar)
    assert skrevet[0] == skrevet[1]
    assert skrevet[0]["henvisning"] == 2


@pytest.fixture
def tallpar(begge: tuple[Flask, Flask]) -> Par:
    """Somebody who reads counts, at both."""
    token = start_okt("koordinator1")
    return Klient(begge[0], token), Klient(begge[1], token, "/tall/tjeneste/2026")


def test_each_table_of_one_dimension(tallpar: Par) -> None:
    assert len(TABELLER) > 10
    for kode in TABELLER:
        for aar in (2026, 2025):  # with a year before it, and without
            krev_likt(kode, *(klient.se(f"/tall/{kode}/{aar}") for klient in tallpar))
    sider = [klient.se("/tall/tjeneste/2026").get_data(as_text=True) for klient in tallpar]
    assert all("i 2025" in side and "Brudd" not in side for side in sider)


def test_a_table_whose_last_year_was_counted_in_another_way(tallpar: Par) -> None:
    fjor = update(Oeyeblikksbilde).where(Oeyeblikksbilde.aar == 2025)
    with transaction() as session:
        var = session.scalars(select(Oeyeblikksbilde.koblingsmodus).where(Oeyeblikksbilde.aar == 2025)).one()
        annen = next(modus for modus in Koblingsmodus if modus is not var)
        session.execute(fjor.values(koblingsmodus=annen))
    svar = [klient.se("/tall/tjeneste/2026") for klient in tallpar]
    with transaction() as session:
        session.execute(fjor.values(koblingsmodus=var))
    krev_likt("brudd", *svar)
    assert "Brudd" in svar[0].get_data(as_text=True)


@pytest.mark.parametrize("slag", ["csv", "xlsx"])
def test_each_table_as_a_file_with_its_line_in_the_log(tallpar: Par, slag: str) -> None:
    for kode in TABELLER:
        svar = [klient.send(f"/tall/{kode}/2026/eksport", {"format": slag}, {200}) for klient in tallpar]
        krev_likt(kode, *svar)
        assert svar[0].data == svar[1].data
        hoder = [(en.mimetype, en.headers["Content-Disposition"]) for en in svar]
        assert hoder[0] == hoder[1]
        linjene = [_uten(linje._asdict(), "id", "tid") for linje in _siste(Innslag, Innslag.id)]
        assert linjene[0] == linjene[1]
        assert linjene[0]["detalj"] == f"{kode}-2026-{slag}"


@pytest.mark.parametrize(
    ("url", "skjema"), [("", None), ("/eksport", {"format": "csv"}), ("/eksport", {"format": "xlsx"})]
)
def test_a_table_writes_its_line_and_nothing_else(tallpar: Par, url: str, skjema: dict[str, str] | None) -> None:
    for klient in tallpar:
        foer = _rader()
        adresse = f"/tall/tjeneste/2026{url}"
        _ = klient.se(adresse) if skjema is None else klient.send(adresse, skjema, {200})
        assert _nye(foer) == {"innsynslogg": 1}


def test_signing_in_writes_the_same_rows_and_gives_the_same_cookies(begge: tuple[Flask, Flask]) -> None:
    svar, skrevet, kaker = [], [], []
    for app in begge:
        _logg_inn(app)  # the network's count is there from now on, and the account's is forgotten
        foer, tellere = _rader(), _tellere()
        svar.append(_logg_inn(app)[1])
        skrevet.append(_nye(foer))
        assert _tellere() == tellere
        kaker.append([_uten_verdi(kake) for kake in svar[-1].headers.getlist("Set-Cookie")])
    krev_likt("logge inn", *svar)
    assert skrevet[0] == skrevet[1] == {"okt": 1, "innsynslogg": 1}
    assert kaker[0] == kaker[1]
    oktene = [okt._asdict() for okt in _siste(Okt, Okt.opprettet)]
    assert len({okt["utloeper"] - okt["opprettet"] for okt in oktene}) == 1
    assert _uten(oktene[0], "id", *TIDER) == _uten(oktene[1], "id", *TIDER)
    linjene = [linje._asdict() for linje in _siste(Innslag, Innslag.id)]
    assert _uten(linjene[0], "id", "tid") == _uten(linjene[1], "id", "tid")


def test_whoever_signs_in_at_one_is_inside_and_known_at_the_other(begge: tuple[Flask, Flask]) -> None:
    for her, der in (begge, begge[::-1]):
        kaker = _logg_inn(her)[0].kaker
        nettleser = der.test_client()
        nettleser.set_cookie("koordinering", kaker["koordinering"])
        assert nettleser.get("/saker?filter=enheten", base_url="http://localhost").status_code == 200
        assert _logg_inn(der, kaker["kjent"])[0].kaker["kjent"] == kaker["kjent"]


def test_the_hash_is_checked_where_it_is_not_taken_out(begge: tuple[Flask, Flask]) -> None:
    for app in begge:
        assert _logg_inn(app, passord="feil", svar=422)[1].status_code == 422
        with uten_passordhash():
            assert _logg_inn(app, passord="feil")[1].status_code == 303


def test_a_page_that_differs_stops_the_bench(par: Par) -> None:
    with pytest.raises(Ulikt, match="liste"):
        krev_likt("liste", par[0].se("/saker?filter=enheten"), par[1].se("/saker?filter=aapne"))


def _logg_inn(
    app: Flask, kjent: str | None = None, passord: str = PASSORD, svar: int = 303
) -> tuple[Klient, TestResponse]:
    klient = Klient.utenfor(app, kjent)
    return klient, klient.send("/logg-inn", {"brukernavn": "nav1", "passord": passord}, {svar})


def _uten_verdi(kake: str) -> list[str]:
    """A cookie's name and how it is kept; when it ends is told twice, and once is enough."""
    navn, *resten = kake.split("; ")
    return [navn.partition("=")[0], *sorted(en for en in resten if not en.startswith("Expires="))]


def _siste(tabell: type[Base], orden: QueryableAttribute[Any]) -> Sequence[Row[Any]]:
    """The two newest rows of a table."""
    db.session.rollback()  # what was read before the requests hides what they wrote
    rader = db.session.execute(select(*tabell.__table__.columns).order_by(orden.desc()).limit(2)).all()
    db.session.rollback()
    return rader


def _uten(rad: dict[str, Any], *kolonner: str) -> dict[str, Any]:
    return {navn: verdi for navn, verdi in rad.items() if navn not in kolonner}


def _tellere() -> int:
    antall = db.session.scalar(select(func.count()).select_from(Grense)) or 0
    db.session.rollback()
    return antall


_FROE = iter(range(100))


def _terning() -> random.Random:
    return random.Random(next(_FROE))  # noqa: S311 - made-up numbers, others each time


def _nye(foer: dict[str, int]) -> dict[str, int]:
    """How many rows there are more, by table."""
    return {tabell: antall - foer[tabell] for tabell, antall in _rader().items() if antall != foer[tabell]}


def _rader() -> dict[str, int]:
    db.session.rollback()
    tabeller = [t for t in Base.metadata.sorted_tables if t.name != Grense.__tablename__]  # both count on other rows
    funnet = {t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in tabeller}
    with noekkellager.engine().connect() as lager:
        funnet["noekkel"] = lager.scalar(select(func.count()).select_from(noekkel)) or 0
    db.session.rollback()
    return funnet
