"""Who opened a case, what a user opened, unusual patterns, and the log as a file."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import insert, select

from koordinering import audit
from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, db, i_dag, own_transaction, transaction
from koordinering.personvern import queries
from koordinering.personvern.rules.loggen import GRENSER, LENGSTE_PERIODE, Linjeslag, Moenster, natten, periode
from koordinering.roles import Rolle
from koordinering.users import Rolletildeling, User
from tests import fabrikk
from tests.nettleser import Nettleser

ANDRES = 4_222_222_222_222_222_222


def tekst(svar: Any, status: int = 200) -> str:
    """The page's text."""
    assert svar.status_code == status
    html: str = svar.get_data(as_text=True)
    return html


def linjer(hva: Hva, tider: Sequence[datetime], user: User | None, **felt: Any) -> None:
    """Lines at these moments, each about a thing of its own unless told."""
    user_id = user.id if user else None  # read before the write lock is taken
    with own_transaction() as session:
        rader = [
            {"tid": tid, "hva": hva, "user_id": user_id, "roller": "henviser", "enhet_id": "nav",
             "gjelder": "sak", "gjelder_id": 1000 + nr, **felt}
            for nr, tid in enumerate(tider)
        ]  # fmt: skip
        session.execute(insert(Innslag), rader)
    db.session.rollback()


def kl(dager_siden: int, time_: int) -> datetime:
    """An hour of a day in Norway."""
    return datetime.combine(i_dag() - timedelta(days=dager_siden), time(time_), OSLO)


def treff(user: User, moenster: Moenster) -> list[tuple[int | None, date, int]]:
    """Who shows the pattern in the last month."""
    db.session.rollback()
    side = queries.moenstre(user, moenster, periode(None, None, i_dag()))
    return [(t.user_id, t.dag, t.antall) for t in side.treff]


def test_each_act_is_of_one_kind() -> None:
    alle = [hva for slag in Linjeslag for hva in queries.LINJER_AV_SLAG[slag]]
    assert sorted(alle) == sorted(Hva)
    assert Hva.SAK_RETTET in queries.LINJER_AV_SLAG[Linjeslag.ENDRING]


def test_who_opened_a_case_is_found_by_its_reference(folk: Any, nettleser: Nettleser) -> None:
    familie = fabrikk.sak(folk.nav1)
    sak_id, henvisning_id, referanse = familie.id, familie.henvisninger[0].id, familie.referanse
    linjer(Hva.SAK_LEST, [kl(1, 12)], folk.navleder1, gjelder_id=sak_id)
    linjer(Hva.HENVISNING_LEST, [kl(1, 13)], folk.inkludering1, gjelder="henvisning", gjelder_id=henvisning_id)
    linjer(Hva.SAK_LEST, [kl(1, 12)], folk.helse1, gjelder_id=ANDRES, enhet_id="to_helsestasjon")
    ombud = nettleser.som(folk.ombud1)
    svar = ombud.send("/innsynslogg/sak", {"referanse": referanse.lower().replace("-", " ")})
    assert svar.status_code == 303
    assert referanse not in svar.location
    html = tekst(ombud.se(svar.location))
    assert referanse in html
    assert "inkludering1" in html
    assert "helse1" not in html
    assert str(ANDRES) not in html
    db.session.rollback()
    lest = select(Innslag.gjelder_id).where(Innslag.hva == Hva.LOGG_LEST, Innslag.gjelder == "sak")
    assert set(db.session.scalars(lest)) == {sak_id}


@pytest.mark.parametrize(("referanse", "melding"), [("tull", "Dette er ikke en referanse"), ("", "ikke en referanse")])
def test_a_wrong_reference_is_told_at_its_field(folk: Any, nettleser: Nettleser, referanse: str, melding: str) -> None:
    html = tekst(nettleser.som(folk.ombud1).send("/innsynslogg/sak", {"referanse": referanse}), 422)
    assert melding in html


def test_a_leader_finds_the_cases_of_her_own_unit_alone(folk: Any, nettleser: Nettleser) -> None:
    referanse, sak_id = (lambda sak: (sak.referanse, sak.id))(fabrikk.sak(folk.nav1))
    db.session.rollback()
    navs, helses = Nettleser(nettleser.app).som(folk.navleder1), nettleser.som(folk.helseleder1)
    assert navs.send("/innsynslogg/sak", {"referanse": referanse}).status_code == 303
    nektet = tekst(helses.send("/innsynslogg/sak", {"referanse": referanse}), 422)
    ukjent = tekst(helses.send("/innsynslogg/sak", {"referanse": "F-7K3M-Q2"}), 422)
    assert "Fant ingen sak" in nektet
    assert nektet.replace(referanse, "F-7K3M-Q2").count("Fant ingen sak") == ukjent.count("Fant ingen sak")
    assert referanse not in tekst(helses.se("/innsynslogg", query_string={"sak": sak_id}))


