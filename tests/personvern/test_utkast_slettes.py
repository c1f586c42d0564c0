"""A case from which nothing was ever sent: when it goes, what it is kept for, and that its pages tell the day."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from koordinering import audit, crypto, noekkellager
from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, db, i_dag, now, transaction
from koordinering.konto.models import BevartArbeid
from koordinering.konto.services import bevar_arbeid
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.rules.frist import Kravslag
from koordinering.personvern.sletting import queries
from koordinering.personvern.sletting.rules import trekk_fra
from koordinering.personvern.sletting.services import slett_forfalte
from koordinering.saker.models import Barn, Henvisning, Sak, Sakshendelse
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.saker.services import (
    fjern_barn,
    hold_tilbake,
    legg_til_henvisning,
    overlever,
    registrer_samtykke,
    slett_gamle_utkast,
    utkastet_slettes,
)
from koordinering.users import kommune
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.personvern.gamle import eldes, finnes, gammel_sak
from tests.saker.samordnet import notat, samordning
from tests.saker.skjema import AAR


def _tom_sak(folk: Any, dager: int, **felt: Any) -> int:
    """Saved so many days ago with a year and an answer, and nothing else."""
    return gammel_sak(folk.nav1, dager, utkast=True, tiltak=[], **felt)


@dataclass(frozen=True)
class Ting:
    """A case to be made: how many days ago each thing was, and what stands on it."""

    alder: int
    utkast: int | None
    """A draft of a referral, so old."""
    sendt: bool
    rettet: int | None
    overlevert: bool
    samtykke: bool
    samordning: bool
    hold: int | None
    """Held back until so many days from now."""
    krav: Kravslag | None

    @property
    def roert(self) -> int:
        """Days since somebody last touched it."""
        return min(self.alder, *(dager for dager in (self.utkast, self.rettet) if dager is not None), self.alder)

    @property
    def natt(self) -> date | None:
        """The first day whose night takes it as a draft; None: never as one, or not while things stand so."""
        if self.sendt or self.samtykke or self.samordning or self.krav:
            return None
        etter = max(31 - self.roert, 1, 0 if self.hold is None else self.hold + 1)
        return i_dag() + timedelta(days=etter)


@st.composite
def _ting(draw: st.DrawFn) -> Ting:
    sjelden = st.sampled_from([False] * 5 + [True])
    alder = draw(st.integers(0, 70))
    yngre = st.none() | st.integers(0, alder)
    return Ting(
        alder,
        draw(yngre),
        draw(sjelden),
        draw(yngre),
        draw(st.booleans()),
        draw(sjelden),
        draw(sjelden),
        draw(st.none() | st.none() | st.integers(-2, 40)),
        draw(st.sampled_from([None] * 8 + [Kravslag.INNSYN, Kravslag.BEGRENSNING])),
    )


def _lag(ting: Ting, folk: Any) -> int:
    """The case, through the front door, and its things moved back in time."""
    tiltak = [("4b-1", None)] if ting.sendt else [("4a-3", 0)] if ting.utkast is not None else []
    sak_id = fabrikk.sak(folk.nav1, utkast=not ting.sendt, tiltak=tiltak, samtykker=[]).id
    if ting.samordning:
        samordning(db.session.get_one(Sak, sak_id), "nav1", "to_helsestasjon")
    with transaction():
        sak, av = db.session.get_one(Sak, sak_id), fabrikk.bruker("nav1")
        if ting.samtykke:
            registrer_samtykke(sak, fabrikk.samtykke("to_kultur_fritid"), av=av)
        if ting.hold is not None:
            hold_tilbake(sak, Holdegrunn.KLAGE, i_dag() + timedelta(days=max(ting.hold, 1)), av=av)
            sak.holdes_til = i_dag() + timedelta(days=ting.hold)
    eldes(sak_id, ting.alder)
    with transaction() as session:
        sak, av = db.session.get_one(Sak, sak_id), fabrikk.bruker("nav1")
        if ting.utkast is not None and not ting.sendt:
            session.execute(update(Henvisning).where(Henvisning.sak_id == sak_id).values(opprettet=_for(ting.utkast)))
        if ting.rettet is not None:
            session.add(Sakshendelse(sak_id=sak_id, slag="rettet", felt="behov", tid=_for(ting.rettet)))
        if ting.overlevert:
            overlever(sak, fabrikk.bruker("nav2").id, av=av)
        if ting.krav is not None:
            krav.registrer(sak, ting.krav, i_dag(), av=av)
    return sak_id


def _for(dager: int) -> Any:
    return now().astimezone(OSLO) - timedelta(days=dager)


@settings(max_examples=6)
@given(alle=st.lists(_ting(), min_size=12, max_size=12))
def test_what_is_deleted_and_what_is_not_and_each_page_knows_the_night(app: Flask, folk: Any, alle: list[Ting]) -> None:
    staar = finnes()
    saker = {_lag(ting, folk): ting for ting in alle}
    for sak_id, ting in saker.items():
        sak = db.session.get_one(Sak, sak_id)
        assert utkastet_slettes(sak, sak.henvisninger) == ting.natt, ting
        if ting.natt is not None:
            dagen_foer = ting.natt - timedelta(days=1)
            moden, foer = (
                sak_id in queries.ider([*queries.modne(dag, kommune().sak_maaneder), queries.fri(dag)])
                for dag in (ting.natt, dagen_foer)
            )
            # of what is due already the next night is told, and nobody asks about a night that has been
            assert (moden, foer and dagen_foer > i_dag()) == (True, False), ting
    db.session.rollback()
    tatt = {sak_id for sak_id, ting in saker.items() if _gaar_i_natt(ting)}
    slett_gamle_utkast()
    assert slett_forfalte() == len(tatt)
    assert finnes() == (staar | set(saker)) - tatt


def _gaar_i_natt(ting: Ting) -> bool:
    """Untouched for thirty whole days, and nothing keeps it."""
    holdt = ting.hold is not None and ting.hold >= 0
    return ting.natt is not None and ting.roert >= 31 and not holdt


def test_all_that_a_case_of_drafts_had_goes_with_it(app: Flask, folk: Any) -> None:
    """As when any case goes: its key, its children's indexes, the forms that were kept, and lines in the log."""
    barn = [fabrikk.barn(nummer=fabrikk.NUMRE[0])]
    tom, ung = _tom_sak(folk, 31, egen_referanse="NAV 77-1", barna=barn), _tom_sak(folk, 30)
    assert bevar_arbeid(folk.nav1.id, f"/saker/{tom}/rett", [("egen_referanse", "NAV 77-1")])
    assert noekkellager.hent(crypto.SAK, [tom])
    db.session.rollback()
    assert (slett_forfalte(), finnes()) == (1, {ung})
    assert db.session.scalar(select(func.count()).select_from(Barn)) == 1
    assert db.session.scalars(select(BevartArbeid.sti)).all() == []
    assert noekkellager.hent(crypto.SAK, [tom]) == {}
    gjelder = select(Innslag.gjelder_id).where(Innslag.hva == Hva.SAK_UTLOEPT)
    assert db.session.scalars(gjelder).all() == [tom]


