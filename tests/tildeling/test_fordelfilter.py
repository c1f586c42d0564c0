"""The two sides of the allocation page narrowed: kept in the address, honest about cuts, and no way to ask more."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.saker.models import Henvisning, Samtykke
from koordinering.tildeling import queries
from koordinering.tildeling.queries.koefilter import Koefilter, koeside
from koordinering.tildeling.routes import fordel
from koordinering.tildeling.rules import Aldersgruppe, aldersgruppe, foedselsaar_i
from koordinering.tiltak.rules import Aktivitet
from tests import fabrikk
from tests.tildeling.gjoer import LeserPaaNytt, ta_imot


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _henvisning(folk: Any, **barnet: Any) -> Henvisning:
    return ta_imot(fabrikk.sak(folk.nav1, barna=[fabrikk.barn(**barnet)]), folk.inkludering1)


def test_the_queue_and_what_is_chosen_tell_which_measure_it_is(folk: Any, nettleser: LeserPaaNytt) -> None:
    tiltak = ("4a-3", "4b-9")
    sak = fabrikk.sak(folk.nav1, tiltak=[(en, 0) for en in tiltak])
    navn = {h.id: h.tiltak.kortnavn for h in sak.henvisninger}
    assert len(set(navn.values())) == 2
    for nr in range(2):
        ta_imot(sak, folk.inkludering1, nr)
    inne = nettleser.som(folk.inkludering1)
    html = inne.se("/fordel").get_data(as_text=True)
    for id_, kortnavn in navn.items():
        rad = next(rad for rad in html.split("<tr") if f"henvisning={id_}" in rad)
        assert rad.count(kortnavn) == 2  # beside the reference, and for who marks the row without seeing it
        valgt = inne.se(f"/fordel?henvisning={id_}").get_data(as_text=True).split('id="valgt"')[1].split("Passer")[0]
        assert kortnavn in valgt


@pytest.mark.parametrize("alder", range(30))
def test_a_group_has_the_birth_years_that_are_put_in_it(alder: int) -> None:
    aar = 2026
    for gruppe in Aldersgruppe:
        fra, til = foedselsaar_i(gruppe, aar)
        assert (fra <= aar - alder <= til) == (aldersgruppe(aar - alder, aar) is gruppe)


def test_the_filter_finds_exactly_what_the_page_tells(folk: Any) -> None:
    """Also where a consent covers less, has run out or is withdrawn: what is not told is not found."""
    ulike = [
        _henvisning(folk, foedselsaar=i_dag().year - alder, oensker=oensker)
        for alder, oensker in ((5, (Aktivitet.DANS,)), (10, (Aktivitet.FOTBALL, Aktivitet.DANS)), (13, ()), (19, ()))
    ]
    for opplysninger in (["oenske"], ["aldersgruppe"], []):
        uten = _henvisning(folk, oensker=(Aktivitet.DANS,))
        with transaction():
            samtykke = db.session.scalars(select(Samtykke).where(Samtykke.sak_id == uten.sak_id)).one()
            samtykke.opplysninger = opplysninger
        ulike.append(uten)
    db.session.rollback()
    for oenske in (None, *Aktivitet):
        for gruppe in (None, *Aldersgruppe):
            funnet = {h.id for h in koeside(folk.inkludering1, ["4a-3"], Koefilter(oenske, gruppe)).rader}
            sett = {h.id: queries.innsyn(h) for h in ulike}
            assert funnet == {
                id_
                for id_, innsyn in sett.items()
                if (oenske is None or oenske in innsyn.oensker) and (gruppe is None or innsyn.alder is gruppe)
            }


def test_own_cases_need_no_consent_to_be_found(folk: Any) -> None:
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-12", 0)])
    henvisning = ta_imot(sak, folk.nav1)
    side = koeside(folk.nav1, ["4b-12"], Koefilter(Aktivitet.FOTBALL, Aldersgruppe.A6_12))
    assert [h.id for h in side.rader] == [henvisning.id]


def test_the_filters_stay_in_the_address_and_the_choice_stays_chosen(nettleser: LeserPaaNytt, folk: Any) -> None:
    fotball = fabrikk.tilbud(folk.inkludering1, antall=1)
    dans = fabrikk.tilbud(folk.inkludering1, navn="Dans for små", aktivitet=Aktivitet.DANS, alder_fra=3, alder_til=6)
    vil_danse, vil_spille = _henvisning(folk, oensker=(Aktivitet.DANS,)), _henvisning(folk)
    inne = nettleser.som(folk.inkludering1)

    def side(sok: str) -> str:
        return inne.se(f"/fordel?{sok}").get_data(as_text=True).replace("&amp;", "&")

    filtrert = side(f"tilbud={fotball.id}&oenske=fotball&aktivitet=dans&alder=5")
    koe, plassene = filtrert.split("<h2>Plassene</h2>")
    assert f"/fordel?henvisning={vil_spille.id}&aktivitet=dans&alder=5&oenske=fotball" in koe
    assert vil_danse.sak.referanse not in koe
    assert f"tilbud={dans.id}&aktivitet=dans" in plassene
    assert f'name="tilbud" value="{fotball.id}"' in koe
    assert f'name="tilbud" value="{fotball.id}"' in plassene
    assert 'name="oenske" value="fotball"' in plassene
    assert "Valgt tilbud: Fotball for alle" in koe  # though the search does not find it
    assert "Ingen her" in side("gruppe=18-24")
    assert "Ingen tilbud her" in side("q=finnes+ikke")
    assert vil_danse.sak.referanse in side("oenske=tull&gruppe=tull&alder=tull&aktivitet=tull")
    felter = {"henvisning_id": str(vil_spille.id), "tilbud_id": str(fotball.id)}
    svar = inne.send("/fordel/gi?oenske=fotball", felter)
    assert (svar.status_code, svar.location) == (303, f"/fordel?tilbud={fotball.id}&oenske=fotball")
    opptatt = inne.send("/fordel/gi?oenske=dans", felter | {"henvisning_id": str(vil_danse.id)})
    assert opptatt.status_code == 409
    assert "oenske=dans" in opptatt.get_data(as_text=True)


def test_what_is_cut_is_said(nettleser: LeserPaaNytt, folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    fabrikk.tilbud(folk.inkludering1, navn="Turn")
    for _ in range(2):
        _henvisning(folk)
    henvisning = _henvisning(folk)
    inne = nettleser.som(folk.inkludering1)
    for sok in (f"tilbud={tilbud.id}", f"henvisning={henvisning.id}", ""):
        assert "Viser" not in inne.se(f"/fordel?{sok}").get_data(as_text=True)
    monkeypatch.setattr(fordel, "MAKS_KOE", 2)
    monkeypatch.setattr(fordel, "MAKS_TILBUD", 1)
    assert "Viser de 2 første av 3 i køen." in inne.se(f"/fordel?tilbud={tilbud.id}").get_data(as_text=True)
    assert "Viser 1 av 2 tilbud." in inne.se(f"/fordel?henvisning={henvisning.id}").get_data(as_text=True)
    assert "Viser" not in inne.se(f"/fordel?henvisning={henvisning.id}&q=turn").get_data(as_text=True)
