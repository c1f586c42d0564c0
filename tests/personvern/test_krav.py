"""Requests about a unit's own case: answered, moved, carried out, seen to be done in time, and the locked case."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from koordinering import crypto, noekkellager
from koordinering.app import create_app
from koordinering.audit import Hva, Innslag
from koordinering.config import Config
from koordinering.db import db, i_dag, now, transaction
from koordinering.errors import FinnesIkke, IngenTilgang
from koordinering.personvern.krav import queries, services
from koordinering.personvern.krav.models import Krav
from koordinering.personvern.krav.queries import Kravfilter
from koordinering.personvern.krav.rules.frist import Kravslag, Utfall
from koordinering.personvern.krav.services.rydding import KRAV_BLIR
from koordinering.saker import queries as saker
from koordinering.saker import services as sakene
from koordinering.saker.models import Aapning, Barn, Hendelse, Henvisning, Sak, SakBehov, Sakshendelse
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.saker.samordning.models import Samordning, Samordningsnotat
from koordinering.saker.services.forsegling import NoekkelenSkalBort, aapne, forsegl
from koordinering.statistikk import services as statistikk
from koordinering.tildeling import queries as tildeling
from koordinering.tildeling import services as gir
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.queries import Innboksfilter
from koordinering.tiltak.models import Tilbud
from koordinering.users import User
from tests import fabrikk
from tests.conftest import inne_i
from tests.fabrikk import NUMRE, bruker
from tests.nettleser import Nettleser
from tests.personvern.kopi import hent_tilbake, kopier
from tests.saker.samordnet import notat, samordning
from tests.saker.skjema import nummer
from tests.tildeling.gjoer import gjoer

DAG = "%d.%m.%Y"


def _krav(user: User, sak: Sak, slag: Kravslag = Kravslag.INNSYN, dager: int = 0) -> Krav:
    """A request about the case that came so many days ago."""
    with transaction():
        sak = db.session.get_one(Sak, sak.id)
        return services.registrer(sak, slag, i_dag() - timedelta(days=dager), av=bruker(user.brukernavn))


def _gitt(folk: Any, **felt: Any) -> Sak:
    """A case with a card in the family's hands, and a wish for football that came to nothing."""
    fabrikk.kortaar()
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None), ("4a-3", 0)], egen_referanse="NAV 7", **felt)
    kort = next(h.id for h in sak.henvisninger if h.tiltak_id == "4b-2")
    gjoer(gir.ta_imot, kort, av=folk.nav1)
    gjoer(gir.gi, kort, av=folk.nav1)
    return db.session.get_one(Sak, sak.id)


def _linjer(hva: Hva) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Innslag.id)).where(Innslag.hva == hva)) or 0


@pytest.mark.bare_sqlite
def test_access_from_the_case_to_the_file(folk: Any, nettleser: Nettleser) -> None:
    sak_id = fabrikk.sak(folk.nav1).id
    nav = nettleser.som(folk.nav1)
    assert f"/saker/{sak_id}/krav" in nav.se(f"/saker/{sak_id}").get_data(as_text=True)
    for galt in ({}, {"slag": "innsyn", "mottatt": "31.02.2026"}, {"slag": "samlet", "mottatt": "01.01.2026"}):
        assert nav.send(f"/saker/{sak_id}/krav", galt).status_code == 422
    fram = nav.send(f"/saker/{sak_id}/krav", {"slag": "innsyn", "mottatt": (i_dag() + timedelta(1)).strftime(DAG)})
    assert (fram.status_code, "fram i tid" in fram.get_data(as_text=True)) == (422, True)
    skjema = {"slag": "innsyn", "mottatt": i_dag().strftime(DAG)}
    kravet = nav.send(f"/saker/{sak_id}/krav", skjema).headers["Location"]
    assert "allerede et åpent krav" in nav.send(f"/saker/{sak_id}/krav", skjema).get_data(as_text=True)
    assert (i_dag() + timedelta(30)).strftime(DAG) in nav.se(kravet).get_data(as_text=True)
    for fremmed in (folk.helse1, folk.helseleder1, folk.inkludering1, folk.ombud1, folk.koordinator1):
        for sti in (kravet, f"{kravet}/innsyn"):
            assert nettleser.som(fremmed).se(sti).status_code == 404
    assert nettleser.som(folk.helse1).send(f"{kravet}/innsyn/fil", {"fil": "json"}).status_code == 404
    kollega = nettleser.som(folk.nav2).se(f"{kravet}/innsyn")
    assert "/hvorfor" in kollega.headers["Location"], "a colleague's request is a colleague's case"


