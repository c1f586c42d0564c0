"""Counting from cases: figures worked out by hand, frozen snapshots, and that what is counted adds up."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, transaction
from koordinering.errors import FinnesIkke, IngenTilgang, UgyldigFelt
from koordinering.jobb import arbeider
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.saker.models import Henvisning, Sak
from koordinering.statistikk import measures, services
from koordinering.statistikk.disclosure import TOTAL, RawCounts, Tegn
from koordinering.statistikk.export import EKSPORT
from koordinering.statistikk.models import Bildetabell, Oeyeblikksbilde
from koordinering.users import Koblingsmodus, Kommune
from tests.statistikk.byen import AAR, DAG, HELSE, KULTUR, NAV, By


@pytest.fixture
def by(folk: Any) -> By:
    return By(folk.nav1.id)


def raa(kode: str, dato: date = DAG) -> RawCounts:
    return next(t for t in measures.tell(AAR, dato).tabeller if t.kode == kode)


# --- Snapshots -------------------------------------------------------------------------------------------


def test_a_snapshot_never_changes_and_pages_never_count(by: By, folk: Any) -> None:
    with transaction():
        by.flere(12, NAV)
        by.flere(9, HELSE)
    bilde = services.lag_bilde(AAR, DAG, av=folk.koordinator1)
    foer = services.tabell("tjeneste", AAR, av=folk.koordinator1)
    with transaction():
        by.flere(7, NAV)
    assert services.lag_bilde(AAR, DAG, av=None).id == bilde.id
    assert services.tabell("tjeneste", AAR, av=folk.koordinator1).til_json() == foer.til_json()
    with transaction():
        db.session.execute(delete(Henvisning))
        db.session.execute(delete(Sak))
    assert services.tabell("tjeneste", AAR, av=folk.koordinator1).til_json() == foer.til_json()
    nytt = services.lag_bilde(AAR, DAG + timedelta(days=1), av=None)
    assert [b.id for b in services.bilder(AAR)] == [nytt.id, bilde.id]
    assert services.tabell("tjeneste", AAR, av=None).celler[(TOTAL,)] == (Tegn.SKJULT, Tegn.SKJULT)


def test_the_threshold_of_the_day_holds_for_ever(by: By) -> None:
    with transaction():
        by.flere(12, NAV)
        by.flere(4, HELSE)
        by.flere(9, KULTUR)
        db.session.get_one(Kommune, 1).terskel = 3
    services.lag_bilde(AAR, DAG, av=None)
    foer = services.tabell("tjeneste", AAR, av=None).til_json()
    with transaction():
        db.session.get_one(Kommune, 1).terskel = 10
    assert services.tabell("tjeneste", AAR, av=None).til_json() == foer


def test_a_snapshot_can_be_part_of_a_larger_write(by: By) -> None:
    with transaction():
        by.flere(6, NAV)
        bilde_id = services.lag_bilde(AAR, DAG, av=None).id
    assert db.session.get_one(Oeyeblikksbilde, bilde_id).saker == 6
    assert len(db.session.scalars(select(Bildetabell)).all()) == len(measures.tell(AAR, DAG).tabeller)


def test_no_count_of_a_year_or_day_to_come(by: By) -> None:
    imorgen = i_dag() + timedelta(days=1)
    for aar, dato in ((AAR, imorgen), (AAR, date(AAR - 1, 12, 31)), (1999, DAG)):
        with pytest.raises(UgyldigFelt):
            services.lag_bilde(aar, dato, av=None)


def test_small_counts_are_hidden_and_unlinked_cases_too(by: By) -> None:
    with transaction():
        by.flere(12, NAV)
        by.flere(8, KULTUR)
        by.henvis(by.sak(HELSE, (None, 2015)))
    services.lag_bilde(AAR, DAG, av=None)
    skjult = (Tegn.SKJULT, Tegn.SKJULT)
    assert services.tabell("tjeneste", AAR, av=None).celler[("to_helsestasjon",)] == skjult
    assert services.tabell("kobling", AAR, av=None).celle(("mangler",), "saker") is Tegn.SKJULT
    with transaction():
        for _ in range(9):
            by.henvis(by.sak(HELSE, (None, 2015)))
    services.lag_bilde(AAR, DAG + timedelta(days=1), av=None)
    assert services.tabell("kobling", AAR, av=None).celle(("mangler",), "saker") == 10


def test_an_unlinked_count_that_tells_of_the_rest_is_hidden(by: By) -> None:
    with transaction():
        for _ in range(20):
            by.henvis(by.sak(HELSE, (None, 2015)))
        by.henvis(by.sak(NAV, ("a", 2015)))
    services.lag_bilde(AAR, DAG, av=None)
    assert services.tabell("kobling", AAR, av=None).celle(("mangler",), "saker") is Tegn.SKJULT


@pytest.mark.parametrize("modus", Koblingsmodus)
def test_a_count_states_the_mode_and_without_links_every_case_is_unlinked(by: By, modus: Koblingsmodus) -> None:
    with transaction():
        for _ in range(12):
            by.henvis(by.sak(HELSE, (None, 2015)))
        db.session.get_one(Kommune, 1).koblingsmodus = modus
    bilde = services.lag_bilde(AAR, DAG, av=None)
    assert bilde.koblingsmodus is modus
    telling = measures.tell(AAR, DAG)
    assert telling.uten_kobling == telling.saker == 12


def test_some_tables_are_counted_as_among_all(by: By) -> None:
    with transaction():
        by.flere(6, NAV)
        by.flere(3, HELSE)
    alle = {t.kode: t for t in measures.tell(AAR, DAG).tabeller}
    noen = measures.tell(AAR, DAG, koder=("tiltak", "alder")).tabeller
    assert [t.kode for t in noen] == ["alder", "tiltak"]
    assert [t.celler for t in noen] == [alle["alder"].celler, alle["tiltak"].celler]


# --- Raw counts stay inside ------------------------------------------------------------------------------


def test_no_exporter_takes_raw_counts(by: By) -> None:
    with transaction():
        by.flere(6, NAV)
    for skriv in EKSPORT.values():
        with pytest.raises(TypeError):
            skriv(raa("tjeneste"), None, None)  # type: ignore[arg-type]


def test_raw_counts_show_nothing_of_themselves(by: By) -> None:
    with transaction():
        by.flere(6, NAV)
    assert repr(measures.tell(AAR, DAG)) == "Telling(...)"


# --- Who may, and the trail ------------------------------------------------------------------------------


def test_only_the_coordinator(by: By, folk: Any) -> None:
    services.lag_bilde(AAR, DAG, av=None)
    for navn, user in vars(folk).items():
        if navn.startswith("koordinator"):
            continue
        for gjoer in (
            lambda user=user: services.tabell("tjeneste", AAR, av=user),
            lambda user=user: services.vis("tjeneste", AAR, av=user),
            lambda user=user: services.oversikt(av=user),
            lambda user=user: services.eksporter("tjeneste", AAR, "csv", av=user),
            lambda user=user: services.lag_bilde(AAR, DAG, av=user),
            lambda user=user: services.bestill_telling(AAR, av=user),
        ):
            with pytest.raises(IngenTilgang):
                gjoer()


def test_every_count_look_and_file_is_logged(by: By, folk: Any) -> None:
    bilde = services.lag_bilde(AAR, DAG, av=folk.koordinator1)
    services.tabell("alder", AAR, av=folk.koordinator1)
    services.vis("tiltak", AAR, av=folk.koordinator1)
    services.eksporter("tjeneste", AAR, "xlsx", av=None)
    db.session.rollback()  # looks are written beside this session; begin a new read
    spor = db.session.scalars(select(Innslag).where(Innslag.gjelder == "oeyeblikksbilde").order_by(Innslag.id)).all()
    hvem = folk.koordinator1.id
    assert [(s.hva, s.user_id, s.detalj, s.gjelder_id) for s in spor] == [
        (Hva.TELLING_LAGET, hvem, "2025", bilde.id),
        (Hva.TALL_LEST, hvem, "alder-2025", bilde.id),
        (Hva.TALL_LEST, hvem, "tiltak-2025", bilde.id),
        (Hva.TALL_EKSPORTERT, None, "tjeneste-2025-xlsx", bilde.id),
    ]


def test_what_is_not_in_the_catalogue_does_not_exist(app: Flask) -> None:
    assert {"tjeneste", "alder", "tiltak"} < {kode for kode, _ in services.katalog()}
    with pytest.raises(FinnesIkke):
        services.tabell("sak", AAR, av=None)
    with pytest.raises(services.IngenTelling):
        services.tabell("alder", AAR, av=None)
    with pytest.raises(UgyldigFelt):
        services.eksporter("alder", AAR, "pdf", av=None)


def test_the_job_counts_and_says_where_to_look(by: By, folk: Any) -> None:
    with transaction():
        by.flere(6, NAV)
        bestilt = services.bestill_telling(AAR, av=folk.koordinator1)
    assert bestilt is not None
    arbeider.arbeid(en_runde=True)
    jobb = db.session.scalars(select(Jobb)).one()
    assert (jobb.status, jobb.resultat) == (Jobbstatus.FERDIG, {"endepunkt": "statistikk.katalog", "verdier": {}})
    assert [b.dato for b in services.bilder(AAR)] == [i_dag()]
    with transaction():
        assert services.bestill_telling(AAR, av=folk.koordinator1) is None


def test_a_year_whose_cases_may_be_gone_keeps_its_last_count(folk: Any) -> None:
    eldre = AAR - 3
    with transaction():
        assert services.bestill_telling(eldre, av=folk.koordinator1) is not None, "it was never counted"
        services.lag_bilde(eldre, date(eldre, 6, 30), av=None)
        assert services.bestill_telling(eldre, av=folk.koordinator1) is not None, "it was never counted whole"
        services.lag_bilde(eldre, date(eldre, 12, 31), av=None)
    with pytest.raises(UgyldigFelt, match="kan være slettet"), transaction():
        services.bestill_telling(eldre, av=folk.koordinator1)
    with transaction():
        db.session.get_one(Kommune, 1).sak_maaneder = 24
        i_fjor = i_dag().year - 1
        services.lag_bilde(i_fjor, date(i_fjor, 12, 31), av=None)
        assert services.bestill_telling(i_fjor, av=folk.koordinator1) is not None, "nothing of it is old enough"
