"""A joint answer: asked for by the named unit's leader, approved part by part, and blind until the time is out."""

import json
import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, now, tilfeldig_id, transaction
from koordinering.errors import IngenTilgang
from koordinering.personvern.krav import queries, services
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.krav.rules.dokument import Avsnitt, Del, Dokument
from koordinering.personvern.krav.rules.frist import AlleredeFerdig, Delsvar, IkkeUtpekt, Sjekk
from koordinering.personvern.krav.services.rydding import DEL_BLIR
from koordinering.saker.models import Barn, Sak
from koordinering.users import Koblingsmodus, kommune
from tests import fabrikk
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.saker.skjema import nummer

SJEKKET = {sjekk.value: "y" for sjekk in Sjekk}


@pytest.fixture(autouse=True)
def utpekt(app: object) -> None:
    """Nav puts joint answers together, and the municipality links by number."""
    with transaction():
        kommune().innsyn_enhet_id = "nav"
        kommune().koblingsmodus = Koblingsmodus.NUMMER


def _skjema(**felt: str) -> dict[str, str]:
    dag = i_dag().strftime("%d.%m.%Y")
    return {"mottatt": dag, "noekkel": str(tilfeldig_id()), "referanser": "", **SJEKKET, **felt}


def _spurt(leder: Nettleser, **felt: str) -> int:
    """Ask through the page; the joint request's key."""
    svar = leder.send("/samlet/ny", _skjema(**felt))
    assert svar.status_code == 303
    db.session.rollback()
    return int(svar.headers["Location"].rsplit("/", 1)[1])


def _deler(krav_id: int) -> dict[str, Kravdel]:
    db.session.rollback()
    return {d.enhet_id: d for d in db.session.scalars(select(Kravdel).where(Kravdel.krav_id == krav_id))}


def _tiden_gaar() -> None:
    with transaction():
        db.session.execute(update(Krav).values(svarfrist=now() - timedelta(minutes=1)))
    db.session.rollback()


def _uten_noekler(html: str) -> str:
    """The page without what differs between two requests whatever they are about: keys and the form's token."""
    return re.sub(r"\d{15,}|value=\"[^\"]{40,}\"|content=\"[^\"]{40,}\"", "", html.split("<main")[1])


def test_asking_takes_the_named_unit_every_check_and_something_to_look_for(folk: Any, nettleser: Nettleser) -> None:
    leder = nettleser.som(folk.navleder1)
    assert leder.se("/samlet/ny").status_code == 200
    annen = nettleser.som(folk.helseleder1)
    assert annen.se("/samlet/ny").status_code == 409
    assert annen.send("/samlet/ny", _skjema(referanser="F-7K3M-Q2")).status_code == 409
    assert "ikke utpekt" in annen.se("/samlet").get_data(as_text=True)
    nr = nummer()
    for galt, melding in (
        *(({sjekk: ""}, "må være sjekket") for sjekk in SJEKKET),
        ({"referanser": ""}, "Skriv minst én"),
        ({"referanser": "F-0000-00"}, "ikke en referanse"),
        ({"fnr1": nr[:-1] + str((int(nr[-1]) + 1) % 10)}, "ummer"),
        ({"mottatt": "i går"}, "dd.mm.åååå"),
        ({"mottatt": (i_dag() + timedelta(1)).strftime("%d.%m.%Y"), "fnr1": nr}, "fram i tid"),
    ):
        svar = leder.send("/samlet/ny", _skjema(**({"fnr2": nummer()} if "referanser" not in galt else {}), **galt))
        assert (svar.status_code, melding in svar.get_data(as_text=True)) == (422, True), galt
        assert nr not in svar.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalar(select(func.count(Krav.id))) == 0
    with pytest.raises(IkkeUtpekt), transaction():
        services.be_om_deler(tilfeldig_id(), [], [b"x"], i_dag(), tuple(Sjekk), av=bruker("helseleder1"))
    with pytest.raises(IngenTilgang), transaction():
        services.be_om_deler(tilfeldig_id(), [], [b"x"], i_dag(), tuple(Sjekk), av=bruker("nav1"))
    for hvem in (folk.nav1, folk.ombud1, folk.koordinator1, folk.system1):
        assert nettleser.som(hvem).se("/samlet/ny").status_code == 404