@pytest.mark.bare_sqlite
def test_the_answer_holds_all_that_is_stored_and_who_has_read_it(folk: Any, nettleser: Nettleser) -> None:
    sak = _gitt(folk, barna=[fabrikk.barn(nummer=nummer())])
    sak_id, referanse, indeks = sak.id, sak.referanse, sak.barn[0].blindindeks
    kravet = f"/krav/{_krav(folk.nav1, sak).id}"
    nav = nettleser.som(folk.nav1)
    nav.se(f"/saker/{sak_id}")
    html = nav.se(f"{kravet}/innsyn").get_data(as_text=True)
    for ventet in (
        referanse,
        "NAV 7",
        "Fotball",
        "Fritidsaktivitet",
        "Opplevelseskort",
        "Navn, adresse og fødselsnummer",
    ):
        assert ventet in html, ventet
    assert "Åpnet en sak" in html, "who has read it"
    assert folk.nav1.visningsnavn not in html.split("<main")[1], "the unit and the role, never the employee"
    for fil, start in (("pdf", b"%PDF"), ("json", b"{")):
        svar = nav.send(f"{kravet}/innsyn/fil", {"fil": fil})
        assert svar.get_data().startswith(start)
        assert referanse not in svar.headers["Content-Disposition"]
    data = nav.send(f"{kravet}/innsyn/fil", {"fil": "json"}).get_data(as_text=True)
    assert {d["tittel"] for d in json.loads(data)["deler"]} >= {"Hva dette betyr"}
    assert indeks is not None
    assert indeks.hex() not in html + data
    assert _linjer(Hva.INNSYN_HENTET) == 3


@pytest.mark.bare_sqlite
def test_the_answer_is_the_same_whoever_else_knows_the_family(folk: Any, nettleser: Nettleser) -> None:
    nr = nummer()
    sak_id = _krav(folk.nav1, fabrikk.sak(folk.nav1, barna=[fabrikk.barn(nummer=nr)])).id
    sti = f"/krav/{sak_id}/innsyn/fil"
    nav = nettleser.som(folk.nav1)
    foer = json.loads(nav.send(sti, {"fil": "json"}).data)
    fabrikk.sak(folk.helse1, barna=[fabrikk.barn(nummer=nr)])
    db.session.rollback()
    etter = json.loads(nav.send(sti, {"fil": "json"}).data)
    for dokument in (foer, etter):  # but for the line that tells of the first reading
        lest = next(a for a in dokument["deler"][0]["avsnitt"] if a["tittel"] == "Hvem som har lest")
        lest["rader"] = []
    assert foer == etter
    assert "elsestasjon" not in json.dumps(etter)


