"""Which children a consent is for: a later referral asks for those it is not, and nothing else rests on it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, update

from koordinering import migrering, noekkellager
from koordinering.db import db, i_dag, now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.saker import services
from koordinering.saker.models import Henvisning, Hjemmel, Sak, Sakshendelse, Samtykke
from koordinering.saker.rules.behov import Grunnlag, Opplysning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.queries.koefilter import Koefilter, koeside
from koordinering.tiltak.rules import Aktivitet
from tests import fabrikk
from tests.arkitektur.test_sporringer import Teller
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR

KONSULENT = "inkluderingskonsulent"
_IKKE_BARNET = "Samtykket på saken gjelder ikke dette barnet."
_IKKE_ALLE = "Samtykket på saken gjelder ikke alle barna."
_GITT = {"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt"}


def _soesken(folk: Any, *aldre: int) -> int:
    """A case with children of these ages, the first of them referred to a place with a consent."""
    barna = [fabrikk.barn(AAR - alder) for alder in aldre or (10, 8)]
    sak_id = fabrikk.sak(folk.nav1, barna=barna, tiltak=[("4a-3", 0)]).id
    db.session.rollback()
    return sak_id


def _sak(sak_id: int) -> Sak:
    db.session.rollback()
    return db.session.get_one(Sak, sak_id)


def _skjema(sak_id: int, barn: int, **felt: Any) -> dict[str, Any]:
    valgt = {"barn": str(_sak(sak_id).barn[barn].id), "tiltak": "4a-3", "opplysninger": ["behov"], **felt}
    db.session.rollback()
    return valgt


def _henvist(sak_id: int) -> list[tuple[int | None, Status]]:
    return [(h.barn.lopenummer if h.barn else None, h.status) for h in _sak(sak_id).henvisninger]


def _for_hvem(sak_id: int) -> list[list[str]]:
    """The children of each consent by number, the oldest first."""
    sak = _sak(sak_id)
    nummer = {str(b.id): str(b.lopenummer) for b in sak.barn}
    query = select(Samtykke.gjelder).where(Samtykke.sak_id == sak_id)
    return sorted([nummer.get(hvem, hvem) for hvem in gjelder or ()] for gjelder in db.session.scalars(query))


def _legg_til(sak_id: int, barn: int | None, tiltak: str = "4a-3", av: str = "nav1", **felt: Any) -> int:
    with transaction():
        sak = db.session.get_one(Sak, sak_id)
        barn_id = None if barn is None else sak.barn[barn].id
        return services.legg_til_henvisning(sak, tiltak, barn_id, av=fabrikk.bruker(av), **felt).id


def test_a_sibling_is_asked_for_at_the_field_and_nothing_typed_is_lost(folk: Any, nettleser: Nettleser) -> None:
    sak_id, side = _soesken(folk), nettleser.som(folk.nav1)
    skjema = _skjema(sak_id, 1)
    svar = side.send(f"/saker/{sak_id}/henvisning", skjema)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert re.findall(r'id="([^"]+)-feil"', html) == ["grunnlag"]
    assert _IKKE_BARNET in html
    assert f'selected value="{skjema["barn"]}"' in html
    assert 'value="4a-3" checked' in html
    assert _henvist(sak_id) == [(1, Status.SENDT)]
    db.session.rollback()
    assert side.send(f"/saker/{sak_id}/henvisning", skjema | _GITT).status_code == 303
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.SENDT)]
    assert _for_hvem(sak_id) == [["1"], ["1", "2"]]
    db.session.rollback()
    html = side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert ("Gjelder barn 1<" in html, "Gjelder barn 1, 2<" in html) == (True, True)


def test_who_has_not_asked_yet_lets_the_referral_wait(folk: Any, nettleser: Nettleser) -> None:
    sak_id, side = _soesken(folk), nettleser.som(folk.nav1)
    assert side.send(f"/saker/{sak_id}/henvisning", _skjema(sak_id, 1, grunnlag="senere")).status_code == 303
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.VENTER_SAMTYKKE)]
    (venter,) = [h.id for h in _sak(sak_id).henvisninger if h.status is Status.VENTER_SAMTYKKE]
    db.session.rollback()
    with pytest.raises(UgyldigFelt, match="Registrer samtykke"), transaction():
        services.send(db.session.get_one(Henvisning, venter), av=fabrikk.bruker("nav1"))
    felt = _GITT | {"mottaker": KONSULENT, "opplysninger": ["behov"]}
    assert side.send(f"/saker/{sak_id}/samtykke", felt).status_code == 303
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.SENDT)]


def test_nobody_is_asked_again_where_the_consent_is_for_all_the_children(folk: Any, nettleser: Nettleser) -> None:
    sak_id, side = _soesken(folk, 10, 17), nettleser.som(folk.nav1)
    felt = _GITT | {"mottaker": KONSULENT, "opplysninger": ["behov"], "alle": "y"}
    svar = side.send(f"/saker/{sak_id}/samtykke", felt)
    assert (svar.status_code, "må også ha sagt ja" in svar.get_data(as_text=True)) == (422, True)
    assert side.send(f"/saker/{sak_id}/samtykke", felt | {"fra": "begge"}).status_code == 303
    assert _for_hvem(sak_id) == [["1"], ["familien", "1", "2"]]
    assert side.send(f"/saker/{sak_id}/henvisning", _skjema(sak_id, 1)).status_code == 303
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.SENDT)]


def test_a_draft_for_a_sibling_waits_when_it_is_sent(app: Flask, folk: Any) -> None:
    sak_id = _soesken(folk)
    henvisning_id = _legg_til(sak_id, 1, utkast=True)
    with transaction():
        services.send(db.session.get_one(Henvisning, henvisning_id), av=fabrikk.bruker("nav1"))
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.VENTER_SAMTYKKE)]


def test_an_authority_knows_no_children(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1, barna=[fabrikk.barn(), fabrikk.barn()], tiltak=[("4a-3", 0)], samtykker=[]).id
    with transaction():
        hjemmel = db.session.scalars(select(Hjemmel.id)).first()
        nytt = services.NyttGrunnlag(KONSULENT, Grunnlag.HJEMMEL, hjemmel_id=hjemmel)
        services.registrer_samtykke(db.session.get_one(Sak, sak_id), nytt, av=fabrikk.bruker("nav1"))
    assert _sak(sak_id).samtykker[0].gjelder is None
    db.session.rollback()
    _legg_til(sak_id, 1)
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.SENDT)]


def _nytt_barn(sak_id: int, av: str) -> None:
    with transaction():
        services.legg_til_barn(db.session.get_one(Sak, sak_id), fabrikk.barn(AAR - 4), av=fabrikk.bruker(av))


def test_a_child_that_came_later_is_not_in_the_familys_consent(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.helse1, tiltak=[("4b-2", None)]).id
    assert _for_hvem(sak_id) == [["familien", "1"]]
    _nytt_barn(sak_id, "helse1")
    with transaction():
        tildeling.trekk(db.session.scalars(select(Henvisning)).one(), "feilregistrert", av=fabrikk.bruker("helse1"))
    with pytest.raises(UgyldigFelt, match=_IKKE_ALLE):
        _legg_til(sak_id, None, "4b-2", "helse1")
    _legg_til(sak_id, None, "4b-2", "helse1", grunnlag=fabrikk.samtykke("nav"))
    assert _henvist(sak_id) == [(None, Status.TRUKKET), (None, Status.SENDT)]


def test_a_consent_from_before_is_for_the_children_that_the_case_had(app: Flask, folk: Any) -> None:
    sak_id = _soesken(folk)
    _nytt_barn(sak_id, "nav1")
    with transaction() as session:
        session.execute(update(Samtykke).values(gjelder=None, gitt=i_dag() - timedelta(days=3)))
    _legg_til(sak_id, 1)
    with pytest.raises(UgyldigFelt, match=_IKKE_BARNET):
        _legg_til(sak_id, 2)
    with transaction() as session:  # it had been there on the day of the consent
        session.execute(update(Sakshendelse).values(tid=now() - timedelta(days=3)))
    _legg_til(sak_id, 2)
    assert _henvist(sak_id) == [(nr, Status.SENDT) for nr in (1, 2, 3)]


@pytest.mark.bare_sqlite
def test_a_page_costs_the_same_however_many_wait_for_old_consents(app: Flask, folk: Any) -> None:
    def kostnad(venter: int) -> int:
        sak_id = _soesken(folk)
        _legg_til(sak_id, 1, grunnlag=fabrikk.samtykke(KONSULENT))
        for nr in range(2, 2 + venter):
            _nytt_barn(sak_id, "nav1")
            _legg_til(sak_id, nr, vent=True)
        with transaction() as session:
            session.execute(update(Samtykke).values(gjelder=None, gitt=i_dag() - timedelta(days=3)))
        assert [status for _, status in _henvist(sak_id)].count(Status.VENTER_SAMTYKKE) == venter
        return Teller(app).sporringer("nav1", f"/saker/{sak_id}")

    assert kostnad(1) == kostnad(3)


def test_a_consent_that_ends_takes_along_only_what_rests_on_it(app: Flask, folk: Any) -> None:
    sak_id = _soesken(folk)
    _legg_til(sak_id, 1, grunnlag=fabrikk.samtykke(KONSULENT))
    with transaction():
        begge = next(s for s in db.session.get_one(Sak, sak_id).samtykker if len(s.gjelder or ()) == 2)
        tildeling.trekk_samtykke(begge, av=fabrikk.bruker("nav1"))
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.TRUKKET)]
    assert [h.synlig for h in _sak(sak_id).henvisninger] == [True, False]


def test_a_consent_that_runs_out_takes_along_only_what_rests_on_it(app: Flask, folk: Any) -> None:
    sak_id = _soesken(folk)
    _legg_til(sak_id, 1, grunnlag=replace(fabrikk.samtykke(KONSULENT), gyldig_til=i_dag()))
    with transaction() as session:
        session.execute(
            update(Samtykke).where(Samtykke.gyldig_til.is_not(None)).values(gyldig_til=i_dag() - timedelta(days=1))
        )
    assert tildeling.trekk_utloepte() == 1
    assert [h.synlig for h in _sak(sak_id).henvisninger] == [True, False]


def test_a_receiver_sees_of_each_child_what_was_said_for_that_child(app: Flask, folk: Any) -> None:
    """The first consent has wish and age, for the first child; the second, for both, has needs alone."""
    sak_id = _soesken(folk)
    grunnlag = replace(fabrikk.samtykke(KONSULENT), opplysninger=(Opplysning.BEHOV,))
    _legg_til(sak_id, 1, grunnlag=grunnlag)
    foerste, andre = (h.id for h in _sak(sak_id).henvisninger)
    sett = {id_: queries.innsyn(db.session.get_one(Henvisning, id_)) for id_ in (foerste, andre)}
    assert [(en.alder is None, en.oensker, bool(en.behov)) for en in sett.values()] == [
        (False, (Aktivitet.FOTBALL,), True),
        (True, (), True),
    ]
    funnet = koeside(fabrikk.bruker("inkludering1"), ["4a-3"], Koefilter(oenske=Aktivitet.FOTBALL))
    db.session.rollback()
    with transaction():
        for id_ in (foerste, andre):
            tildeling.ta_imot(db.session.get_one(Henvisning, id_), av=fabrikk.bruker("inkludering1"))
    funnet = koeside(fabrikk.bruker("inkludering1"), ["4a-3"], Koefilter(oenske=Aktivitet.FOTBALL))
    assert [h.id for h in funnet.rader] == [foerste]


def test_a_child_that_is_removed_stands_in_no_consent(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1, barna=[fabrikk.barn(), fabrikk.barn()], tiltak=[("4a-3", 0), ("4a-3", 1)]).id
    assert _for_hvem(sak_id) == [["1", "2"]]
    with transaction():
        services.fjern_barn(db.session.get_one(Sak, sak_id).barn[1], av=fabrikk.bruker("nav1"))
    assert _for_hvem(sak_id) == [["1"]]


def test_the_column_comes_and_goes_and_comes_with_consents_in_the_table(app: Flask, folk: Any) -> None:
    sak_id = _soesken(folk)
    db.session.remove()
    migrering.nedgrader(db.engine, "0030", lager=noekkellager.engine())
    assert "gjelder" not in {kolonne["name"] for kolonne in inspect(db.engine).get_columns("samtykke")}
    migrering.oppgrader(db.engine, lager=noekkellager.engine())
    assert migrering.status(db.engine).gjeldende
    (samtykke,) = _sak(sak_id).samtykker
    assert (samtykke.gjelder, samtykke.mottaker_id) == (None, KONSULENT)
    db.session.rollback()
    _legg_til(sak_id, 1)
    assert _henvist(sak_id) == [(1, Status.SENDT), (2, Status.SENDT)]