def test_only_the_units_own_leader_sees_the_task_and_only_its_own(folk: Any, nettleser: Nettleser) -> None:
    nr = nummer()
    navs, helses = (fabrikk.sak(av, barna=[fabrikk.barn(nummer=nr)]) for av in (folk.nav1, folk.helse1))
    koblet = fabrikk.sak(folk.kultur1, barna=[fabrikk.barn()])
    referanser = {sak.enhet_id: sak.referanse for sak in (navs, helses, koblet)}
    leder = nettleser.som(folk.navleder1)
    skjema = _skjema(fnr1=nr, referanser=referanser["to_kultur_fritid"])
    foerste, annen = (leder.send("/samlet/ny", skjema).headers["Location"] for _ in range(2))
    assert foerste == annen, "the same form sent twice is one request"
    krav_id = int(foerste.rsplit("/", 1)[1])
    deler = _deler(krav_id)
    assert set(deler) == {"nav", "to_helsestasjon", "to_kultur_fritid"}
    helsedel = f"/samlet/deler/{deler['to_helsestasjon'].id}"
    helse = nettleser.som(folk.helseleder1)
    assert "deler å godkjenne" in helse.se("/").get_data(as_text=True)
    liste = helse.se("/samlet/deler").get_data(as_text=True)
    assert referanser["to_helsestasjon"] in liste
    assert referanser["nav"] not in liste + helse.se(helsedel).get_data(as_text=True)
    for hvem in (folk.navleder1, folk.helse1, folk.nav1, folk.ombud1):
        assert nettleser.som(hvem).se(helsedel).status_code == 404
        assert nettleser.som(hvem).send(helsedel, {"svar": "godkjent"}).status_code == 404
    assert nettleser.som(folk.helseleder1).se(f"/samlet/{krav_id}").status_code == 404


def test_a_part_is_answered_once_with_a_reason_for_no_and_the_officers_log_is_silent(
    folk: Any, nettleser: Nettleser
) -> None:
    leder, helse = nettleser.som(folk.navleder1), nettleser.som(folk.helseleder1)
    (del_,) = _deler(_spurt(leder, referanser=fabrikk.sak(folk.helse1).referanse)).values()
    helsedel = f"/samlet/deler/{del_.id}"
    assert helse.send(helsedel, {}).status_code == 422
    uten = helse.send(helsedel, {"svar": "avvist"})
    assert (uten.status_code, "Velg hvorfor" in uten.get_data(as_text=True)) == (422, True)
    assert helse.send(helsedel, {"svar": "godkjent"}).status_code == 303
    assert helse.send(helsedel, {"svar": "avvist", "grunn": "taushet"}).status_code == 409, "the second answer"
    linjer = leder.se("/innsynslogg").get_data(as_text=True).split("<tbody")[1]
    assert "Godkjente en del" not in linjer, "the officer's own log does not tell who has answered"
    assert "Annen enhet" not in linjer


def test_the_officer_cannot_tell_no_from_silence_from_not_knowing(folk: Any, nettleser: Nettleser) -> None:
    def kjent() -> str:
        nr = nummer()
        fabrikk.sak(folk.helse1, barna=[fabrikk.barn(nummer=nr)])
        db.session.rollback()
        return nr

    leder, helse = nettleser.som(folk.navleder1), nettleser.som(folk.helseleder1)
    ukjent, taus, avvist, godkjent = (_spurt(leder, fnr1=nr) for nr in (nummer(), kjent(), kjent(), kjent()))
    assert not _deler(ukjent)
    for krav_id, svar in ((avvist, {"svar": "avvist", "grunn": "foreldre"}), (godkjent, {"svar": "godkjent"})):
        (del_,) = _deler(krav_id).values()
        assert helse.send(f"/samlet/deler/{del_.id}", svar).status_code == 303
    leder.se("/samlet")  # the messages of the four requests
    foer = [_uten_noekler(leder.se(f"/samlet/{k}").get_data(as_text=True)) for k in (ukjent, taus, avvist, godkjent)]
    assert len({re.sub(r"kl\. \d\d\.\d\d", "", html) for html in foer}) == 1, "before the time is out, all are alike"
    assert "elsestasjon" not in leder.se(f"/samlet/{godkjent}/innsyn").get_data(as_text=True)
    tidlig = leder.send(f"/krav/{godkjent}/ferdig", {"ferdig-utfall": "imoetekommet"})
    assert (tidlig.status_code, "fortsatt tid" in tidlig.get_data(as_text=True)) == (422, True)
    _tiden_gaar()
    for sti in ("/samlet/{}", "/samlet/{}/innsyn"):
        uten = [_uten_noekler(leder.se(sti.format(k)).get_data(as_text=True)) for k in (ukjent, taus, avvist)]
        assert len({re.sub(r"kl\. \d\d\.\d\d", "", html) for html in uten}) == 1
    assert "elsestasjon" in leder.se(f"/samlet/{godkjent}").get_data(as_text=True)
    sen = next(iter(_deler(taus).values())).id
    assert helse.send(f"/samlet/deler/{sen}", {"svar": "godkjent"}).status_code == 409
    assert not leder.se(f"/samlet/{taus}").get_data(as_text=True).count("elsestasjon")