def test_a_request_is_closed_once_and_says_what_was_done(folk: Any, nettleser: Nettleser) -> None:
    krav_id = _krav(folk.nav1, fabrikk.sak(folk.nav1), Kravslag.RETTING).id
    db.session.rollback()
    nav, sti = nettleser.som(folk.nav1), f"/krav/{krav_id}"
    html = nav.se(sti).get_data(as_text=True)
    assert "/rett" in html
    for galt, melding in (
        ({}, "Velg hva som er gjort"),
        ({"ferdig-utfall": "imoetekommet"}, "Velg hva som ble rettet"),
        ({"ferdig-utfall": "avslaatt"}, "Velg hvorfor"),
        ({"ferdig-utfall": "tull", "ferdig-rettet": "tull"}, "Velg noe fra listen"),
    ):
        svar = nav.send(f"{sti}/ferdig", galt)
        assert (svar.status_code, melding in svar.get_data(as_text=True)) == (422, True), galt
    rett = {"ferdig-utfall": "imoetekommet", "ferdig-rettet": ["oensker", "behov"]}
    assert nav.send(f"{sti}/ferdig", rett).status_code == 303
    assert nav.send(f"{sti}/ferdig", rett).status_code == 409, "the second click"
    assert "Ønsker" in nav.se(sti).get_data(as_text=True)
    db.session.rollback()
    krav = db.session.get_one(Krav, krav_id)
    assert (krav.utfall, krav.rettet, krav.ferdig) == (Utfall.IMOETEKOMMET, ["behov", "oensker"], i_dag())


def test_an_answer_that_was_a_slip_is_taken_back_with_a_reason(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1)
    krav = _krav(folk.nav1, sak, Kravslag.RETTING, dager=3)
    nav, sti, frist = nettleser.som(folk.nav1), f"/krav/{krav.id}", krav.frist
    assert "kan kravet åpnes igjen" in nav.se(sti).get_data(as_text=True), "said before"
    igjen = {"gjenaapne-grunn": "feil"}
    assert nav.send(f"{sti}/gjenaapne", igjen).status_code == 409, "it is open"
    nav.send(f"{sti}/ferdig", {"ferdig-utfall": "delvis", "ferdig-rettet": ["behov"], "ferdig-grunn": "riktig"})
    uten = nav.send(f"{sti}/gjenaapne", {})
    assert (uten.status_code, "Velg hvorfor" in uten.get_data(as_text=True)) == (422, True)
    assert nettleser.som(folk.helse1).send(f"{sti}/gjenaapne", igjen).status_code == 404
    assert nav.send(f"{sti}/gjenaapne", igjen).status_code == 303
    db.session.rollback()
    krav = db.session.get_one(Krav, krav.id)
    assert (krav.ferdig, krav.utfall, krav.grunn, krav.rettet, krav.frist) == (None, None, None, [], frist)
    linjer = db.session.execute(select(Innslag.hva, Innslag.detalj).where(Innslag.gjelder_id == krav.id)).all()
    assert {(Hva.KRAV_FERDIG, "delvis"), (Hva.KRAV_GJENAAPNET, "feil")} <= {(h, d) for h, d in linjer}
    assert "Avslutt kravet" in nav.se(sti).get_data(as_text=True)
    assert nav.send(f"{sti}/ferdig", {"ferdig-utfall": "trukket"}).status_code == 303, "answered anew"


def test_a_request_is_not_taken_up_beside_a_newer_one_or_when_something_was_done(
    folk: Any, nettleser: Nettleser
) -> None:
    sak, nav, igjen = fabrikk.sak(folk.nav1), nettleser.som(folk.nav1), {"gjenaapne-grunn": "klage"}
    gammelt = _krav(folk.nav1, sak)
    nav.send(f"/krav/{gammelt.id}/ferdig", {"ferdig-utfall": "imoetekommet"})
    nytt = _krav(folk.nav1, sak)
    svar = nav.send(f"/krav/{gammelt.id}/gjenaapne", igjen)
    assert (svar.status_code, "nyere, åpent krav" in svar.get_data(as_text=True)) == (409, True)
    nav.send(f"/krav/{nytt.id}/ferdig", {"ferdig-utfall": "trukket"})
    assert nav.send(f"/krav/{gammelt.id}/gjenaapne", igjen).status_code == 303
    for slag, gjoer_det in ((Kravslag.BEGRENSNING, "begrens"), (Kravslag.SLETTING, "slett")):
        en = f"/krav/{_krav(folk.nav1, fabrikk.sak(folk.nav1), slag).id}"
        assert nav.send(f"{en}/{gjoer_det}").status_code == 303
        assert "Åpne kravet igjen" not in nav.se(en).get_data(as_text=True)
        assert nav.send(f"{en}/gjenaapne", igjen).status_code == 409
    avslaatt = f"/krav/{_krav(folk.nav1, fabrikk.sak(folk.nav1), Kravslag.SLETTING).id}"
    nav.send(f"{avslaatt}/ferdig", {"ferdig-utfall": "avslaatt", "ferdig-grunn": "lovpaalagt"})
    assert nav.send(f"{avslaatt}/gjenaapne", igjen).status_code == 303
    assert nav.send(f"{avslaatt}/slett").status_code == 303, "and now it is done after all"