def test_a_leader_sees_her_staff_and_not_whose_case_it_was(folk: Any, nettleser: Nettleser) -> None:
    """A receiver is not told which unit sent a referral; its leader is not told by the log either."""
    linjer(Hva.HENVISNING_LEST, [kl(1, 12)], folk.nav1, gjelder_id=ANDRES, enhet_id="to_helsestasjon")
    linjer(Hva.HENVISNING_LEST, [kl(1, 12)], folk.helse1, gjelder_id=ANDRES + 2, enhet_id="to_helsestasjon")
    html = tekst(nettleser.som(folk.navleder1).se("/innsynslogg", query_string={"brukernavn": "nav1"}))
    assert str(ANDRES) in html
    assert "Annen enhet" in html
    assert "Helsestasjon" not in html
    assert str(ANDRES + 2) not in tekst(nettleser.som(folk.navleder1).se("/innsynslogg"))
    fil = nettleser.som(folk.navleder1).send("/innsynslogg/eksport", {"brukernavn": "nav1", "fil": "csv"})
    assert str(ANDRES) in fil.get_data(as_text=True)
    assert "elsestasjon" not in fil.get_data(as_text=True)


def test_a_leaders_pages_hold_the_same_lines_as_one_query(folk: Any) -> None:
    """The parts in index order are the list, no line twice and none left out, page by page."""
    linjer(Hva.SAK_LEST, [kl(nr % 5, 10) for nr in range(40)], folk.nav1)
    linjer(Hva.SAK_LEST, [kl(nr % 5, 10) for nr in range(40)], folk.nav1, enhet_id="to_helsestasjon")
    linjer(Hva.INN, [kl(1, 10)], folk.navleder1, enhet_id=None, gjelder=None, gjelder_id=None)
    sett, noekkel = [], ""
    while True:
        side = queries.logg(folk.navleder1, queries.Loggfilter(), noekkel).side
        sett += [rad.id for rad in side.rader]
        if side.neste is None:
            break
        noekkel = side.neste
    egne = select(Rolletildeling.user_id).where(Rolletildeling.enhet_id == "nav")
    ventet = select(Innslag.id).where((Innslag.enhet_id == "nav") | Innslag.user_id.in_(egne))
    assert sett == list(db.session.scalars(ventet.order_by(Innslag.id.desc())))
    assert len(sett) > 80


def test_a_kind_of_lines(folk: Any, nettleser: Nettleser) -> None:
    linjer(Hva.SAK_LEST, [kl(1, 12)], folk.nav1, gjelder_id=ANDRES)
    ombud = nettleser.som(folk.ombud1)
    assert str(ANDRES) in tekst(ombud.se("/innsynslogg", query_string={"slag": "lesing"}))
    assert str(ANDRES) not in tekst(ombud.se("/innsynslogg", query_string={"slag": "endring"}))
    assert "Velg noe fra listen." in tekst(ombud.se("/innsynslogg", query_string={"slag": "tull"}))


@pytest.mark.parametrize("fil", ["csv", "xlsx"])
def test_the_log_as_a_file(folk: Any, nettleser: Nettleser, fil: str) -> None:
    linjer(Hva.SAK_LEST, [kl(1, 12), kl(2, 12)], folk.nav1, gjelder_id=ANDRES, detalj="=1+1")
    valg = {"brukernavn": "nav1", "fra": kl(1, 0).date().isoformat(), "hva": "sak_lest"}
    svar = nettleser.som(folk.ombud1).send("/innsynslogg/eksport", {**valg, "fil": fil})
    assert svar.status_code == 200
    if fil == "csv":
        rader = list(csv.reader(io.StringIO(svar.get_data().decode("utf-8-sig")), delimiter=";"))
    else:
        ark = openpyxl.load_workbook(io.BytesIO(svar.get_data())).active
        assert ark is not None
        rader = [[str(celle) for celle in rad] for rad in ark.iter_rows(values_only=True)]
    assert rader[0][:2] == ["Tid", "Bruker"]
    assert [rad[1] for rad in rader[1:]] == ["nav1"]
    assert rader[1][5] == str(ANDRES)
    assert rader[1][7] in {"'=1+1", "=1+1"}
    db.session.rollback()
    uttatt = db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.LOGG_EKSPORTERT)).all()
    assert uttatt == [fil]