def test_a_draft_that_is_deleted_by_hand_leaves_its_case_thirty_days(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    sak_id = gammel_sak(folk.nav1, 29, utkast=True, samtykker=[])
    (henvisning_id,) = db.session.scalars(select(Henvisning.id).where(Henvisning.sak_id == sak_id)).all()
    db.session.rollback()
    assert f"slettes den natt til {_om(2)}." in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert side.send(f"/saker/henvisninger/{henvisning_id}/slett").status_code == 303
    html = side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert "Et utkast til henvisning ble slettet" in html
    assert html.count(f"Står saken urørt, slettes den natt til {_om(31)}.") == 2
    eldes(sak_id, 31)
    assert (slett_forfalte(), finnes()) == (1, set())


def test_a_child_that_is_removed_with_its_referral_leaves_a_case_without_a_measure(app: Flask, folk: Any) -> None:
    barna, tiltak = [fabrikk.barn(), fabrikk.barn()], [("4a-3", 0)]
    sak_id = gammel_sak(folk.nav1, 40, barna=barna, tiltak=tiltak, samtykker=[])
    with transaction():
        fjern_barn(db.session.get_one(Sak, sak_id).barn[0], av=fabrikk.bruker("nav1"))
    assert slett_forfalte() == 0
    eldes(sak_id, 31)
    assert (slett_forfalte(), finnes()) == (1, set())


def test_a_note_in_anothers_coordination_keeps_the_case_it_was_written_from(app: Flask, folk: Any) -> None:
    barn = [fabrikk.barn(nummer=fabrikk.NUMRE[0])]
    deres = fabrikk.sak(folk.nav1, barna=barn, tiltak=[("4b-1", None)])
    egen = fabrikk.sak(folk.kultur1, barna=barn, tiltak=[], utkast=True)
    felles = samordning(deres, "nav1", "to_kultur_fritid").id
    egen_id, deres_id = egen.id, deres.id
    eldes(egen_id, 40)
    assert egen_id in queries.ider(queries.forfalte())
    notat("kultur1", felles, "Tar kontakt i august", sak=db.session.get_one(Sak, egen_id))
    assert (slett_forfalte(), finnes()) == (0, {egen_id, deres_id})


def _om(dager: int) -> str:
    return (i_dag() + timedelta(days=dager)).strftime("%d.%m.%Y")


_LITE = {"enhet": "nav", "barn-0-foedselsaar": str(AAR - 10), "i_maalgruppe": "ja", "utkast": "1"}


@pytest.mark.parametrize("valgt", [{}, {"barn-0-tiltak": ["4a-3"]}])
def test_the_receipt_tells_the_night_that_takes_the_case(
    folk: Any, nettleser: Nettleser, valgt: dict[str, list[str]]
) -> None:
    side = nettleser.som(folk.nav1)
    svar = side.send("/saker/ny", _LITE | valgt)
    assert f"Står saken urørt, slettes den natt til {_om(31)}." in side.se(svar.location).get_data(as_text=True)
    (sak_id,) = finnes()
    eldes(sak_id, 30)
    slett_gamle_utkast()
    assert slett_forfalte() == 0
    eldes(sak_id, 31)
    slett_gamle_utkast()
    assert slett_forfalte() == 1


def test_a_draft_with_a_consent_has_no_such_night(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    grunnlag = {"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt", "opplysninger": ["behov"]}
    svar = side.send("/saker/ny", _LITE | grunnlag | {"barn-0-tiltak": ["4a-3"]})
    kvittering = side.se(svar.location).get_data(as_text=True)
    assert "Det slettes etter 30 dager" in kvittering, "the referral does"
    assert "Står saken urørt" not in kvittering
    (sak_id,) = finnes()
    eldes(sak_id, 40)
    assert (slett_gamle_utkast(), slett_forfalte(), finnes()) == (1, 0, {sak_id})
    assert "Saken slettes av seg selv en tid etter" in side.se(f"/saker/{sak_id}").get_data(as_text=True)


def test_the_list_has_drafts_and_closed_cases_in_the_order_they_go(folk: Any, nettleser: Nettleser) -> None:
    with transaction():
        kommune().sak_maaneder = 18  # months of other lengths than the next ones
    saker = [_tom_sak(folk, dager) for dager in (33, 30, 20, 10, 1)]
    nok = (i_dag() - trekk_fra(i_dag(), 18)).days
    saker += [gammel_sak(folk.nav1, nok - over) for over in (-20, 0, 5, 15, 25)]
    db.session.rollback()
    rader = queries.snart(fabrikk.bruker("nav1")).rader
    assert {rad.sak.id for rad in rader} == set(saker)
    fram = [rad.fra for rad in rader if rad.fra > i_dag()]
    assert len(fram) == 8
    assert fram == [rad.fra for rad in rader[2:]], "what is due stands first"
    assert all(foerst <= saa for foerst, saa in pairwise(fram))
    html = nettleser.som(folk.nav1).se("/saker/slettes").get_data(as_text=True)
    assert "når den har stått urørt i 30 dager" in html
    assert f"Natt til {_om(1)} eller senere" in html
    assert slett_forfalte() == 2


def test_a_draft_of_a_case_that_is_held_back_stays_as_long(folk: Any, nettleser: Nettleser) -> None:
    sak_id = gammel_sak(folk.nav1, 40, utkast=True, samtykker=[])
    with transaction():
        sak = db.session.get_one(Sak, sak_id)
        hold_tilbake(sak, Holdegrunn.PAAGAAR, i_dag() + timedelta(days=5), av=fabrikk.bruker("nav1"))
    assert (slett_gamle_utkast(), slett_forfalte()) == (0, 0)
    assert f"Holdes til og med {_om(5)}" in nettleser.som(folk.nav1).se("/saker/slettes").get_data(as_text=True)
    with transaction():
        db.session.get_one(Sak, sak_id).holdes_til = i_dag() - timedelta(days=1)
    assert (slett_gamle_utkast(), slett_forfalte()) == (1, 1)


@pytest.mark.bare_postgresql  # a file has one writer
def test_the_hourly_run_and_the_nightly_share_a_case_without_stopping_each_other(
    app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hourly has the draft, and marks its case when it is done; the nightly comes back to the case then."""
    gammel_sak(folk.nav1, 60, utkast=True, tiltak=[("4a-3", 0)], samtykker=[])
    db.session.remove()
    inne, videre = threading.Event(), threading.Event()
    skriv = audit.record

    def skriv_og_vent(hva: Hva, **om: Any) -> None:
        skriv(hva, **om)
        if threading.current_thread() is not threading.main_thread():
            inne.set()
            videre.wait(3)

    def ferdig(*_: int) -> None:
        videre.set()
        timen.result(20)

    monkeypatch.setattr(audit, "record", skriv_og_vent)
    with ThreadPoolExecutor(1) as traad:
        timen = traad.submit(_med_egen_sesjon(app, slett_gamle_utkast))
        assert inne.wait(20)
        assert slett_forfalte(fortell=ferdig) == 1
    assert (timen.result(), finnes()) == (1, set())


@pytest.mark.bare_postgresql
def test_the_hourly_run_leaves_a_draft_whose_case_somebody_adds_to(app: Flask, folk: Any) -> None:
    sak_id = gammel_sak(folk.nav1, 60, utkast=True, tiltak=[("4a-3", 0)], samtykker=[])
    with ThreadPoolExecutor(1) as traad:
        with transaction() as session:
            sak = session.get_one(Sak, sak_id)
            legg_til_henvisning(sak, "4b-2", None, av=fabrikk.bruker("nav1"), utkast=True)
            timen = traad.submit(_med_egen_sesjon(app, slett_gamle_utkast)).result(20)
        assert timen == 0
        assert traad.submit(_med_egen_sesjon(app, slett_gamle_utkast)).result(20) == 1


def _med_egen_sesjon(app: Flask, gjoer: Callable[[], int]) -> Callable[[], int]:
    def i_appen() -> int:
        with app.app_context():
            return gjoer()

    return i_appen
