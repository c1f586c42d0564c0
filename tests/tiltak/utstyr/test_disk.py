"""The operator's day at the counter, through the front door: scan, lend, take back, call, hold."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from koordinering import crypto, noekkellager
from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan, Utstyrsenhet, Utstyrshendelse
from koordinering.tiltak.utstyr.queries import Utlaansfilter
from koordinering.tiltak.utstyr.rules.tilstander import Handling, Status, Tilstand
from koordinering.users import User
from koordinering.web.side import dato
from tests import fabrikk
from tests.nettleser import Nettleser

TELEFON = "41 23 45 67"


def tekst(svar: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", svar.get_data(as_text=True)).replace("\xa0", " ").split())


def status(*enheter: Utstyrsenhet) -> list[Status]:
    ider = [en.id for en in enheter]
    rader = {en.id: en.status for en in db.session.scalars(select(Utstyrsenhet).where(Utstyrsenhet.id.in_(ider)))}
    return [rader[id_] for id_ in ider]


def test_what_is_scanned_decides_where_to_go(folk: Any, nettleser: Nettleser) -> None:
    fri, ute, gammel = fabrikk.utstyr(folk.fretex1, antall=3)
    fabrikk.utlaan(folk.fretex1, ute)
    with transaction():
        av = fabrikk.bruker("fretex1")
        services.utfoer(queries.enhet(av, gammel.id), Handling.KASSERT, ved=None, av=av)
    ider = [en.id for en in (fri, ute, gammel)]
    nb = nettleser.som(folk.fretex1)
    assert nb.send("/utstyr/skann", {"kode": "U000001"}).location == f"/utstyr/ut?enhet={ider[0]}"
    assert nb.send("/utstyr/skann", {"kode": " 2 "}).location == f"/utstyr/inn?enhet={ider[1]}"
    assert nb.send("/utstyr/skann", {"kode": "u000003"}).location == f"/utstyr/enheter/{ider[2]}"
    for ukjent in ("", "999", "XYZ-1", "x" * 500, "<script>"):
        svar = nb.send("/utstyr/skann", {"kode": ukjent})
        assert svar.status_code == 422
        assert f'value="{ukjent}"' not in svar.get_data(as_text=True) or not ukjent


def test_several_are_lent_in_one_go_and_nothing_typed_is_lost(folk: Any, nettleser: Nettleser) -> None:
    en, to, tre = fabrikk.utstyr(folk.fretex1, antall=3, deler=("ski", "staver"))
    ider = [en.id, to.id]
    nb = nettleser.som(folk.fretex1)
    frist = i_dag() + timedelta(days=7)
    side = nb.se(f"/utstyr/ut?enhet={ider[0]}").get_data(as_text=True)
    assert dato(frist) in side
    assert re.search(r'<input[^>]*autofocus[^>]*name="kode"', side)
    kurv = {"enhet": [str(ider[0])], "telefon": TELEFON, "forfall": dato(frist)}
    lagt_til = nb.send("/utstyr/ut", {**kurv, "kode": "2"})
    assert lagt_til.status_code == 200
    assert all(f'name="enhet" value="{id_}"' in lagt_til.get_data(as_text=True) for id_ in ider)
    assert f'value="{TELEFON}"' in lagt_til.get_data(as_text=True)
    assert "lagt til alt" in tekst(nb.send("/utstyr/ut", {**kurv, "kode": "1"}))
    fjernet = nb.send("/utstyr/ut", {**kurv, "fjern": str(ider[0])})
    assert "Ingenting er lagt til ennå" in tekst(fjernet)
    alt = {**kurv, "enhet": [str(id_) for id_ in ider], "kode": ""}
    _galt_skjema(nb, alt)
    assert status(en, to, tre) == [Status.LEDIG] * 3
    assert "2 enheter er lånt ut" in tekst(nb.send("/utstyr/ut", alt, foelg=True))
    assert status(en, to, tre) == [Status.UTE, Status.UTE, Status.LEDIG]
    igjen = nb.send("/utstyr/ut", alt)
    assert igjen.status_code == 409
    assert "Ingenting er lånt ut" in tekst(igjen)
    assert db.session.scalar(select(func.count(Utlaan.id))) == 2


def _galt_skjema(nb: Nettleser, alt: dict[str, Any]) -> None:
    """Each wrong field is told, and the items in hand are still there."""
    for felt, galt in (("telefon", ""), ("telefon", "123"), ("forfall", "31.02.2026"), ("forfall", "01.01.2020")):
        svar = nb.send("/utstyr/ut", {**alt, felt: galt})
        assert svar.status_code == 422
        assert f'name="enhet" value="{alt["enhet"][1]}"' in svar.get_data(as_text=True)


def test_nothing_is_lent_when_one_of_them_is_gone(folk: Any) -> None:
    en, to = fabrikk.utstyr(folk.fretex1, antall=2)
    fabrikk.utlaan(folk.fretex1, to)
    with pytest.raises(services.IkkeLedig):
        fabrikk.utlaan(folk.fretex1, en, to)
    assert status(en, to) == [Status.LEDIG, Status.UTE]
    with pytest.raises(UgyldigFelt):
        fabrikk.utlaan(folk.fretex1)


def test_taking_back_with_condition_and_missing_parts(folk: Any, nettleser: Nettleser) -> None:
    sett, par, brukket = (fabrikk.utstyr(folk.fretex1, deler=deler)[0] for deler in (("ski", "staver"), (), ()))
    fabrikk.utlaan(folk.fretex1, sett, par, brukket)
    ider = [sett.id, par.id, brukket.id]
    staver = next(del_.id for del_ in sett.deler if del_.navn == "staver")
    nb = nettleser.som(folk.fretex1)
    skjema = {"enhet": [str(id_) for id_ in ider], "kode": ""} | {f"rad{id_}-tilstand": "god" for id_ in ider}
    assert nb.send("/utstyr/inn", {**skjema, f"rad{ider[2]}-tilstand": "tull"}).status_code == 422
    borte = tekst(nb.send("/utstyr/inn", {**skjema, f"rad{ider[0]}-mangler": "0"}))  # a colleague took the part out
    assert "Velg noe fra listen." in borte
    assert "not a valid choice" not in borte
    skjema |= {f"rad{ider[2]}-tilstand": "til_reparasjon", f"rad{ider[0]}-mangler": str(staver)}
    svar = tekst(nb.send("/utstyr/inn", skjema, foelg=True))
    assert "2 enheter er levert." in svar
    assert "1 enhet mangler deler" in svar
    assert status(sett, par, brukket) == [Status.UTE, Status.LEDIG, Status.UTE_AV_DRIFT]
    assert nb.send("/utstyr/inn", skjema).status_code == 409, "what has come back cannot come back again"
    assert "Vi mangler ennå: staver" in tekst(nb.se("/utstyr/utlaan?filter=deler"))
    hel = {"enhet": str(ider[0]), "kode": "", f"rad{ider[0]}-tilstand": "slitt"}
    assert "1 enhet er levert." in tekst(nb.send("/utstyr/inn", hel, foelg=True))
    assert status(sett) == [Status.LEDIG]
    assert not any(del_.mangler for del_ in queries.enhet(fabrikk.bruker("fretex1"), ider[0]).deler)
    assert queries.enhet(fabrikk.bruker("fretex1"), ider[0]).tilstand is Tilstand.SLITT


def test_giving_up_parts_and_giving_up_an_item(folk: Any, nettleser: Nettleser) -> None:
    sett, borte = fabrikk.utstyr(folk.fretex1, antall=2, deler=("ski", "staver"))
    laant, tapt = fabrikk.utlaan(folk.fretex1, sett, borte)
    laant_id, tapt_id, sett_id = laant.id, tapt.id, sett.id
    nb = nettleser.som(folk.fretex1)
    assert nb.send(f"/utstyr/utlaan/{laant_id}/avslutt-uten-deler").status_code == 409
    del_id = queries.enhet(fabrikk.bruker("fretex1"), sett_id).deler[0].id
    levert = {"enhet": str(sett_id), "kode": "", f"rad{sett_id}-tilstand": "god", f"rad{sett_id}-mangler": str(del_id)}
    assert "mangler deler" in tekst(nb.send("/utstyr/inn", levert, foelg=True))
    assert nb.send(f"/utstyr/utlaan/{laant_id}/avslutt-uten-deler").status_code == 303
    assert nb.send(f"/utstyr/utlaan/{tapt_id}/tapt").status_code == 303
    assert status(sett, borte) == [Status.UTE_AV_DRIFT, Status.SAVNET]
    assert nb.send(f"/utstyr/utlaan/{tapt_id}/tapt").status_code == 409
    assert nb.send(f"/utstyr/enheter/{sett_id}/gjoer/reparert").status_code == 303
    assert not any(del_.mangler for del_ in queries.enhet(fabrikk.bruker("fretex1"), sett_id).deler)


def test_overdue_is_listed_with_number_and_a_text_and_can_be_extended(folk: Any, nettleser: Nettleser) -> None:
    en, to, i_tide = fabrikk.utstyr(folk.fretex1, antall=3)
    utlaan = [*fabrikk.utlaan(folk.fretex1, en, to), *fabrikk.utlaan(folk.fretex1, i_tide, telefon="61000000")]
    ider = [rad.id for rad in utlaan]
    gaar = i_dag() - timedelta(days=1)
    with transaction() as session:
        session.execute(update(Utlaan).where(Utlaan.id.in_(ider[:2])).values(forfall=gaar))
    nb = nettleser.som(folk.fretex1)
    side = tekst(nb.se("/utstyr/utlaan?filter=forfalt"))
    assert TELEFON in side
    assert "61 00 00 00" not in side
    assert f"Langrennsski (nr. 1), Langrennsski (nr. 2). Fristen var {dato(gaar)}" in side
    assert "1 dag over" in side
    assert db.session.scalar(select(func.count()).where(Innslag.hva == Hva.UTSTYR_TELEFON)) == 1
    assert nb.send(f"/utstyr/utlaan/{ider[0]}/forleng", {"forfall": dato(gaar)}).status_code == 422
    ny = i_dag() + timedelta(days=14)
    assert nb.send(f"/utstyr/utlaan/{ider[0]}/forleng", {"forfall": dato(ny)}).status_code == 303
    av = fabrikk.bruker("fretex1")
    assert queries.utlaan(av, ider[0]).forfall == ny
    antall = {f: len(db.session.scalars(queries.utlaansliste(av, f)).all()) for f in Utlaansfilter}
    assert antall == {"forfalt": 1, "i_dag": 0, "deler": 0, "ute": 3}
    assert queries.tellinger(av) == {"forfalt": 1, "i_dag": 0, "deler": 0, "ute": 3, "reservert": 0}
    assert "1 over fristen" in tekst(nb.se("/"))


def test_the_number_is_sealed_and_goes_thirty_days_after_the_return(app: Flask, folk: Any) -> None:
    en, to = fabrikk.utstyr(folk.fretex1, antall=2)
    (laant,), (annet,) = fabrikk.utlaan(folk.fretex1, en), fabrikk.utlaan(folk.fretex1, to)
    assert laant.telefon is not None
    assert b"41234567" not in laant.telefon
    assert services.les_telefon(laant) == "41234567"
    laant.telefon = annet.telefon
    with pytest.raises(crypto.KanIkkeAapnes):
        services.les_telefon(laant)
    db.session.rollback()
    with transaction():
        av = fabrikk.bruker("fretex1")
        services.ta_imot([services.Levering(en.id, Tilstand.GOD)], ved=None, av=av)
    for dager, igjen in ((29, 2), (31, 1)):
        with transaction() as session:
            inn = now() - timedelta(days=dager)
            session.execute(update(Utlaan).where(Utlaan.inn.is_not(None)).values(inn=inn))
        services.rydd_utstyr()
        med = db.session.scalars(select(Utlaan).where(Utlaan.telefon.is_not(None))).all()
        assert len(med) == igjen
        noekkellager.fullfoer_slettinger()
        assert len(noekkellager.hent("utlaan", [laant.id, annet.id])) == igjen
    assert services.rydd_utstyr() == 0
    assert db.session.scalar(select(func.count()).where(Innslag.hva == Hva.UTSTYR_TELEFON_SLETTET)) == 1


def test_an_item_is_held_for_one_number_and_let_go_again(folk: Any, nettleser: Nettleser) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    id_ = enhet.id
    nb = nettleser.som(folk.fretex1)
    dag = dato(i_dag() + timedelta(days=2))
    holder = {"telefon": TELEFON, "holdes_til": dag}
    assert nb.send(f"/utstyr/enheter/{id_}/reserver", {**holder, "telefon": "x"}).status_code == 422
    assert nb.send(f"/utstyr/enheter/{id_}/reserver", holder).status_code == 303
    assert nb.send(f"/utstyr/enheter/{id_}/reserver", holder).status_code == 409
    assert TELEFON in tekst(nb.se("/utstyr/reservasjoner"))
    assert 'value="41234567"' in nb.se(f"/utstyr/ut?enhet={id_}").get_data(as_text=True)
    kurv = {"enhet": str(id_), "kode": "", "forfall": dag}
    annen = nb.send("/utstyr/ut", {**kurv, "telefon": "90000000"})
    assert annen.status_code == 422
    assert "reservert for et annet nummer" in tekst(annen)
    assert nb.send("/utstyr/ut", {**kurv, "telefon": TELEFON}).status_code == 303
    rad = db.session.scalars(select(Reservasjon)).one()
    assert rad.slutt is not None
    assert rad.telefon is None
    assert nb.send(f"/utstyr/reservasjoner/{rad.id}/avlys").status_code == 404


def test_a_hold_can_be_called_off_and_runs_out_by_itself(folk: Any, nettleser: Nettleser) -> None:
    en, to = fabrikk.utstyr(folk.fretex1, antall=2)
    with transaction():
        av = fabrikk.bruker("fretex1")
        rader = [services.reserver(queries.enhet(av, e.id), TELEFON, i_dag(), ved=None, av=av).id for e in (en, to)]
    nb = nettleser.som(folk.fretex1)
    assert nb.send(f"/utstyr/reservasjoner/{rader[0]}/avlys").status_code == 303
    assert services.rydd_utstyr() == 0
    with transaction() as session:
        gaar = i_dag() - timedelta(days=1)
        session.execute(update(Reservasjon).where(Reservasjon.id == rader[1]).values(holdes_til=gaar))
    assert services.rydd_utstyr() == 1
    assert status(en, to) == [Status.LEDIG] * 2
    assert db.session.scalar(select(func.count()).where(Reservasjon.telefon.is_not(None))) == 0


def test_families_and_referrals_are_unreachable_for_the_operator(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1, tiltak=[("4a-3", 0), ("4b-3", None)])
    stier = [f"/saker/{sak.id}", f"/henvisninger/{sak.henvisninger[0].id}", f"/henvisninger/{sak.henvisninger[1].id}"]
    referanse = sak.referanse
    nb = nettleser.som(folk.fretex1)
    for sti in (*stier, "/saker", "/saker/finn", "/saker/ny", "/innboks", "/fordel", "/kort", "/tilbud", "/statistikk"):
        assert nb.se(sti).status_code == 404, sti
    egne = ["/", "/utstyr", "/utstyr/ut", "/utstyr/inn", "/utstyr/enheter", "/utstyr/utlaan", "/utstyr/tall"]
    for sti in egne:
        side = nb.se(sti)
        assert side.status_code == 200
        assert referanse not in side.get_data(as_text=True)


def test_nobody_else_sees_a_borrowers_number(folk: Any, nettleser: Nettleser) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    (utlaan,) = fabrikk.utlaan(folk.fretex1, enhet)
    stier = [f"/utstyr/utlaan/{utlaan.id}", "/utstyr/utlaan?filter=ute", "/utstyr/reservasjoner", "/utstyr"]
    for hvem in (navn for navn in fabrikk.ALLE_ROLLER if navn != "fretex1"):
        nb = nettleser.som(getattr(folk, hvem))
        assert [nb.se(sti).status_code for sti in stier] == [404] * len(stier), hvem


def test_no_table_joins_equipment_to_a_family() -> None:
    for tabell in (Utlaan.__table__, Reservasjon.__table__, Utstyrsenhet.__table__, Utstyrshendelse.__table__):
        maal = {noekkel.column.table.name for noekkel in tabell.foreign_keys}
        assert maal <= {"enhet", "utstyrsenhet", "utlaan"}


def test_a_locked_station_is_out(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    assert nb.se("/utstyr").status_code == 200
    with transaction() as session:
        session.get_one(User, folk.fretex1.id).laast = True
    assert nb.se("/utstyr").status_code in {302, 303}