@pytest.mark.bare_sqlite
def test_too_many_lines_for_a_file(folk: Any, nettleser: Nettleser, monkeypatch: pytest.MonkeyPatch) -> None:
    linjer(Hva.SAK_LEST, [kl(1, 12)] * 3, folk.nav1)
    monkeypatch.setattr(queries, "MAKS_UTTREKK", 2)
    ombud = nettleser.som(folk.ombud1)
    svar = ombud.send("/innsynslogg/eksport", {"slag": "lesing", "fil": "csv"})
    assert svar.status_code == 303
    assert "slag=lesing" in svar.location
    assert "csrf" not in svar.location
    assert "For mange linjer" in tekst(ombud.se(svar.location))


def test_many_cases_on_a_day(folk: Any) -> None:
    minst = GRENSER[Moenster.MANGE_SAKER].minst
    linjer(Hva.SAK_LEST, [kl(2, 9)] * minst, folk.nav1)
    linjer(Hva.SAK_LEST, [kl(2, 9)] * minst, folk.helse1, gjelder_id=5)  # the same one, many times
    linjer(Hva.SAK_LEST, [kl(3, 9)] * (minst - 1) + [kl(4, 9)], folk.nav1)
    assert treff(folk.ombud1, Moenster.MANGE_SAKER) == [(folk.nav1.id, kl(2, 0).date(), minst)]


def test_reading_at_night(folk: Any) -> None:
    dag = kl(3, 0).date()
    linjer(Hva.SAK_LEST, [kl(3, 5), kl(3, 22), kl(3, 23)], folk.nav1)
    linjer(Hva.SAK_LEST, [kl(3, 6), kl(3, 7), kl(3, 21)], folk.helse1)
    linjer(Hva.SAK_RETTET, [kl(3, 23)] * 5, folk.kultur1)
    assert treff(folk.ombud1, Moenster.NATT) == [(folk.nav1.id, dag, 3)]


def test_nights_are_norwegian_also_when_the_clock_changes() -> None:
    (_, til), (fra, _) = natten(date(2026, 3, 29))
    assert (til.utctimetuple().tm_hour, fra.utctimetuple().tm_hour) == (4, 20)
    (_, til), _ = natten(date(2026, 10, 25))
    assert til.utctimetuple().tm_hour == 5


def test_many_denials(folk: Any) -> None:
    minst = GRENSER[Moenster.NEKTELSER].minst
    linjer(Hva.NEKTET, [kl(1, 9)] * minst, folk.nav1, gjelder=None, gjelder_id=None)
    linjer(Hva.INN_NEKTET, [kl(2, 9)] * minst, None, gjelder=None, gjelder_id=None)
    linjer(Hva.NEKTET, [kl(2, 9)] * (minst - 1), folk.helse1)
    assert treff(folk.ombud1, Moenster.NEKTELSER) == [
        (None, kl(2, 0).date(), minst),
        (folk.nav1.id, kl(1, 0).date(), minst),
    ]


def test_opened_and_nothing_came_of_it(folk: Any) -> None:
    minst = GRENSER[Moenster.UTEN_HENVISNING].minst
    saker = [(sak.id, sak.henvisninger[0].id) for sak in (fabrikk.sak(folk.nav1) for _ in range(minst))]
    for sak_id, _ in saker:
        linjer(Hva.SAK_LEST, [kl(10, 9)], folk.navleder1, gjelder_id=sak_id)
        linjer(Hva.SAK_LEST, [kl(5, 9)], folk.nav1, gjelder_id=sak_id)  # the week is not over
    linjer(Hva.SAK_LEST, [kl(12, 9 + nr) for nr in range(minst)], folk.helse1)  # cases that are gone
    assert treff(folk.ombud1, Moenster.UTEN_HENVISNING) == [(folk.navleder1.id, kl(10, 0).date(), minst)]
    linjer(Hva.HENVISNING_STATUS, [kl(3, 10)], folk.nav1, gjelder="henvisning", gjelder_id=saker[0][1])
    linjer(Hva.HENVISNING_STATUS, [kl(10, 8)], folk.nav1, gjelder="henvisning", gjelder_id=saker[0][1])
    assert treff(folk.ombud1, Moenster.UTEN_HENVISNING), "a week and a minute later, and an hour before"
    linjer(Hva.HENVISNING_STATUS, [kl(3, 8)], folk.nav1, gjelder="henvisning", gjelder_id=saker[0][1])
    assert treff(folk.ombud1, Moenster.UTEN_HENVISNING) == []