def test_the_deadline_is_moved_once_and_not_when_it_is_out(folk: Any, nettleser: Nettleser) -> None:
    krav_id = _krav(folk.nav1, fabrikk.sak(folk.nav1), dager=30).id
    over_id = _krav(folk.nav1, fabrikk.sak(folk.nav1), dager=31).id
    nav = nettleser.som(folk.nav1)
    assert nav.send(f"/krav/{krav_id}/utsett", {}).status_code == 422
    assert nav.send(f"/krav/{krav_id}/utsett", {"utsett-grunn": "mange"}).status_code == 303
    igjen = nav.send(f"/krav/{krav_id}/utsett", {"utsett-grunn": "mange"})
    assert (igjen.status_code, "bare utsettes én gang" in igjen.get_data(as_text=True)) == (422, True)
    assert "Fristen er ute" in nav.send(f"/krav/{over_id}/utsett", {"utsett-grunn": "mange"}).get_data(as_text=True)
    db.session.rollback()
    assert db.session.get_one(Krav, krav_id).frist == i_dag() + timedelta(60)


def test_overdue_stands_first_and_the_officer_sees_when_and_never_whose(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1)
    referanse = sak.referanse
    ny, gammel = _krav(folk.nav1, sak).id, _krav(folk.nav1, fabrikk.sak(folk.nav1), Kravslag.SLETTING, dager=40).id
    helses = _krav(folk.helse1, fabrikk.sak(folk.helse1), Kravslag.RETTING, dager=50).id
    assert [k.id for k in queries.side(bruker("nav1"), Kravfilter.AAPNE).rader] == [gammel, ny]
    assert [k.id for k in queries.tilsyn(bruker("ombud1"), Kravfilter.OVER_FRISTEN).rader] == [helses, gammel]
    with transaction():
        services.ferdig(db.session.get_one(Krav, helses), Utfall.TRUKKET, av=bruker("helse1"))
    assert [k.id for k in queries.tilsyn(bruker("ombud1"), Kravfilter.FOR_SENT).rader] == [helses]
    db.session.rollback()
    ombud = nettleser.som(folk.ombud1)
    html = ombud.se("/krav/tilsyn").get_data(as_text=True)
    assert "Over fristen" in html
    assert referanse not in html
    assert f"/krav/{ny}" not in html
    assert "Nei" in ombud.se("/krav/tilsyn?filter=for_sent").get_data(as_text=True)
    assert ombud.se("/krav/tilsyn?filter=tull&side=tull").status_code == 200
    assert "krav fra familier over fristen" in ombud.se("/").get_data(as_text=True)
    assert ombud.se("/krav").status_code == 404
    nav = nettleser.som(folk.nav1)
    assert "krav over fristen" in nav.se("/").get_data(as_text=True)
    assert nav.se("/krav/tilsyn").status_code == 404


@dataclass(frozen=True)
class Laast:
    """A case that is to be locked: its request, its referral in a queue, and the card that the family holds."""

    sak_id: int
    krav_id: int
    henvisning_id: int
    tilbud_id: int
    kort_id: int


