"""Money for a referral: in and out as for a place, for the same reasons, and nothing of the child in the money."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, i_dag
from koordinering.errors import KanIkkeInnvilges, Oppbrukt, UgyldigFelt, UgyldigOvergang
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries, services
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Gitt, Gjenstand, Handling, Hvorfor, Kandidat, hvorfor_ikke
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler import services as pengene
from koordinering.tiltak.midler.models import Budsjett, Tilsagn
from koordinering.tiltak.midler.rules import Tilsagnstatus
from koordinering.tiltak.rules import Aktivitet, Mekanikk
from tests import fabrikk, penger
from tests.nettleser import Nettleser
from tests.penger import gjoer
from tests.tildeling import gjoer as tildele
from tests.tildeling.gjoer import LeserPaaNytt, ta_imot

DAG = date(2026, 11, 23)
PENGER = Gjenstand(Mekanikk.MIDLER, "4a-3", 2026, None, beloep_oere=300, fritt_oere=300, tak_oere=500)
BARN = Kandidat(Status.UNDER_BEHANDLING, "4a-3", True, 2016, True, "nav")
HATT = Gitt("inkluderingskonsulent", "nav", "4a-3", 2026, None, True, True, beloep_oere=300)


@pytest.mark.parametrize(
    ("kandidat", "ting", "svar"),
    [
        (BARN, PENGER, ()),
        (BARN, replace(PENGER, fritt_oere=299), (Hvorfor.BUDSJETT_BRUKT,)),
        (replace(BARN, gjelder_barn=False), PENGER, (Hvorfor.GJELDER_FAMILIEN,)),
        (replace(BARN, grunnlag=False), PENGER, (Hvorfor.MANGLER_SAMTYKKE,)),
        (replace(BARN, gitt=(HATT,)), PENGER, (Hvorfor.HAR_ALT,)),
        (replace(BARN, gitt=(HATT,)), replace(PENGER, tak_oere=600), ()),
        (replace(BARN, gitt=(HATT,)), replace(PENGER, tak_oere=299), (Hvorfor.OVER_TAKET,)),
        (replace(BARN, gitt=(HATT,)), replace(PENGER, tak_oere=None), ()),
        (replace(BARN, gitt=(replace(HATT, samme_barn=False),)), PENGER, ()),
        (replace(BARN, gitt=(replace(HATT, aar=2025),)), PENGER, ()),
        (replace(BARN, gitt=(replace(HATT, enhet_id="annen", sak_enhet_id="annen"),)), PENGER, (Hvorfor.KAN_IKKE_NAA,)),
        (replace(BARN, gitt=(replace(HATT, beloep_oere=None),)), PENGER, ()),  # a place is no money
    ],
)
def test_why_not_answers_for_money_too(kandidat: Kandidat, ting: Gjenstand, svar: tuple[Hvorfor, ...]) -> None:
    assert hvorfor_ikke(kandidat, ting, enhet_id="inkluderingskonsulent", registrerer=False, dag=DAG) == svar


def test_money_does_not_count_as_a_place() -> None:
    plass = Gjenstand(Mekanikk.FRIPLASS, "4a-3", 2026, 3, beholdning_id=1, tak=1)
    barn = replace(BARN, gitt=(HATT,))
    assert hvorfor_ikke(barn, plass, enhet_id="inkluderingskonsulent", registrerer=False, dag=DAG) == ()


def _gi(folk: Any, henvisning: Henvisning, oere: int = 200_000, nr: int = 1) -> Tildeling:
    budsjett = midler.budsjett_for(i_dag().year, "enkeltplass") or penger.budsjett(folk.inkludering1)
    laget = db.session.scalars(select(Lag)).first() or penger.lag(folk.inkludering1, nr)
    return gjoer(services.gi_midler, *(henvisning,), budsjett, laget, oere, av=folk.inkludering1)  # type: ignore[no-any-return]


def _bundet() -> int:
    return sum(b.bundet_oere for b in db.session.scalars(select(Budsjett).execution_options(populate_existing=True)))


def test_given_started_invoiced_and_ended(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    _gi(folk, henvisning)
    assert (henvisning.status, _bundet()) == (Status.INNVILGET, 200_000)
    assert henvisning.beskjed_siden is not None
    with pytest.raises(UgyldigOvergang):
        _gi(folk, henvisning)
    tilbys = services.handlinger(henvisning, folk.inkludering1)
    assert {Handling.BEKREFT_START, Handling.AVSLUTT, Handling.ANGRE} == set(tilbys)
    tildele.gjoer(services.bekreft_start, henvisning, av=folk.inkludering1)
    penger.faktura(folk.inkludering1, db.session.scalars(select(Tilsagn)).one(), 150_000)
    tildele.gjoer(services.avslutt, henvisning, "fullfoert", JaNeiVetIkke.JA, av=folk.inkludering1)
    tilsagn = db.session.scalars(select(Tilsagn)).one()
    assert (tilsagn.status, tilsagn.beloep_oere, _bundet()) == (Tilsagnstatus.AVSLUTTET, 150_000, 150_000)


def test_the_family_share_of_plan_b_is_paid_from_its_own_budget(folk: Any, nettleser: Nettleser) -> None:
    vanlig = penger.budsjett(folk.inkludering1)
    laget = penger.lag(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-5", 0)]), folk.inkludering1)
    with pytest.raises(UgyldigFelt):
        gjoer(services.gi_midler, henvisning, vanlig, laget, 50_000, av=folk.inkludering1)
    egen = penger.budsjett(folk.inkludering1, "egenandel", 100_000)
    sti = f"/henvisninger/{henvisning.id}/midler"
    side = nettleser.som(folk.inkludering1).se(sti).get_data(as_text=True)
    assert "Egenandel for ett barn på Plan B" in side
    assert vanlig.formaal.navn not in side
    felter = {"budsjett_id": str(egen.id), "lag_id": str(laget.id), "beloep": "500"}
    assert nettleser.som(folk.inkludering1).send(sti, felter).status_code == 303
    db.session.rollback()
    assert (henvisning.status, _bundet()) == (Status.INNVILGET, 50_000)


def test_withdrawn_gives_the_money_back_by_itself(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    _gi(folk, henvisning)
    tildele.gjoer(services.trekk, henvisning, "flyttet", av=folk.nav1)
    assert _bundet() == 0
    assert queries.aapen_tildeling(henvisning) is None


def test_money_is_undone_until_an_invoice_is_here(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    _gi(folk, henvisning)
    tildele.gjoer(services.angre, henvisning, av=folk.inkludering1)
    assert (_bundet(), henvisning.status) == (0, Status.UNDER_BEHANDLING)
    assert queries.aapen_tildeling(henvisning) is None
    tildeling = _gi(folk, henvisning)
    assert tildeling.tilsagn is not None
    penger.faktura(folk.inkludering1, tildeling.tilsagn, 50_000)
    with pytest.raises(UgyldigOvergang):
        tildele.gjoer(services.angre, henvisning, av=folk.inkludering1)
    assert _bundet() == 200_000


def test_a_ceiling_and_an_empty_budget_stop_it_with_their_reasons(folk: Any) -> None:
    budsjett = penger.budsjett(folk.inkludering1, ramme_oere=500_000)
    aaret = midler.midleraar(budsjett.aar)
    assert aaret is not None
    gjoer(pengene.sett_tak, aaret, 300_000, versjon=aaret.versjon, av=folk.inkludering1)
    barn = fabrikk.barn(nummer=fabrikk.NUMRE[0])
    foerste, annen = (ta_imot(fabrikk.sak(hvem, barna=[barn]), folk.inkludering1) for hvem in (folk.nav1, folk.helse1))
    _gi(folk, foerste)
    with pytest.raises(KanIkkeInnvilges) as feil:
        _gi(folk, annen)
    assert feil.value.grunner == (Hvorfor.HAR_ALT.tekst,)
    with pytest.raises(KanIkkeInnvilges):  # nor by asking for more afterwards
        gjoer(services.oek_midler, foerste, 300_001, vist_oere=200_000, av=folk.inkludering1)
    gjoer(services.oek_midler, foerste, 250_000, vist_oere=200_000, av=folk.inkludering1)
    gjoer(services.oek_midler, foerste, 200_000, vist_oere=250_000, av=folk.inkludering1)
    _gi(folk, annen, 100_000)
    tredje = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    with pytest.raises(KanIkkeInnvilges) as feil:
        _gi(folk, tredje, 250_000)
    assert feil.value.grunner == (Hvorfor.BUDSJETT_BRUKT.tekst,)
    with pytest.raises(UgyldigFelt):
        _gi(folk, tredje, 0)
    assert tredje.status is Status.UNDER_BEHANDLING
    with pytest.raises(Oppbrukt):  # the wall behind the door
        gjoer(pengene.gi_tilsagn, budsjett, penger.lag(folk.inkludering1, 2), 250_000, av=folk.inkludering1)


def test_through_the_front_door_and_on_the_slip(app: Flask, folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    budsjett, laget, id_ = penger.budsjett(folk.inkludering1), penger.lag(folk.inkludering1), henvisning.id
    skjema = {"budsjett_id": str(budsjett.id), "lag_id": str(laget.id), "beloep": "99999"}
    konsulent = LeserPaaNytt(app).som(folk.inkludering1)
    assert "Innvilg midler" in konsulent.se(f"/henvisninger/{id_}").get_data(as_text=True)
    svar = konsulent.send(f"/henvisninger/{id_}/midler", skjema)
    assert svar.status_code == 409
    assert Hvorfor.BUDSJETT_BRUKT.tekst in svar.get_data(as_text=True)
    assert 'value="99999"' in svar.get_data(as_text=True)
    assert konsulent.send(f"/henvisninger/{id_}/midler", skjema | {"beloep": "1 500"}).status_code == 303
    assert konsulent.send(f"/henvisninger/{id_}/midler", skjema).status_code == 303  # a second click
    tilsagn = db.session.scalars(select(Tilsagn)).one()
    side = konsulent.se(f"/midler/plasser/{tilsagn.id}").get_data(as_text=True)
    assert db.session.get_one(Henvisning, id_).sak.referanse not in side
    assert str(id_) not in side
    henviser = LeserPaaNytt(app).som(folk.nav1)
    assert "Betaling til Turngruppa 1" in henviser.se(f"/henvisninger/{id_}").get_data(as_text=True)
    lapp = henviser.se(f"/henvisninger/{id_}/lapp").get_data(as_text=True)
    assert "Plass hos Turngruppa 1" in lapp
    assert "Nav" not in lapp.split("<main", 1)[1].split("</main>", 1)[0]
    assert henviser.send(f"/henvisninger/{id_}/midler", skjema).status_code == 404  # its receiver is another unit


def test_the_slip_tells_what_is_known_of_the_place_that_is_paid_for(app: Flask, folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gitt = {i_dag()}
    _gi(folk, henvisning)
    gitt.add(i_dag())  # where midnight came between
    laget, id_ = db.session.scalars(select(Lag)).one(), henvisning.id

    def lapp() -> str:
        return LeserPaaNytt(app).som(folk.nav1).se(f"/henvisninger/{id_}/lapp").get_data(as_text=True)

    assert "Betalingen gjelder: Kontingent og treningsavgift for ett barn" in lapp()
    assert any(f"Kan begynne fra: {dag:%d.%m.%Y}" in lapp() for dag in gitt)
    assert "Aktivitet:" not in lapp()  # nothing tells it
    fabrikk.tilbud(folk.inkludering1, lag=laget, aktivitet=Aktivitet.TURN)
    assert "Aktivitet: Turn" in lapp()
    fabrikk.tilbud(folk.inkludering1, lag=laget, aktivitet=Aktivitet.DANS)
    assert "Aktivitet:" not in lapp()  # the club knows which


def test_a_deleted_case_leaves_the_money_and_nothing_of_the_child(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    _gi(folk, henvisning)
    kolonner = {k.name for modell in (Tilsagn, Budsjett) for k in modell.__table__.columns}
    assert not kolonner & {"henvisning_id", "sak_id", "barn_id", "foedselsaar"}
    foer = i_dag()
    faktura = penger.faktura(folk.inkludering1, db.session.scalars(select(Tilsagn)).one(), 100_000)
    assert foer <= faktura.forfall - timedelta(days=30) <= i_dag()
