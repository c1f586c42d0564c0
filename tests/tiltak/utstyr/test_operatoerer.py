"""Several people at one counter: a number and a code each, on top of a station that stays signed in."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, now, transaction
from koordinering.konto.models import Grense, Okt
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.models import Operatoer, Utstyrshendelse, Vakt, Varetelling
from koordinering.tiltak.utstyr.rules.strekkode import Operatoerkode
from koordinering.tiltak.utstyr.rules.tilstander import Handling, Tilstand
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tiltak.utstyr.test_disk import tekst


def ny(nb: Nettleser) -> Operatoerkode:
    """A new person with a code, made on the page; the code as it was shown, once."""
    assert nb.send("/utstyr/operatoerer/ny", {"hos": "fretex"}).status_code == 303
    operatoer_id = db.session.scalars(select(Operatoer.id).order_by(Operatoer.nummer.desc())).first()
    side = nb.send(f"/utstyr/operatoerer/{operatoer_id}/kode").get_data(as_text=True)
    funnet = re.search(r"OP(\d+)-(\d{6})", side)
    assert funnet
    return Operatoerkode(int(funnet[1]), funnet[2])


def test_a_person_is_a_number_and_the_code_is_shown_once(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    assert nb.send("/utstyr/operatoerer/ny", {"hos": "fretex"}).status_code == 303
    nb.send("/utstyr/operatoerer/ny", {"hos": "fretex"})
    assert db.session.scalar(select(func.count(Operatoer.id))) == 1, "a second click makes nobody"
    assert nb.send("/utstyr/operatoerer/ny", {"hos": "nav"}).status_code == 404
    kode = ny(nb)
    assert kode.nummer == 1
    assert kode.hemmelig not in nb.se("/utstyr/operatoerer").get_data(as_text=True)
    lagret = db.session.scalars(select(Operatoer.kode_hash)).one()
    assert lagret is not None
    assert lagret.startswith("$argon2id$")
    assert ny(nb).nummer == 2


def test_lending_is_written_on_the_number_and_the_station_stays_signed_in(folk: Any, nettleser: Nettleser) -> None:
    en, to = fabrikk.utstyr(folk.fretex1, antall=2)
    nb = nettleser.som(folk.fretex1)
    foerste, annen = ny(nb), ny(nb)
    kurv = {"enhet": str(en.id), "telefon": "41234567", "forfall": "31.12.2026"}
    ingen = nb.send("/utstyr/ut", {**kurv, "kode": ""})
    assert ingen.status_code == 422
    assert "Skann kortet ditt" in tekst(ingen)
    assert 'value="41234567"' in ingen.get_data(as_text=True)
    skannet = nb.send("/utstyr/ut", {**kurv, "kode": foerste.kort})
    assert skannet.status_code == 200
    assert "Ved disken: operatør 1" in tekst(skannet)
    assert foerste.hemmelig not in skannet.get_data(as_text=True)
    assert nb.send("/utstyr/ut", {**kurv, "kode": ""}).status_code == 303
    okter = select(func.count(Okt.id)).where(Okt.user_id == folk.fretex1.id, Okt.avsluttet.is_(None))
    assert db.session.scalar(okter) == 1
    assert nb.send("/utstyr/bytt", {"passord_kode": annen.skrevet}).status_code == 303
    inn = {"enhet": str(en.id), "kode": "", f"rad{en.id}-tilstand": "god"}
    assert nb.send("/utstyr/inn", inn).status_code == 303
    linjer = db.session.scalars(select(Utstyrshendelse).order_by(Utstyrshendelse.id.desc()).limit(2)).all()
    assert [(h.handling, h.operatoer_nummer) for h in linjer] == [(Handling.LEVERT, 2), (Handling.LAANT_UT, 1)]
    assert "Operatør 1" in tekst(nb.se(f"/utstyr/enheter/{en.id}"))
    assert nb.send("/utstyr/gaa-fra").status_code == 303
    assert nb.send("/utstyr/ut", {**kurv, "enhet": str(to.id), "kode": ""}).status_code == 422
    assert nb.se("/utstyr").status_code == 200


def test_each_station_has_its_own_person(folk: Any, nettleser: Nettleser) -> None:
    en, to = nettleser.som(folk.fretex1), nettleser.som(folk.fretex1)
    kode = ny(en)
    en.send("/utstyr/skann", {"kode": kode.kort})
    assert "Ved disken: operatør 1" in tekst(en.se("/utstyr"))
    assert "Ingen står ved disken." in tekst(to.se("/utstyr"))
    en.send("/logg-ut")
    assert db.session.scalar(select(func.count()).select_from(Vakt)) == 1, "it goes with the session's row"


def test_wrong_codes_wait_and_tell_nothing(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    kode = ny(nb)
    gal = f"{kode.nummer}-{(int(kode.hemmelig) + 1) % 10**6:06}"
    feil = nb.send("/utstyr/bytt", {"passord_kode": gal})
    ukjent = nb.send("/utstyr/bytt", {"passord_kode": "77-123456"})
    tull = nb.send("/utstyr/bytt", {"passord_kode": "tull"})
    assert {svar.status_code for svar in (feil, ukjent, tull)} == {422}
    assert all("Koden stemmer ikke." in tekst(svar) for svar in (feil, ukjent, tull))
    for _ in range(5):
        nb.send("/utstyr/bytt", {"passord_kode": gal})
    siste = db.session.scalar(select(func.max(Grense.antall)))
    assert siste == 7, "the station's own count has one of an unknown number too"
    with transaction() as session:
        session.execute(update(Grense).values(aapner=now() + timedelta(minutes=1)))
    riktig_i_ventetiden = nb.send("/utstyr/bytt", {"passord_kode": kode.skrevet})
    assert riktig_i_ventetiden.status_code == 429
    assert "prøvd mange ganger" in tekst(nb.send("/utstyr/ut", {"kode": kode.kort}))
    assert db.session.scalar(select(func.count()).where(Innslag.hva == Hva.UTSTYR_KODE_FEIL)) == 7
    with transaction() as session:
        for grense in session.scalars(select(Grense)):
            session.delete(grense)
    assert nb.send("/utstyr/bytt", {"passord_kode": kode.skrevet}).status_code == 303


def test_a_new_code_and_a_closed_person_end_the_old_at_once(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    kode, annen = ny(nb), ny(nb)
    nb.send("/utstyr/skann", {"kode": kode.kort})
    ider = {o.nummer: o.id for o in db.session.scalars(select(Operatoer))}
    forvalter = nettleser.som(folk.system1)
    assert forvalter.se("/utstyr/operatoerer").status_code == 200
    assert forvalter.se("/utstyr").status_code == 404
    forvalter.send(f"/utstyr/operatoerer/{ider[1]}/kode")
    assert "Ingen står ved disken." in tekst(nb.se("/utstyr"))
    assert "Koden stemmer ikke." in tekst(nb.send("/utstyr/skann", {"kode": kode.kort}))
    nb.send("/utstyr/skann", {"kode": annen.kort})
    forvalter.send(f"/utstyr/operatoerer/{ider[2]}/steng")
    assert "Koden stemmer ikke." in tekst(nb.send("/utstyr/skann", {"kode": annen.kort}))
    assert forvalter.send(f"/utstyr/operatoerer/{ider[2]}/kode").status_code == 409
    assert ny(nb).nummer == 3, "a number is never used again"


def test_a_code_is_not_in_a_log_or_an_address(app: Flask, folk: Any, nettleser: Nettleser, caplog: Any) -> None:
    nb = nettleser.som(folk.fretex1)
    kode = ny(nb)
    svar = nb.send("/utstyr/skann", {"kode": kode.kort})
    assert kode.hemmelig not in (svar.location or "")
    assert kode.hemmelig not in caplog.text
    detaljer = db.session.scalars(select(Innslag.detalj).where(Innslag.detalj.is_not(None))).all()
    assert not [d for d in detaljer if kode.hemmelig in (d or "")]


# --- Nothing is done by nobody ------------------------------------------------------------------------------


def _ute(folk: Any) -> tuple[str, dict[str, str]]:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    (utlaan,) = fabrikk.utlaan(folk.fretex1, enhet)
    return str(utlaan.id), {}


def _forleng(folk: Any) -> tuple[str, dict[str, str]]:
    return f"/utstyr/utlaan/{_ute(folk)[0]}/forleng", {"forfall": f"{i_dag() + timedelta(days=9):%d.%m.%Y}"}


def _tapt(folk: Any) -> tuple[str, dict[str, str]]:
    return f"/utstyr/utlaan/{_ute(folk)[0]}/tapt", {}


def _uten_deler(folk: Any) -> tuple[str, dict[str, str]]:
    (sett,) = fabrikk.utstyr(folk.fretex1, deler=("staver",))
    (utlaan,) = fabrikk.utlaan(folk.fretex1, sett)
    with transaction():
        levering = services.Levering(sett.id, Tilstand.GOD, frozenset({sett.deler[0].id}))
        services.ta_imot([levering], ved=None, av=fabrikk.bruker("fretex1"))
    return f"/utstyr/utlaan/{utlaan.id}/avslutt-uten-deler", {}


def _reserver(folk: Any) -> tuple[str, dict[str, str]]:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    felter = {"telefon": "41234567", "holdes_til": f"{i_dag() + timedelta(days=1):%d.%m.%Y}"}
    return f"/utstyr/enheter/{enhet.id}/reserver", felter


def _avlys(folk: Any) -> tuple[str, dict[str, str]]:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    with transaction():
        av = fabrikk.bruker("fretex1")
        rad = services.reserver(queries.enhet(av, enhet.id), "41234567", i_dag(), ved=None, av=av)
        return f"/utstyr/reservasjoner/{rad.id}/avlys", {}


def _gjoer(folk: Any) -> tuple[str, dict[str, str]]:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    return f"/utstyr/enheter/{enhet.id}/gjoer/{Handling.TATT_UT.value}", {}


_OM = {"navn": "Ski", "kategori": "langrenn", "tilstand": "god", "strekkode": "", "stoerrelse": "", "deler": ""}


def _legg_inn(_folk: Any) -> tuple[str, dict[str, str]]:
    return "/utstyr/enheter/ny", {**_OM, "antall": "1"}


def _endre(folk: Any) -> tuple[str, dict[str, str]]:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    return f"/utstyr/enheter/{enhet.id}/endre", {**_OM, "versjon": str(enhet.versjon)}


def _telling(folk: Any) -> tuple[str, dict[str, str]]:
    fabrikk.utstyr(folk.fretex1)
    with transaction():
        telling = services.start_telling(av=fabrikk.bruker("fretex1"))
        return f"/utstyr/telling/{telling.id}/avslutt", {"merk": "1"}


@pytest.mark.parametrize(
    ("sett_opp", "handling"),
    [
        (_forleng, Handling.FORLENGET),
        (_tapt, Handling.TAPT),
        (_uten_deler, Handling.LEVERT),
        (_reserver, Handling.RESERVERT),
        (_avlys, Handling.AVLYST),
        (_gjoer, Handling.TATT_UT),
        (_legg_inn, Handling.LAGT_INN),
        (_endre, Handling.ENDRET),
        (_telling, Handling.SAVNET),
    ],
)
def test_nothing_is_changed_by_nobody_and_the_number_is_written(
    folk: Any, nettleser: Nettleser, sett_opp: Callable[[Any], tuple[str, dict[str, str]]], handling: Handling
) -> None:
    adresse, felter = sett_opp(folk)
    nb = nettleser.som(folk.fretex1)
    kode = ny(nb)
    foer = db.session.scalar(select(func.count(Utstyrshendelse.id)))
    nektet = nb.send(adresse, felter, foelg=True)
    assert "Skann kortet ditt" in tekst(nektet)
    db.session.rollback()
    assert db.session.scalar(select(func.count(Utstyrshendelse.id))) == foer
    nb.send("/utstyr/skann", {"kode": kode.kort})
    assert nb.send(adresse, felter).status_code == 303
    db.session.rollback()
    siste = db.session.scalars(select(Utstyrshendelse).order_by(Utstyrshendelse.id.desc()).limit(1)).one()
    assert (siste.handling, siste.operatoer_nummer) == (handling, kode.nummer)


def test_stock_taking_is_started_and_scanned_by_somebody_and_a_card_changes_who(
    folk: Any, nettleser: Nettleser
) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    nb = nettleser.som(folk.fretex1)
    kode = ny(nb)
    assert "Skann kortet ditt" in tekst(nb.send("/utstyr/telling/start", foelg=True))
    assert db.session.scalar(select(func.count(Varetelling.id))) == 0
    nb.send("/utstyr/skann", {"kode": kode.kort})
    assert nb.send("/utstyr/telling/start").status_code == 303
    nb.send("/utstyr/gaa-fra")
    db.session.rollback()
    telling_id = db.session.scalars(select(Varetelling.id)).one()
    nektet = nb.send(f"/utstyr/telling/{telling_id}", {"kode": str(enhet.nummer)})
    assert nektet.status_code == 422
    assert "Skann kortet ditt" in tekst(nektet)
    galt = nb.send(f"/utstyr/telling/{telling_id}", {"kode": f"OP{kode.nummer}-000000"})
    assert "Koden stemmer ikke" in tekst(galt)
    assert nb.send(f"/utstyr/telling/{telling_id}", {"kode": kode.kort}).status_code == 303
    assert "er talt" in tekst(nb.send(f"/utstyr/telling/{telling_id}", {"kode": str(enhet.nummer)}, foelg=True))


def test_where_no_codes_are_in_use_nobody_is_asked(folk: Any, nettleser: Nettleser) -> None:
    adresse, felter = _gjoer(folk)
    assert nettleser.som(folk.fretex1).send(adresse, felter).status_code == 303
    siste = db.session.scalars(select(Utstyrshendelse).order_by(Utstyrshendelse.id.desc()).limit(1)).one()
    assert siste.operatoer_nummer is None