@pytest.fixture
def laast(folk: Any) -> Laast:
    """Nav's, with a request to lock it that nav1 handles: not locked yet."""
    sak = _gitt(folk)
    henvisning_id = next(h.id for h in sak.henvisninger if h.tiltak_id == "4a-3")
    gjoer(gir.ta_imot, henvisning_id, av=folk.inkludering1)
    tilbud_id, kort_id = fabrikk.tilbud(folk.inkludering1).id, db.session.scalars(select(Tildeling)).one().id
    krav_id, sak_id = _krav(folk.nav1, sak, Kravslag.BEGRENSNING).id, sak.id
    db.session.rollback()
    return Laast(sak_id, krav_id, henvisning_id, tilbud_id, kort_id)


def test_a_locked_case_is_nobodys_but_the_handlers_and_the_leaders(
    folk: Any, nettleser: Nettleser, laast: Laast
) -> None:
    nav, kollega, inkludering, leder = (
        nettleser.som(en) for en in (folk.nav1, folk.nav2, folk.inkludering1, folk.navleder1)
    )
    henvisningen, kravet = f"/henvisninger/{laast.henvisning_id}", f"/krav/{laast.krav_id}"
    assert inkludering.se(henvisningen).status_code == 200
    assert nav.send(f"{kravet}/begrens").status_code == 303
    assert nav.send(f"{kravet}/begrens").status_code == 409
    for hvem in (nav, kollega, leder):
        assert hvem.se(f"/saker/{laast.sak_id}").status_code == 404
        assert hvem.se(henvisningen).status_code == 404
    assert inkludering.se(henvisningen).status_code == 404
    assert nav.se(f"{kravet}/innsyn").status_code == 200
    assert kollega.se(kravet).status_code == 404
    assert leder.se(f"{kravet}/innsyn").status_code == 200
    uten = leder.send(f"{kravet}/opphev")
    assert (uten.status_code, "skal ha beskjed" in uten.get_data(as_text=True)) == (422, True)
    assert leder.send(f"{kravet}/opphev", {"opphev-varslet": "y"}).status_code == 303
    igjen = leder.send(f"{kravet}/opphev", {"opphev-varslet": "y"})
    assert igjen.status_code == 409
    assert inkludering.se(henvisningen).status_code == 200
    assert nav.se(f"/saker/{laast.sak_id}").status_code == 200


@pytest.mark.usefixtures("alt_skjult")
def test_nothing_is_given_to_or_taken_from_a_locked_case_and_it_is_counted(
    folk: Any, nettleser: Nettleser, laast: Laast
) -> None:
    with transaction():
        krav, sak = db.session.get_one(Krav, laast.krav_id), db.session.get_one(Sak, laast.sak_id)
        services.begrens(krav, sak, av=bruker("nav1"))
    db.session.rollback()
    inkludering, nav = nettleser.som(folk.inkludering1), nettleser.som(folk.nav1)
    gi = inkludering.send(f"/henvisninger/{laast.henvisning_id}/gi", {"tilbud": str(laast.tilbud_id)})
    assert gi.status_code == 404
    assert nav.send(f"/kort/{laast.kort_id}/tilbake").status_code == 409
    db.session.rollback()
    assert not tildeling.innboks(bruker("inkludering1"), Innboksfilter.UNDER_BEHANDLING).rader
    assert not saker.side(bruker("nav1"), saker.Saksfilter.ENHETEN).rader
    henvisning, tilbud = (
        db.session.get_one(Henvisning, laast.henvisning_id),
        db.session.get_one(Tilbud, laast.tilbud_id),
    )
    with pytest.raises(IngenTilgang), transaction():
        gir.gi(henvisning, tilbud, av=bruker("inkludering1"))
    with pytest.raises(FinnesIkke):
        queries.saken(bruker("nav2"), laast.sak_id)
    assert statistikk.lag_bilde(i_dag().year, i_dag(), av=None).saker == 1
    assert db.session.scalar(select(func.count(Tildeling.id)).where(Tildeling.slutt.is_(None))) == 1


