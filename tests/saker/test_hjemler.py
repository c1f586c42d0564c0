"""The code list of authorities: kept by SYSTEMFORVALTER, dated, and never another past than it was."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from koordinering.audit import Innslag
from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, UgyldigFelt
from koordinering.saker import queries, services
from koordinering.saker.models import Hjemmel, Hjemmelendring, Samtykke
from koordinering.saker.rules.behov import Grunnlag
from koordinering.saker.rules.hjemler import Hjemmelopplysninger
from koordinering.users import User
from tests import fabrikk
from tests.nettleser import Nettleser

DAG = timedelta(days=1)


def _endre(av: User, kode: str, om: Hjemmelopplysninger, vist: str | None = None) -> None:
    with transaction():
        naa = db.session.get_one(Hjemmel, kode).avtrykk()
        services.endre_hjemmel(kode, om, vist=vist or naa, av=db.session.get_one(User, av.id))


def _ta_i_bruk(folk: Any, kode: str) -> None:
    fabrikk.sak(folk.nav1)
    with transaction():
        samtykke = db.session.scalars(select(Samtykke)).one()
        samtykke.grunnlag, samtykke.hjemmel_id, samtykke.maate, samtykke.fra = Grunnlag.HJEMMEL, kode, None, None


def test_a_new_authority_is_offered_from_its_day_until_its_day(folk: Any, nettleser: Nettleser) -> None:
    db.session.rollback()
    side = nettleser.som(folk.system1)
    assert side.send("/hjemler/ny", {"tekst": "  ", "fra": "i morgen"}).status_code == 422
    felt = {"tekst": "Opplysningen trengs  for å\nhjelpe", "fra": f"{i_dag():%d.%m.%Y}", "til": ""}
    assert side.send("/hjemler/ny", felt | {"til": f"{i_dag() - DAG:%d.%m.%Y}"}).status_code == 422
    assert side.send("/hjemler/ny", felt).status_code == 303
    assert side.send("/hjemler/ny", felt | {"tekst": "Fra i morgen", "fra": f"{i_dag() + DAG:%d.%m.%Y}"}).location
    db.session.rollback()
    kan_velges = [tekst for _, tekst in queries.hjemler()]
    assert "Opplysningen trengs for å hjelpe" in kan_velges
    assert "Fra i morgen" not in kan_velges
    html = side.se("/hjemler").get_data(as_text=True)
    assert "Fra i morgen" in html
    assert "Kan velges senere" in html
    db.session.rollback()
    logget = db.session.scalars(select(Innslag).where(Innslag.hva == "hjemmel_lagt_inn")).all()
    assert [rad.user_id for rad in logget] == [folk.system1.id] * 2
    assert not any("hjelpe" in (rad.detalj or "") for rad in logget)


def test_one_that_is_used_can_only_be_ended_and_stays_ended(folk: Any) -> None:
    kode = "samme_formaal"
    _ta_i_bruk(folk, kode)
    rad = db.session.get_one(Hjemmel, kode)
    tekst, fra = rad.tekst, rad.gyldig_fra
    for galt, felt in (
        (Hjemmelopplysninger("Andre ord", fra, None), "tekst"),
        (Hjemmelopplysninger(tekst, fra + DAG, None), "fra"),
        (Hjemmelopplysninger(tekst, fra, i_dag() - DAG), "til"),
    ):
        with pytest.raises(UgyldigFelt) as feil:
            _endre(folk.system1, kode, galt)
        assert feil.value.felt == felt
    _endre(folk.system1, kode, Hjemmelopplysninger(tekst, fra, i_dag()))
    assert kode in dict(queries.hjemler())  # the last day is a day
    with transaction():
        db.session.get_one(Hjemmel, kode).gyldig_til = i_dag() - DAG
    with pytest.raises(UgyldigFelt) as feil:
        _endre(folk.system1, kode, Hjemmelopplysninger(tekst, fra, None))
    assert feil.value.felt == "til"
    endret = db.session.scalars(select(Hjemmelendring).where(Hjemmelendring.hjemmel_id == kode)).all()
    assert [(e.felt, e.fra, e.til, e.user_id) for e in endret] == [("til", None, str(i_dag()), folk.system1.id)]


def test_one_that_is_not_used_can_be_put_right_and_its_history_is_kept(folk: Any, nettleser: Nettleser) -> None:
    kode = "forvaltningssamarbeid"
    rad = db.session.get_one(Hjemmel, kode)
    vist, fra = rad.avtrykk(), rad.gyldig_fra
    db.session.rollback()
    side = nettleser.som(folk.system1)
    felt = {"vist": vist, "tekst": "Rettet", "fra": f"{fra:%d.%m.%Y}", "til": ""}
    assert side.send(f"/hjemler/{kode}", felt).status_code == 303
    igjen = side.send(f"/hjemler/{kode}", felt | {"tekst": "Noe annet"})
    assert igjen.status_code == 409  # from a page that showed the old words
    assert "Noe annet" in igjen.get_data(as_text=True)
    html = side.se(f"/hjemler/{kode}").get_data(as_text=True)
    assert "Teksten ble endret" in html
    assert "→ «Rettet»" in html
    assert "Systemforvalter" in html
    assert side.se("/hjemler/finnes-ikke").status_code == 404
    with pytest.raises(Endret):
        _endre(folk.system1, kode, Hjemmelopplysninger("x", fra, None), vist=vist)


def test_a_consent_that_rests_on_an_ended_authority_acts_as_none(folk: Any) -> None:
    _ta_i_bruk(folk, "samme_formaal")
    samtykke = db.session.scalars(select(Samtykke)).one()
    assert services.har_grunnlag(samtykke.sak, samtykke.mottaker_id, samtykke.sak.barn[0].id)
    with transaction():
        db.session.get_one(Hjemmel, "samme_formaal").gyldig_til = i_dag() - DAG
    assert not services.har_grunnlag(samtykke.sak, samtykke.mottaker_id, samtykke.sak.barn[0].id)