def test_asking_does_the_same_work_whoever_knows_the_family(folk: Any, nettleser: Nettleser) -> None:
    kjent = nummer()
    for av in ("helse1", "kultur1"):
        fabrikk.sak(bruker(av), barna=[fabrikk.barn(nummer=kjent)], tiltak=[("4b-3", None)])
    db.session.rollback()
    leder, spurt = nettleser.som(folk.navleder1), []
    _spurt(leder, fnr1=nummer())  # what is done once is done here
    for nr in (nummer(), kjent):
        setninger: list[str] = []
        lytter = partial(_skriv_ned, setninger)
        event.listen(db.engine, "before_cursor_execute", lytter)
        spurt.append((setninger, _spurt(leder, fnr1=nr)))
        event.remove(db.engine, "before_cursor_execute", lytter)
    assert spurt[0][0] == spurt[1][0]
    assert [len(_deler(krav_id)) for _, krav_id in spurt] == [0, 2]
    assert all(0 < d.id < 2**62 for d in _deler(spurt[1][1]).values())


def _skriv_ned(setninger: list[str], _conn: Any, _cursor: Any, setning: str, *_: Any) -> None:
    setninger.append(setning)


def test_what_was_approved_is_what_is_given_and_then_the_copy_is_gone(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.helse1)
    sak_id, referanse = sak.id, sak.referanse
    leder, helse = nettleser.som(folk.navleder1), nettleser.som(folk.helseleder1)
    krav_id = _spurt(leder, referanser=f" {referanse.lower()}, ")
    (del_,) = _deler(krav_id).values()
    assert helse.send(f"/samlet/deler/{del_.id}", {"svar": "godkjent"}).status_code == 303
    _tiden_gaar()
    with transaction():
        db.session.execute(update(Barn).values(foedselsaar=i_dag().year - 3))
    html = leder.se(f"/samlet/{krav_id}/innsyn").get_data(as_text=True)
    assert referanse in html
    assert str(i_dag().year - 10) in html, "as it stood when the unit approved it"
    assert leder.send(f"/samlet/{krav_id}/fil", {"fil": "pdf"}).get_data().startswith(b"%PDF")
    data = json.loads(leder.send(f"/samlet/{krav_id}/fil", {"fil": "json"}).data)
    assert [d["tittel"] for d in data["deler"]][1:] == ["Hva dette betyr"]
    db.session.rollback()
    lest = select(func.count(Innslag.id)).where(Innslag.hva == Hva.INNSYN_HENTET, Innslag.gjelder_id == sak_id)
    assert db.session.scalar(lest) == 2, "each case's own log tells who took it out"
    assert "kravet kan ikke åpnes igjen" in leder.se(f"/samlet/{krav_id}").get_data(as_text=True), "asked before"
    assert leder.send(f"/krav/{krav_id}/ferdig", {"ferdig-utfall": "imoetekommet"}).status_code == 303
    assert next(iter(_deler(krav_id).values())).innhold is None
    assert "kopiene er slettet" in leder.se(f"/samlet/{krav_id}").get_data(as_text=True)
    assert leder.send(f"/krav/{krav_id}/ferdig", {"ferdig-utfall": "trukket"}).status_code == 409
    assert leder.send(f"/krav/{krav_id}/gjenaapne", {"gjenaapne-grunn": "feil"}).status_code in {404, 409}


def test_a_part_goes_with_its_case_and_a_forgotten_copy_is_emptied(folk: Any) -> None:
    saker = [fabrikk.sak(folk.helse1) for _ in range(2)]
    referanser = [sak.referanse for sak in saker]
    with transaction():
        krav_id = services.be_om_deler(tilfeldig_id(), referanser, [], i_dag(), tuple(Sjekk), av=bruker("navleder1")).id
    for del_id in [d.id for d in db.session.scalars(select(Kravdel))]:
        with transaction():
            del_ = queries.del_(bruker("helseleder1"), del_id)
            services.svar_for_del(del_, Delsvar.GODKJENT, dokument=_dokument(), av=bruker("helseleder1"))
    with transaction():
        db.session.delete(db.session.get_one(Sak, saker[0].id))
    assert db.session.scalar(select(func.count(Kravdel.id))) == 1
    assert services.les_del(db.session.scalars(select(Kravdel)).one()) == _dokument()
    db.session.rollback()
    assert services.rydd_krav() == 0
    with transaction():
        db.session.execute(update(Krav).values(svarfrist=now() - DEL_BLIR - timedelta(hours=1)))
    assert services.rydd_krav() == 1
    db.session.rollback()
    assert services.les_del(db.session.scalars(select(Kravdel)).one()) is None
    with pytest.raises(AlleredeFerdig), transaction():
        services.svar_for_del(db.session.scalars(select(Kravdel)).one(), Delsvar.AVVIST, av=bruker("helseleder1"))
    assert db.session.get_one(Krav, krav_id).ferdig is None


def _dokument() -> Dokument:
    avsnitt = Avsnitt("Barna", "Det som er lagret", ("Barn", "Født"), (("1", "2016"),), "Ingen")
    return Dokument("Innsyn", ("Her står alt",), (Del("Helsestasjonen", (avsnitt,)),))