def test_patterns_are_paged_and_a_leader_sees_her_own(folk: Any, nettleser: Nettleser) -> None:
    minst = GRENSER[Moenster.NEKTELSER].minst
    for dag in range(28):
        linjer(Hva.NEKTET, [kl(dag + 1, 9)] * minst, folk.nav1, gjelder=None, gjelder_id=None)
    linjer(Hva.NEKTET, [kl(1, 9)] * minst, folk.helse1, enhet_id="to_helsestasjon")
    dager = periode(None, None, i_dag())
    db.session.rollback()
    foerste = queries.moenstre(folk.navleder1, Moenster.NEKTELSER, dager)
    assert foerste.side.antall == 28
    assert len(foerste.treff) == 25
    assert foerste.side.neste is not None
    neste = queries.moenstre(folk.navleder1, Moenster.NEKTELSER, dager, foerste.side.neste)
    assert len({t.dag for t in (*foerste.treff, *neste.treff)}) == 28
    assert {t.user_id for t in foerste.treff} == {folk.nav1.id}
    leder = nettleser.som(folk.navleder1)
    valg = {"moenster": "nektelser"}
    html = tekst(leder.se("/innsynslogg/moenstre", query_string=valg))
    assert "helse1" not in html
    assert "28 i alt" in html
    assert "slag=nektelse" in html
    assert "Ingen treff" in tekst(leder.se("/innsynslogg/moenstre", query_string={"moenster": "natt"}))
    gal = tekst(leder.se("/innsynslogg/moenstre", query_string={"moenster": "tull", "fra": "i går", "side": "tull"}))
    assert "Velg noe fra listen." in gal
    assert "Skriv datoen som" in gal


@pytest.mark.parametrize("sti", ["/innsynslogg", "/innsynslogg/moenstre"])
def test_a_day_that_is_wrong_is_told_of_and_still_there(folk: Any, nettleser: Nettleser, sti: str) -> None:
    leder = nettleser.som(folk.navleder1)
    feil = tekst(leder.se(sti, query_string={"fra": "2026-11-01", "til": "31.02.2026"}))
    assert "31.02.2026 finnes ikke: den måneden har 28 dager." in feil
    assert all(f'type="text" value="{dag}"' in feil for dag in ("01.11.2026", "31.02.2026")), "as days are written"
    omvendt = tekst(leder.se(sti, query_string={"fra": "02.11.2026", "til": "01.11.2026"}))
    assert "Siste dag kan ikke være før første dag." in omvendt


@pytest.mark.parametrize("sti", ["/innsynslogg/moenstre", "/innsynslogg/sak"])
def test_nobody_else_sees_them(folk: Any, nettleser: Nettleser, sti: str) -> None:
    for hvem in ("nav1", "koordinator1", "system1"):
        assert nettleser.som(getattr(folk, hvem)).se(sti).status_code == 404


def test_the_period_is_never_too_long() -> None:
    idag = date(2026, 6, 1)
    assert periode(None, None, idag)[-1] == idag
    assert len(periode(date(1, 1, 1), date(9999, 12, 31), idag)) == LENGSTE_PERIODE.days + 1
    assert periode(idag + timedelta(days=3), None, idag) == [idag]


def test_the_page_says_when_it_was_sealed_and_verified(folk: Any, nettleser: Nettleser) -> None:
    ombud = nettleser.som(folk.ombud1)
    assert "Loggen er ikke kontrollert ennå." in tekst(ombud.se("/innsynslogg"))
    for detalj, ventet in (("i_orden", "alt i orden"), ("funn", "noe er galt")):
        audit.record(Hva.LOGG_KONTROLLERT, av=None, detalj=detalj)
        assert ventet in tekst(ombud.se("/innsynslogg"))
    assert "Den siste kontrollen fant noe galt i loggen." in tekst(ombud.se("/innsynslogg"))


def test_somebody_who_left_the_unit_is_still_its_staff(app: Flask, folk: Any) -> None:
    with transaction() as session:
        rolle = session.scalars(select(Rolletildeling).where(Rolletildeling.user_id == folk.nav1.id)).one()
        rolle.til = i_dag() - timedelta(days=1)
        rolle.fra = i_dag() - timedelta(days=9)
    linjer(Hva.HENVISNING_LEST, [kl(2, 12)], folk.nav1, gjelder_id=ANDRES, enhet_id="to_helsestasjon")
    leder = db.session.scalars(select(User).where(User.brukernavn == "navleder1")).one()
    assert Rolle.ENHETSLEDER in leder.roller
    query = queries.Loggfilter(brukernavn="nav1")
    assert ANDRES in {rad.gjelder_id for rad in queries.logg(leder, query).side.rader}


def test_every_look_is_a_reading() -> None:
    """What is called «lest» stands in the family's answer of who has read its case."""
    assert {hva for hva in Hva if hva.value.endswith("_lest")} <= queries.LINJER_AV_SLAG[Linjeslag.LESING]