def test_nothing_happens_by_itself_to_a_locked_case(folk: Any) -> None:
    utkast = fabrikk.sak(folk.nav1, utkast=True)
    venter = fabrikk.sak(folk.nav1)
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    henvisning_id = venter.henvisninger[0].id
    gjoer(gir.ta_imot, henvisning_id, av=folk.inkludering1)
    with transaction():
        henvisning = db.session.get_one(Henvisning, henvisning_id)
        gir.tilby(henvisning, db.session.get_one(type(tilbud), tilbud.id), frist_dager=7, av=bruker("inkludering1"))
    for sak in (utkast, venter):
        krav = _krav(folk.nav1, sak, Kravslag.BEGRENSNING)
        with transaction():
            laast = db.session.get_one(Sak, sak.id)
            services.begrens(db.session.get_one(Krav, krav.id), laast, av=bruker("nav1"))
    with transaction():
        db.session.execute(update(Plasstilbud).values(frist=now() - timedelta(days=1)))
        db.session.execute(update(Henvisning).values(opprettet=now() - timedelta(days=60)))
    assert (gir.la_tilbud_loepe_ut(), sakene.slett_gamle_utkast()) == (0, 0)


def test_a_case_that_came_to_nothing_is_erased_and_the_request_stays(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1)
    sak_id = sak.id
    innsyn, krav_id = _krav(folk.nav1, sak).id, _krav(folk.nav1, sak, Kravslag.SLETTING).id
    nav = nettleser.som(folk.nav1)
    fabrikk.grunn(bruker("navleder1"), db.session.get_one(Sak, sak_id))
    assert nettleser.som(folk.navleder1).send(f"/krav/{krav_id}/slett").status_code == 404, "a leader reads only"
    assert "Hele saken slettes" in nav.se(f"/krav/{krav_id}").get_data(as_text=True)
    assert nav.send(f"/krav/{krav_id}/slett").status_code == 303
    assert nav.send(f"/krav/{krav_id}/slett").status_code == 409, "the second click"
    assert "Saken er slettet" in nav.se(f"/krav/{krav_id}").get_data(as_text=True)
    db.session.rollback()
    assert db.session.get(Sak, sak_id) is None
    assert (db.session.get_one(Krav, krav_id).utfall, db.session.get_one(Krav, innsyn).sak_id) == (
        Utfall.IMOETEKOMMET,
        None,
    )


def test_where_something_is_given_only_the_bare_facts_stay(folk: Any, nettleser: Nettleser) -> None:
    sak = _gitt(folk, barna=[fabrikk.barn(nummer=nummer())])
    sak_id = sak.id
    fabrikk.grunn(bruker("nav2"), db.session.get_one(Sak, sak_id))
    krav_id = _krav(folk.nav1, sak, Kravslag.SLETTING).id
    nav = nettleser.som(folk.nav1)
    assert "Familien har fått noe" in nav.se(f"/krav/{krav_id}").get_data(as_text=True)
    assert nav.send(f"/krav/{krav_id}/slett").status_code == 303
    db.session.rollback()
    sak = db.session.get_one(Sak, sak_id)
    assert (sak.egen_referanse, sak.innsending, list(sak.behov)) == (None, None, [])
    barn = db.session.scalars(select(Barn)).one()
    assert (barn.blindindeks, list(barn.oensker)) == (None, [])
    assert [h.tiltak_id for h in sak.henvisninger] == ["4b-2"], "what came to nothing is gone"
    assert db.session.scalar(select(func.count(Tildeling.id))) == 1
    for tabell in (SakBehov, Aapning):
        assert db.session.scalar(select(func.count()).select_from(tabell)) == 0
    assert not db.session.scalars(select(Hendelse).where(Hendelse.fritekst.is_not(None))).all()
    assert "toemt" in db.session.scalars(select(Sakshendelse.slag)).all()
    assert db.session.get_one(Krav, krav_id).utfall is Utfall.DELVIS
    assert "Innholdet ble slettet" in nav.se(f"/saker/{sak_id}").get_data(as_text=True)


def _toemt(sak_id: int) -> bool:
    db.session.rollback()
    sak = db.session.get_one(Sak, sak_id)
    return (sak.egen_referanse, [b.blindindeks for b in sak.barn], len(sak.henvisninger)) == (None, [None], 1)


