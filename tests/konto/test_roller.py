"""Roles: given, dated, ended and confirmed, by whom, with a line in the log and never without an administrator."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, transaction
from koordinering.errors import DomainError, Endret, IngenTilgang, KoordineringError, UgyldigFelt
from koordinering.konto import queries, services
from koordinering.konto.queries import Brukerfilter, Brukersoek, Rettighetsfilter
from koordinering.konto.rules import BEKREFTES_ETTER, Periode, dekker_alltid
from koordinering.roles import Rolle
from koordinering.users import Rolletildeling, User
from tests.fabrikk import bruker
from tests.konto.test_brukere import lag
from tests.nettleser import Nettleser

DAG = timedelta(days=1)


def fra(dager: int = 0, til: int | None = None) -> Periode:
    return Periode(i_dag() + dager * DAG, None if til is None else i_dag() + til * DAG)


def gi(hvem: str, rolle: Rolle, enhet: str, periode: Periode | None = None, av: str | None = "system1") -> int:
    with transaction():
        ny = services.gi_rolle(bruker(hvem), rolle, enhet, periode or fra(), av=bruker(av) if av else None)
        return ny.id


def rollen(hvem: str) -> Rolletildeling:
    return bruker(hvem).rolletildelinger[-1]


def gammel(hvem: str, dager: int = 400) -> int:
    """Let a right be given and confirmed so long ago."""
    with transaction():
        rad = rollen(hvem)
        rad.fra = rad.bekreftet = i_dag() - dager * DAG
        return rad.id


def linjer(*hva: Hva) -> list[tuple[Hva, str | None, str | None]]:
    query = select(Innslag.hva, Innslag.enhet_id, Innslag.detalj).where(Innslag.hva.in_(hva)).order_by(Innslag.id)
    db.session.rollback()
    return [(hva_, enhet, detalj) for hva_, enhet, detalj in db.session.execute(query)]


def test_a_role_is_given_from_a_day_and_logged_with_role_and_unit(folk: Any) -> None:
    gi("nav1", Rolle.MOTTAKER, "to_kulturskole", fra(0, 5))
    gi("nav1", Rolle.ENHETSLEDER, "nav", fra(3))
    assert bruker("nav1").roller == {Rolle.HENVISER, Rolle.MOTTAKER}, "the one that begins later is not held yet"
    (foerste, annen) = linjer(Hva.ROLLE_GITT)[-2:]
    assert foerste[1:] == ("to_kulturskole", f"mottaker:{i_dag()}:{i_dag() + 5 * DAG}")
    assert annen[1:] == ("nav", f"enhetsleder:{i_dag() + 3 * DAG}:")


@pytest.mark.parametrize(
    ("rolle", "enhet", "periode", "felt"),
    [
        (Rolle.KOORDINATOR, "nav", (0, None), "rolle"),  # reads cases today
        (Rolle.KOORDINATOR, "nav", (3000, None), "rolle"),  # and has no last day
        (Rolle.HENVISER, "nav", (100, 200), "rolle"),  # has it already
        (Rolle.MOTTAKER, "finnes-ikke", (0, None), "enhet"),
        (Rolle.MOTTAKER, "nav", (-1, None), "fra"),
        (Rolle.MOTTAKER, "nav", (5, 4), "til"),
        (Rolle.MOTTAKER, "nav", (0, 5000), "til"),
        (Rolle.MOTTAKER, "nav", (5000, None), "fra"),
    ],
)
@pytest.mark.bare_sqlite
def test_a_wrong_role_is_refused_at_its_field(
    folk: Any, rolle: Rolle, enhet: str, periode: tuple[int, int | None], felt: str
) -> None:
    with pytest.raises(UgyldigFelt) as feil:
        gi("nav1", rolle, enhet, fra(*periode))
    assert feil.value.felt == felt
    assert len(bruker("nav1").rolletildelinger) == 1


def test_roles_that_do_not_go_together_may_follow_each_other(folk: Any) -> None:
    with transaction():
        services.endre_rolle(rollen("nav1"), Periode(rollen("nav1").fra, i_dag() + 9 * DAG), av=folk.system1)
    with pytest.raises(UgyldigFelt):
        gi("nav1", Rolle.KOORDINATOR, "nav", fra(9))
    senere = gi("nav1", Rolle.KOORDINATOR, "nav", fra(10))
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.endre_rolle(db.session.get_one(Rolletildeling, senere), fra(9), av=folk.system1)
    assert feil.value.felt == "fra"


@pytest.mark.parametrize("maate", ["ende", "kortere"])
def test_a_right_that_ends_ends_the_sessions_at_once_and_one_that_grows_does_not(folk: Any, maate: str) -> None:
    gi("nav1", Rolle.MOTTAKER, "to_kulturskole", fra(0, 5))
    token = services.start_okt(folk.nav1.id, enhetstype="test")
    with transaction():
        services.endre_rolle(rollen("nav1"), fra(0, 7), av=bruker("system1"))
    assert services.les_okt(token) is not None
    with transaction():
        rad, av = rollen("nav1"), bruker("system1")
        if maate == "ende":
            services.avslutt_rolle(rad, av=av)
        else:
            services.endre_rolle(rad, fra(0, 6), av=av)
    assert services.les_okt(token) is None
    assert bruker("nav1").roller == ({Rolle.HENVISER} if maate == "ende" else {Rolle.HENVISER, Rolle.MOTTAKER})


def test_an_old_right_that_is_ended_keeps_its_history_and_is_not_changed_again(folk: Any) -> None:
    id_ = gammel("nav1")
    with transaction():
        services.avslutt_rolle(db.session.get_one(Rolletildeling, id_), av=bruker("system1"))
    assert rollen("nav1").til == i_dag() - DAG
    assert linjer(Hva.ROLLE_AVSLUTTET)[0][1] == "nav"
    for igjen in (services.avslutt_rolle, services.bekreft_rolle):
        with pytest.raises(Endret), transaction():
            igjen(rollen("nav1"), av=None)
    assert gi("nav1", Rolle.HENVISER, "nav"), "and may be given again from today"


@pytest.mark.parametrize(
    "gjoer",
    [
        lambda rad, av: services.gi_rolle(rad.user, Rolle.PERSONVERNOMBUD, "ikt", fra(), av=av),
        lambda rad, av: services.endre_rolle(rad, Periode(rad.fra, i_dag() + DAG), av=av),
        lambda rad, av: services.avslutt_rolle(rad, av=av),
        lambda rad, av: services.bekreft_rolle(rad, av=av),
    ],
    ids=["gi", "endre", "avslutt", "bekreft"],
)
@pytest.mark.bare_sqlite
def test_nobody_gives_changes_ends_or_confirms_a_role_of_ones_own(folk: Any, gjoer: Callable[..., Any]) -> None:
    lag((Rolle.SYSTEMFORVALTER, "ikt"), navn="system2")  # the last one is another matter
    with pytest.raises(DomainError, match="egen|egne"), transaction():
        gjoer(rollen("system1"), bruker("system1"))


@pytest.mark.bare_sqlite
def test_only_who_has_the_right_touches_roles(folk: Any) -> None:
    for hvem in ("nav1", "koordinator1", "ombud1", "helseleder1"):
        for gjoer in (services.avslutt_rolle, services.bekreft_rolle):
            with pytest.raises(IngenTilgang), transaction():
                gjoer(rollen("nav2"), av=bruker(hvem))
        with pytest.raises(IngenTilgang):
            gi("nav2", Rolle.MOTTAKER, "nav", av=hvem)
    with pytest.raises(IngenTilgang), transaction():  # a leader ends, and does not date anew
        services.endre_rolle(rollen("nav2"), fra(0, 9), av=bruker("navleder1"))


def _faa_slutt(rad: Rolletildeling) -> None:
    services.avslutt_rolle(rad, av=None)


def _faa_dato(rad: Rolletildeling) -> None:
    services.endre_rolle(rad, Periode(rad.fra, i_dag() + 900 * DAG), av=None)


def _faa_siste_dag(rad: Rolletildeling) -> None:
    services.avslutt_rolle(rad, i_dag() + 9 * DAG, av=None)


@pytest.mark.parametrize("gjoer", [_faa_slutt, _faa_dato, _faa_siste_dag])
@pytest.mark.bare_sqlite
def test_there_is_an_administrator_every_day_to_come(folk: Any, gjoer: Callable[[Rolletildeling], None]) -> None:
    lag((Rolle.HENVISER, "nav"), navn="annen")
    with pytest.raises(DomainError, match="siste systemforvalteren"), transaction():
        gjoer(rollen("system1"))
    to = lag((Rolle.SYSTEMFORVALTER, "ikt"), navn="to")
    with transaction():
        services.laas(to, av=None)
    with pytest.raises(DomainError, match="siste systemforvalteren"), transaction():
        gjoer(rollen("system1"))  # the other is locked
    with transaction():
        services.laas_opp(bruker("to"), av=None)
    with transaction():
        services.endre_rolle(rollen("to"), fra(0, 5), av=bruker("system1"))
    with pytest.raises(DomainError, match="siste systemforvalteren"), transaction():
        gjoer(rollen("system1"))  # the other has a last day
    with transaction():
        services.endre_rolle(rollen("to"), fra(), av=bruker("system1"))
    with transaction():
        gjoer(rollen("system1"))
    with pytest.raises(DomainError, match="siste systemforvalteren"), transaction():
        services.laas(bruker("to"), av=None)


def test_two_administrators_who_end_each_other_cannot_both_win(app: Flask, folk: Any) -> None:
    to = lag((Rolle.SYSTEMFORVALTER, "ikt"), navn="system2")
    par = [(folk.system1.id, to.id), (to.id, folk.system1.id)]
    db.session.rollback()
    start, utfall = threading.Barrier(2), []

    def avslutt(hvem: int, av: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction() as session:
                    rad = session.scalars(select(Rolletildeling).where(Rolletildeling.user_id == hvem)).one()
                    services.avslutt_rolle(rad, av=session.get_one(User, av))
                utfall.append("tok")
            except KoordineringError:
                utfall.append("nektet")

    traader = [threading.Thread(target=avslutt, args=p) for p in par]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join()
    assert sorted(utfall) == ["nektet", "tok"]
    db.session.rollback()
    query = select(Rolletildeling.user_id).where(Rolletildeling.rolle == Rolle.SYSTEMFORVALTER, queries.gjelder_naa())
    assert len(db.session.scalars(query).all()) == 1


_perioder = st.builds(
    lambda fra_, lengde: Periode(date(2026, 1, 1) + fra_ * DAG, lengde and date(2026, 1, 1) + (fra_ + lengde) * DAG),
    st.integers(-5, 20),
    st.none() | st.integers(1, 12),
)


@given(st.lists(_perioder, max_size=6))
def test_a_cover_is_one_that_has_no_day_without(perioder: list[Periode]) -> None:
    dager = [date(2026, 1, 1) + n * DAG for n in range(60)]
    hver_dag = all(any(p.moeter(Periode(dag, dag)) for p in perioder) for dag in dager)
    assert dekker_alltid(perioder, dager[0]) == hver_dag


def _utvalg(hvem: str, filter_: Rettighetsfilter) -> set[str]:
    return {rad.user.brukernavn for rad in queries.rettigheter(bruker(hvem), filter_, "100.").rader}


class _Angre(Exception):
    """It went well; take it back."""


def _kan_bekrefte(hvem: str, av: str) -> bool:
    try:
        with transaction():
            services.bekreft_rolle(rollen(hvem), av=bruker(av))
            raise _Angre
    except _Angre:
        return True
    except KoordineringError:
        return False


def test_the_leader_confirms_the_units_and_the_administrator_where_no_other_leader_can(folk: Any) -> None:
    for hvem in ("nav1", "navleder1", "fretex1", "helse1", "system1"):
        gammel(hvem)
    forfalt = _utvalg("system1", Rettighetsfilter.FORFALT)
    assert forfalt >= {"nav1", "navleder1", "fretex1", "helse1", "system1"}
    assert _utvalg("navleder1", Rettighetsfilter.ALLE) == {"nav1", "nav2", "navleder1", "tiltak3"}
    mine = {av: _utvalg(av, Rettighetsfilter.MINE) for av in ("system1", "navleder1", "helseleder1")}
    assert {"navleder1", "fretex1"} <= mine["system1"]
    assert not {"nav1", "nav2", "helse1", "system1"} & mine["system1"]
    assert mine["navleder1"] == {"nav1", "nav2"}
    assert mine["helseleder1"] == {"helse1"}
    for av, hennes in mine.items():  # the list in SQL and the rule say the same
        assert {hvem for hvem in forfalt if _kan_bekrefte(hvem, av)} == hennes, av


def test_a_confirmed_right_holds_for_a_year_and_says_who(folk: Any) -> None:
    id_ = gammel("nav1", BEKREFTES_ETTER.days)
    assert "nav1" not in _utvalg("navleder1", Rettighetsfilter.MINE), "the last day is within"
    gammel("nav1", BEKREFTES_ETTER.days + 1)
    assert "nav1" in _utvalg("navleder1", Rettighetsfilter.MINE)
    for _ in range(2):  # the second click says nothing new
        with transaction():
            services.bekreft_rolle(db.session.get_one(Rolletildeling, id_), av=bruker("navleder1"))
    assert "nav1" not in _utvalg("navleder1", Rettighetsfilter.MINE)
    assert rollen("nav1").bekreftet_av_id == folk.navleder1.id
    assert [linje[1] for linje in linjer(Hva.ROLLE_BEKREFTET)] == ["nav"]


def test_users_are_found_by_word_role_unit_and_state(folk: Any) -> None:
    lag((Rolle.MOTTAKER, "nav"), navn="ny_her")
    with transaction():
        services.laas(bruker("nav2"), av=bruker("system1"))
    with transaction():
        services.avslutt_rolle(rollen("kultur1"), av=bruker("system1"))

    def finn(*a: Any, **kw: Any) -> set[str]:
        return {u.brukernavn for u in queries.brukere(bruker("system1"), Brukersoek(*a, **kw)).rader}

    assert finn("NAV") >= {"nav1", "nav2", "navleder1"}
    assert finn("veileder 1") == {"nav1"}
    assert finn("_") == {"ny_her"}, "a sign of the search language is a sign"
    assert finn(enhet_id="nav") == {"nav1", "nav2", "navleder1", "tiltak3", "ny_her"}
    assert finn(rolle=Rolle.HENVISER, enhet_id="nav") == {"nav1", "nav2"}
    assert finn(rolle=Rolle.MOTTAKER, enhet_id="nav") == {"ny_her"}
    assert finn(filter_=Brukerfilter.LAAST) == {"nav2"}
    assert finn(filter_=Brukerfilter.UTEN_ROLLE) == {"kultur1"}
    assert "nav1" in finn(filter_=Brukerfilter.ALDRI_INNE)


def _skjema(**felt: str) -> dict[str, str]:
    return {"brukernavn": "ny.her", "tittel": "Nav-veileder 9", "rolle": "henviser", "enhet": "nav"} | {
        "fra": f"{i_dag():%d.%m.%Y}",
        "til": "",
        **felt,
    }


@pytest.mark.bare_sqlite
def test_an_invited_user_signs_in_with_the_password_that_is_shown_once(folk: Any, nettleser: Nettleser) -> None:
    forvalter = nettleser.som(folk.system1)
    for felt, melding in (
        ({"brukernavn": "NAV1"}, "Brukernavnet er i bruk."),
        ({"brukernavn": "to ord"}, "Brukernavnet må ha"),
        ({"tittel": ""}, "Skriv en tittel."),
        ({"rolle": ""}, "Velg en rolle."),
        ({"enhet": "finnes-ikke"}, "Velg noe fra listen."),
        ({"fra": "i morgen"}, "Første dag: Skriv datoen som dd.mm.åååå."),
        ({"fra": "31.02.2027"}, "31.02.2027 finnes ikke: den måneden har 28 dager."),
        ({"til": "2027-13-01"}, "2027-13-01 finnes ikke: månedene er fra 1 til 12."),
        ({"til": "01.01.2020"}, "Siste dag kan ikke være før"),
    ):
        svar = forvalter.send("/brukere/ny", _skjema(**felt))
        assert svar.status_code == 422
        assert melding in (side := svar.get_data(as_text=True))
        assert 'value="Nav-veileder 9"' in side or "tittel" in felt, "what was typed stands"
    alt_galt = forvalter.send("/brukere/ny", _skjema(brukernavn="to ord", tittel="x", rolle="")).get_data(as_text=True)
    assert all(f"{sier}</a>" in alt_galt for sier in ("eller strek.", "kollegene kjenner.", "Velg en rolle."))
    side = forvalter.send("/brukere/ny", _skjema()).get_data(as_text=True)
    passord = side.split('data-kopier="')[2].split('"')[0]
    db.session.rollback()
    user, *_ = services.logg_inn("ny.her", passord, adresse=None, enhetstype="test")
    assert user.passord_midlertidig
    assert user.roller == {Rolle.HENVISER}
    assert passord not in forvalter.se(f"/brukere/{user.id}").get_data(as_text=True)


@pytest.mark.bare_sqlite
def test_roles_and_title_are_changed_on_the_users_page(folk: Any, nettleser: Nettleser) -> None:
    forvalter, her = nettleser.som(folk.system1), f"/brukere/{folk.nav1.id}"
    rolle = {"rolle": "mottaker", "enhet": "to_kulturskole", "fra": f"{i_dag():%d.%m.%Y}"}
    assert "Rollen er gitt." in forvalter.send(f"{her}/roller", rolle, foelg=True).get_data(as_text=True)
    for felt, melding in (
        (rolle, "Brukeren har denne rollen i enheten"),
        (rolle | {"rolle": "koordinator"}, "kan ikke holdes av samme person"),
        ({}, "Velg en rolle."),
    ):
        svar = forvalter.send(f"{her}/roller", felt)
        assert (svar.status_code, melding in svar.get_data(as_text=True)) == (422, True)
    assert "Tittelen er lagret." in forvalter.send(f"{her}/tittel", {"tittel": "Veileder"}, foelg=True).text
    assert "Skriv en tittel" in forvalter.send(f"{her}/tittel", {"tittel": "V"}).text
    db.session.rollback()
    rad = rollen("nav1").id
    db.session.rollback()
    assert "denne dagen står" in forvalter.se(f"/brukere/roller/{rad}").text
    assert "Den første dagen kan ikke endres." in forvalter.send(f"/brukere/roller/{rad}", {"fra": "01.01.2020"}).text
    datoer = {"fra": f"{i_dag():%d.%m.%Y}", "til": f"{i_dag() + 5 * DAG:%d.%m.%Y}"}
    assert "Datoene er lagret." in forvalter.send(f"/brukere/roller/{rad}", datoer, foelg=True).text
    sti = f"/rettigheter/{rad}/avslutt?fra=bruker"
    assert "Velg en dag fra i dag" in forvalter.send(sti, {"siste_dag": "01.01.2020"}).text
    senere = f"{i_dag() + timedelta(days=2):%d.%m.%Y}"
    assert f"Siste dag for rollen er {senere}." in forvalter.send(sti, {"siste_dag": senere}, foelg=True).text
    assert "Rollen er avsluttet" in forvalter.send(sti, {"siste_dag": ""}, foelg=True).text
    assert forvalter.send(sti, {"siste_dag": ""}).status_code == 404, "the second click finds nothing to end"
    db.session.rollback()
    assert bruker("nav1").roller == {Rolle.HENVISER}
    egne = forvalter.se(f"/brukere/{folk.system1.id}").text
    assert "Rollene dine må en annen systemforvalter endre." in egne
    assert "Du kan ikke endre dine egne roller." in forvalter.send(f"/brukere/{folk.system1.id}/roller", rolle).text


@pytest.mark.bare_sqlite
def test_the_leader_is_reminded_keeps_one_and_ends_another(folk: Any, nettleser: Nettleser) -> None:
    for hvem in ("nav1", "nav2", "navleder1"):
        gammel(hvem)
    en, to, egen = rollen("nav1").id, rollen("nav2").id, rollen("navleder1").id
    db.session.rollback()
    leder = nettleser.som(folk.navleder1)
    assert "roller å bekrefte" in leder.se("/").text
    side = leder.se("/rettigheter").text
    assert side.count("Over fristen ") == 3
    assert "Din egen rolle må en annen bekrefte." in side
    svar = leder.send(f"/rettigheter/{en}/behold", {"filter": "mine"}, foelg=True).text
    assert "Rollen til nav1 er bekreftet for et år." in svar
    assert "Rollen er avsluttet" in leder.send(f"/rettigheter/{to}/avslutt", foelg=True).text
    assert "Din egen rolle må en annen bekrefte." in leder.send(f"/rettigheter/{egen}/behold", foelg=True).text
    assert "roller å bekrefte" not in leder.se("/").text
    forvalter = nettleser.som(folk.system1)
    assert "roller ingen har bekreftet på et år" in forvalter.se("/").text
    assert "Lederen i enheten bekrefter denne." in forvalter.send(f"/rettigheter/{en}/behold", foelg=True).text
    assert "er bekreftet for et år" in forvalter.send(f"/rettigheter/{egen}/behold", foelg=True).text