@pytest.mark.egen_app
@pytest.mark.bare_sqlite
def test_what_was_erased_stays_erased_when_a_backup_comes_back(
    app: Flask, config: Config, folk: Any, nettleser: Nettleser, tmp_path: Path
) -> None:
    sak = _gitt(folk, barna=[fabrikk.barn(nummer=nummer())])
    sak_id, forseglet = sak.id, sak.egen_referanse
    krav_id, nav = _krav(folk.nav1, sak, Kravslag.SLETTING).id, nettleser.som(folk.nav1)
    db.session.remove()
    kopier(config.data, tmp_path / "kopi")
    assert nav.send(f"/krav/{krav_id}/slett").status_code == 303
    assert _toemt(sak_id)
    assert noekkellager.hent(crypto.SAK, [sak_id]) == {}, "the key went with it, at once"
    db.session.remove()
    hent_tilbake(tmp_path / "kopi", config.data)
    with closing(sqlite3.connect(config.data / "koordinering.sqlite3")) as base:
        (kopiert,) = base.execute("SELECT egen_referanse FROM sak WHERE id = ?", (sak_id,)).fetchone()
    assert kopiert == forseglet, "the backup has it, and nothing opens it"
    with inne_i(create_app(config)):
        assert _toemt(sak_id)
        assert db.session.scalar(select(func.count(Tildeling.id))) == 1
        assert services.gjenta_toemminger() == 0, "once is enough"


def test_an_emptied_case_goes_on_with_a_key_of_its_own(folk: Any, nettleser: Nettleser) -> None:
    sak = _gitt(folk)
    sak_id = sak.id
    krav_id = _krav(folk.nav1, sak, Kravslag.SLETTING).id
    with transaction():
        services.slett_saken(db.session.get_one(Krav, krav_id), db.session.get_one(Sak, sak_id), av=bruker("nav1"))
    with pytest.raises(NoekkelenSkalBort), transaction():
        forsegl(db.session.get_one(Sak, sak_id), "egen_referanse", "NAV 8")  # stopped before the key was destroyed
    noekkellager.fullfoer_slettinger()
    with transaction():
        sak = db.session.get_one(Sak, sak_id)
        sak.egen_referanse = forsegl(sak, "egen_referanse", "NAV 8")
    assert services.gjenta_toemminger() == 0, "what came afterwards is nobody's to erase"
    assert aapne(db.session.get_one(Sak, sak_id), "egen_referanse") == "NAV 8"


def test_a_case_is_no_slip_while_the_family_waits_or_it_is_held(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-1", None)])
    sak_id, krav_id = sak.id, _krav(folk.nav1, sak).id
    nav = nettleser.som(folk.nav1)
    svar = nav.send(f"/saker/{sak_id}/slett")
    assert (svar.status_code, "Familien venter på svar" in svar.get_data(as_text=True)) == (409, True)
    db.session.rollback()
    with transaction():
        services.ferdig(db.session.get_one(Krav, krav_id), Utfall.TRUKKET, av=bruker("nav1"))
        sak = db.session.get_one(Sak, sak_id)
        sakene.hold_tilbake(sak, Holdegrunn.KLAGE, i_dag() + timedelta(days=9), av=bruker("nav1"))
    svar = nav.send(f"/saker/{sak_id}/slett")
    assert (svar.status_code, "holdes tilbake" in svar.get_data(as_text=True)) == (409, True)
    db.session.rollback()
    with transaction():
        sakene.slipp(db.session.get_one(Sak, sak_id), av=bruker("nav1"))
    assert nav.send(f"/saker/{sak_id}/slett").status_code == 303


def test_a_colleague_closes_no_request_about_a_locked_case(folk: Any, nettleser: Nettleser, laast: Laast) -> None:
    fabrikk.grunn(folk.nav2, db.session.get_one(Sak, laast.sak_id), Aapningsgrunn.ANNET, "Hjelper med klagen")
    innsyn = _krav(folk.nav1, db.session.get_one(Sak, laast.sak_id)).id
    db.session.rollback()
    assert "Hjelper med klagen" in nettleser.som(folk.ombud1).se("/innsynslogg/aapninger").get_data(as_text=True)
    assert nettleser.som(folk.nav1).send(f"/krav/{laast.krav_id}/begrens").status_code == 303
    andre = nettleser.som(folk.nav2)
    for hva in ("ferdig", "utsett"):
        assert andre.send(f"/krav/{innsyn}/{hva}", {}).status_code == 404
    assert "Hjelper med klagen" not in nettleser.som(folk.ombud1).se("/innsynslogg/aapninger").get_data(as_text=True)


def _opphev(krav_id: int, sak_id: int) -> None:
    db.session.rollback()
    with transaction():
        kravet, familien = db.session.get_one(Krav, krav_id), db.session.get_one(Sak, sak_id)
        services.opphev(kravet, familien, varslet=True, av=bruker("nav1"))


def test_what_units_coordinate_is_told_locked_and_erased_with_the_case(folk: Any, nettleser: Nettleser) -> None:
    barna = (fabrikk.barn(nummer=NUMRE[0]),)
    hos_kultur = fabrikk.sak(folk.kultur1, barna=barna, tiltak=[("4b-3", None)])
    sak = _gitt(folk, barna=barna)
    sak_id, kultur_id = sak.id, hos_kultur.id
    samordning_id = samordning(sak, "nav1", "to_kultur_fritid").id
    notat("nav1", samordning_id, "Vi snakkes i mai", sak=sak)
    notat("kultur1", samordning_id, "Vi tar kontakt", sak=hos_kultur)
    innsyn_id = _krav(folk.nav1, sak).id
    laas_id = _krav(folk.nav1, sak, Kravslag.BEGRENSNING).id
    sletting = _krav(folk.nav1, sak, Kravslag.SLETTING).id
    nav, kultur, side = nettleser.som(folk.nav1), nettleser.som(folk.kultur1), f"/saker/{kultur_id}/samordning"
    html = nav.se(f"/krav/{innsyn_id}/innsyn").get_data(as_text=True)
    assert "Vi snakkes i mai" in html
    assert "Vi tar kontakt" in html
    assert "Vi tar kontakt" in kultur.se(side).get_data(as_text=True)
    assert nav.send(f"/krav/{laas_id}/begrens").status_code == 303
    assert kultur.se(f"{side}/{samordning_id}/notat").status_code == 404, "a locked case has no part in it"
    _opphev(laas_id, sak_id)
    assert nav.send(f"/krav/{sletting}/slett").status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count(Samordning.id))) == 0
    assert db.session.scalar(select(func.count(Samordningsnotat.id))) == 0
    assert kultur.se(f"{side}/{samordning_id}/notat").status_code == 404


@pytest.mark.bare_sqlite
def test_answered_requests_go_after_three_years_but_not_one_that_holds_a_case_locked(folk: Any) -> None:
    besvart, laaser, aapent = fabrikk.sak(folk.nav1), fabrikk.sak(folk.nav1), fabrikk.sak(folk.nav1)
    gammelt = _krav(folk.nav1, besvart).id
    holder = _krav(folk.nav1, laaser, Kravslag.BEGRENSNING).id
    staar = _krav(folk.nav1, aapent).id
    with transaction():
        services.ferdig(db.session.get_one(Krav, gammelt), Utfall.TRUKKET, av=bruker("nav1"))
        services.begrens(db.session.get_one(Krav, holder), db.session.get_one(Sak, laaser.id), av=bruker("nav1"))
        db.session.execute(
            update(Krav).where(Krav.ferdig.is_not(None)).values(ferdig=i_dag() - KRAV_BLIR - timedelta(days=1))
        )
    assert services.rydd_krav() == 1
    db.session.rollback()
    assert set(db.session.scalars(select(Krav.id))) == {holder, staar}
