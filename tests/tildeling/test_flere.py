"""Several at once: one action on all that are marked, each by itself, and the page tells row by row what came of it."""

import contextlib
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering.db import db, transaction
from koordinering.errors import UgyldigFelt
from koordinering.saker.models import Hendelse, Henvisning, Samtykke
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries, services
from koordinering.tildeling.models import Forslag, Forslagslinje, Tildeling
from koordinering.tildeling.rules.flere import HANDLING, MED_TILBUD, SPOER_OM, Tillegg
from koordinering.tildeling.rules.runde import Maate
from koordinering.tildeling.services.flere import beslutt, gjennomfoer
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User
from tests import fabrikk
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, sjekk_beholdning, ta_imot, tilstander, venter_paa_plass


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _i_koe(folk: Any, tiltak: str = "4a-3") -> Henvisning:
    return ta_imot(fabrikk.sak(folk.nav1, tiltak=[(tiltak, 0)]), folk.inkludering1)


def _merket(*rader: Henvisning | Tildeling, foran: str = "", **svar: str) -> dict[str, Any]:
    valgt = {f"{foran}valgte": [str(rad.id) for rad in rader]}
    return valgt | {foran + navn: verdi for navn, verdi in svar.items()}


def _utfall(side: LeserPaaNytt, sti: str, felter: dict[str, Any]) -> str:
    svar = side.send(sti, felter)
    assert svar.status_code == 303, svar.get_data(as_text=True)
    return str(side.se(svar.location).get_data(as_text=True))


def _hendelser() -> int:
    return db.session.scalar(select(func.count(Hendelse.id))) or 0


def test_those_in_the_queue_are_put_on_the_waiting_list_and_refused(nettleser: LeserPaaNytt, folk: Any) -> None:
    """Of two measures in one go; one that stands there already stops nobody, and a second click does nothing."""
    nye, ferie, venter = [_i_koe(folk), _i_koe(folk)], _i_koe(folk, "4b-9"), venter_paa_plass(folk)
    side = nettleser.som(folk.inkludering1)
    assert f'value="{ferie.id}"' in side.se("/fordel").get_data(as_text=True)
    felter = _merket(*nye, ferie, venter, maate="venteliste")
    html = _utfall(side, "/fordel/flere", felter)
    assert "3 av 4 er gjort." in html
    assert "Dette kan ikke gjøres når henvisningen er: Venteliste" in html
    assert {h.status for h in (*nye, ferie, venter)} == {Status.VENTELISTE}
    foer = _hendelser()
    assert "0 av 4 er gjort." in _utfall(side, "/fordel/flere", felter)
    assert _hendelser() == foer
    avslag = _merket(*nye, maate="avslaa", grunn="annet", fritekst="Hallen er stengt")
    assert "Alle 2 er gjort." in _utfall(side, "/fordel/flere", avslag)
    for h in nye:
        assert (h.status, h.grunn) == (Status.AVSLAATT, "annet")
        assert "Hallen er stengt" in side.se(f"/henvisninger/{h.id}").get_data(as_text=True)
    assert "Valgt for hånd: Avslå" in side.se("/forslag").get_data(as_text=True)


@pytest.mark.parametrize(
    ("svar", "melding"),
    [
        ({"valgte": [], "maate": "venteliste"}, "Kryss av for dem det gjelder, høyst 100 om gangen."),
        ({"valgte": ["tull", "99999999999999999999"], "maate": "venteliste"}, "Kryss av for dem det gjelder"),
        ({"valgte": [str(n) for n in range(101)], "maate": "venteliste"}, "høyst 100 om gangen."),
        ({}, "Velg hva du vil gjøre."),
        ({"maate": "gi"}, "Velg noe fra listen."),  # no offer is chosen
        ({"maate": "avslaa"}, "Velg en grunn."),
        ({"maate": "avslaa", "grunn": "klage_ikke_medhold"}, "Velg noe fra listen."),
        ({"maate": "avslaa", "grunn": "annet"}, "Skriv kort hva grunnen er."),
        ({"maate": "avslaa", "grunn": "utenfor_alder", "fritekst": "noe"}, "bare skrive tekst når grunnen er «Annet»"),
        ({"maate": "avslaa", "grunn": "annet", "fritekst": "Ring 41 23 45 67"}, "telefonnummer"),
    ],
)
@pytest.mark.bare_sqlite
def test_what_is_wrong_is_told_at_its_field_and_the_marks_are_kept(
    nettleser: LeserPaaNytt, folk: Any, svar: dict[str, Any], melding: str
) -> None:
    to = [_i_koe(folk), _i_koe(folk)]
    svaret = nettleser.som(folk.inkludering1).send("/fordel/flere?gruppe=6-12", _merket(*to) | svar)
    html = svaret.get_data(as_text=True)
    assert (svaret.status_code, {h.status for h in to}) == (422, {Status.UNDER_BEHANDLING})
    assert melding in html.split("data-feiloppsummering", 1)[1]
    assert html.count(melding) > 1  # at the field too
    assert 'action="/fordel/flere?gruppe=6-12"' in html  # and the filter
    if "valgte" not in svar:
        assert all(re.search(rf'value="{h.id}"[^>]* checked', html) for h in to)
    assert db.session.scalar(select(Forslag.id)) is None


def test_held_places_are_given_back_and_ended(nettleser: LeserPaaNytt, folk: Any) -> None:
    """What a colleague took back meanwhile is told; a place whose consent has ended is the unit's all the same."""
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=5)
    barna = [_i_koe(folk) for _ in range(5)]
    plasser = [gjoer(services.gi, h, tilbud, av=folk.inkludering1) for h in barna]
    side = nettleser.som(folk.inkludering1)
    sti = f"/fordel/flere?tilbud={tilbud.id}&holdt=1"
    vist = side.se(f"/fordel?tilbud={tilbud.id}").get_data(as_text=True)
    assert all(f'name="holdt-valgte" value="{t.id}"' in vist for t in plasser)
    gjoer(services.lever_tilbake, barna[0], av=folk.inkludering1)
    with transaction():
        samtykke = db.session.scalars(select(Samtykke).where(Samtykke.sak_id == barna[1].sak_id)).one()
        services.trekk_samtykke(samtykke, av=db.session.get_one(User, folk.nav1.id))
    html = _utfall(side, sti, _merket(*plasser[:3], foran="holdt-", maate="tilbake"))
    assert "2 av 3 er gjort." in html
    assert "Dette kan ikke gjøres når henvisningen er: Avsluttet" in html
    assert barna[1].sak.referanse not in html
    assert [h.status for h in barna[:3]] == [Status.AVSLUTTET] * 3
    avslutt = _merket(*plasser[3:], foran="holdt-", maate="avslutt", grunn="fullfoert")
    galt = side.send(sti, avslutt)
    assert (galt.status_code, "Velg et svar." in galt.get_data(as_text=True)) == (422, True)
    assert "Alle 2 er gjort." in _utfall(side, sti, avslutt | {"holdt-deltar": "ja"})
    assert [(h.status, h.grunn, h.deltar_ved_slutt) for h in barna[3:]] == [
        (Status.AVSLUTTET, "fullfoert", JaNeiVetIkke.JA)
    ] * 2
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 5
    sjekk_beholdning(tilbud.beholdning_id)


def test_a_place_given_with_others_is_undone_like_any_other(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud, to = fabrikk.tilbud(folk.inkludering1, antall=2), [_i_koe(folk), _i_koe(folk)]
    side = nettleser.som(folk.inkludering1)
    svar = side.send(f"/fordel/flere?tilbud={tilbud.id}", _merket(*to, maate="gi"))
    html = side.se(svar.location).get_data(as_text=True)
    assert html.count("/angre") == 2
    assert "fra kommunen" not in side.se(f"/tilbud/{tilbud.id}/ark").get_data(as_text=True)  # not to the club yet
    sti = re.search(r'action="(/fordel/angre[^"]*)"', html)
    assert sti
    angret = side.send(sti[1].replace("&amp;", "&"), {"henvisning_id": str(to[0].id)})
    assert angret.location.split("?")[0] == "/fordel/utfall"
    assert [h.status for h in to] == [Status.UNDER_BEHANDLING, Status.INNVILGET]
    html = side.se(angret.location).get_data(as_text=True)
    assert "Tildelingen er angret. Plass 1 i Fotball for alle er ledig." in html
    assert len(re.findall(r"<span[^>]*>\s*Angret\s*</span>", html)) == 1
    assert html.count("/angre") == 1
    assert "Tildelingen er angret." not in side.se(svar.location).get_data(as_text=True)
    sjekk_beholdning(tilbud.beholdning_id)


def test_what_is_another_units_is_neither_done_nor_seen(nettleser: LeserPaaNytt, folk: Any) -> None:
    min_, andres = _i_koe(folk), ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-11", 0)]), folk.kulturskole1)
    tilbud = fabrikk.tilbud(folk.kulturskole1, tiltak_id="4b-11")
    side = nettleser.som(folk.inkludering1)
    svar = side.send("/fordel/flere", _merket(min_, andres, maate="venteliste"))
    html = side.se(svar.location).get_data(as_text=True)
    assert "1 av dem du valgte, er ikke lenger hos enheten." in html
    assert "Alle 1 er gjort." in html
    assert andres.status is Status.UNDER_BEHANDLING
    assert side.send(f"/fordel/flere?tilbud={tilbud.id}", _merket(min_, maate="gi")).status_code == 404
    kulturskolen = nettleser.som(folk.kulturskole1)
    assert kulturskolen.se(svar.location).status_code == 404
    assert kulturskolen.se("/fordel/utfall?forslag=tull").status_code == 303


class _Omgjoer(Exception):
    """Lets a transaction end without being kept."""


def _utfoert(ider: list[int], maate: Maate, tilbud_id: int, user_id: int) -> dict[int, bool | None]:
    """One action on all of them, undone afterwards: what each line tells."""
    gjort: dict[int, bool | None] = {}
    with contextlib.suppress(_Omgjoer), transaction():
        gjort = _linjene(ider, maate, tilbud_id, user_id)
        raise _Omgjoer
    return gjort


def _linjene(ider: list[int], maate: Maate, tilbud_id: int, user_id: int) -> dict[int, bool | None]:
    grunn = {Maate.AVSLAA: "utenfor_alder", Maate.AVSLUTT: "fullfoert"}.get(maate)
    tillegg = Tillegg(grunn, deltar=JaNeiVetIkke.VET_IKKE)
    av, tilbud = db.session.get_one(User, user_id), db.session.get_one(Tilbud, tilbud_id)
    alle = [db.session.get_one(Henvisning, id_) for id_ in ider]
    (forslag,) = beslutt(alle, maate, tilbud if maate in MED_TILBUD else None, tillegg=tillegg, av=av)
    for linje in [*forslag.linjer, *forslag.linjer]:  # once more: nothing is done twice
        gjennomfoer(linje, forslag, tillegg=tillegg, av=av)
        assert linje.gjort or linje.utfall  # never left without a reason
    sjekk_beholdning(tilbud.beholdning_id)
    return {linje.henvisning_id: linje.gjort for linje in forslag.linjer}


def test_several_and_one_at_a_time_never_disagree(folk: Any) -> None:
    """In every status that a receiver meets, each action is done on a row exactly where the single one is offered."""
    av = folk.inkludering1
    tilbud = fabrikk.tilbud(av, antall=12)
    steg: list[list[Any]] = [
        [],
        [(services.sett_paa_venteliste,)],
        [(services.sett_paa_vent, "venter_lag")],
        [(services.avslaa, "utenfor_alder")],
        [(services.gi, tilbud)],
        [(services.gi, tilbud), (services.bekreft_start,)],
        [(services.gi, tilbud), (services.lever_tilbake,)],
    ]
    ider = [fabrikk.sak(folk.nav1).henvisninger[0].id]
    for handlinger in steg:
        h = _i_koe(folk)
        for tjeneste, *valg in handlinger:
            gjoer(tjeneste, h, *valg, av=av)
        ider.append(h.id)
    tilbudt = _i_koe(folk)
    gjoer(services.tilby, tilbudt, tilbud, frist_dager=3, av=av)
    ider.append(tilbudt.id)
    for maate in Maate:
        lov = {
            h.id: HANDLING[maate] in services.handlinger(h, av)
            for h in db.session.scalars(select(Henvisning).where(Henvisning.id.in_(ider)))
        }
        assert _utfoert(ider, maate, tilbud.id, av.id) == lov, maate
        assert {True, False} == set(lov.values()), maate


@pytest.mark.bare_sqlite
def test_a_service_asked_for_what_cannot_be_does_nothing(folk: Any) -> None:
    tilbud, h = fabrikk.tilbud(folk.inkludering1), _i_koe(folk)
    feil = [
        ([], Maate.VENTELISTE, None, Tillegg()),
        ([h], Maate.GI, None, Tillegg()),
        ([h], Maate.VENTELISTE, tilbud, Tillegg()),
        ([h], Maate.AVSLAA, None, Tillegg()),
        ([h], Maate.AVSLUTT, tilbud, Tillegg("fullfoert")),
    ]
    for rader, maate, i, tillegg in feil:
        with pytest.raises(UgyldigFelt), transaction():
            beslutt(rader, maate, i, tillegg=tillegg, av=folk.inkludering1)
    assert {felt for felter in SPOER_OM.values() for felt in felter} >= {"grunn", "deltar", "frist_dager"}


def test_a_decision_that_stopped_goes_on_unless_its_reason_is_gone(nettleser: LeserPaaNytt, folk: Any) -> None:
    """The server stopped between deciding and doing: nothing is lost, and no reason is guessed."""
    vente, avslaa = [_i_koe(folk) for _ in range(2)], _i_koe(folk)
    with transaction():
        av = db.session.get_one(User, folk.inkludering1.id)
        (a,) = beslutt(queries.mottatte(av, [h.id for h in vente]), Maate.VENTELISTE, av=av)
        grunn = Tillegg("utenfor_alder")
        (b,) = beslutt(queries.mottatte(av, [avslaa.id]), Maate.AVSLAA, tillegg=grunn, av=av)
        ider = (a.id, b.id)
    side = nettleser.som(folk.inkludering1)
    html = side.se(f"/fordel/utfall?forslag={ider[0]}").get_data(as_text=True)
    assert "Fortsett" in html
    assert side.send(f"/forslag/{ider[0]}/bekreft").status_code == 303
    assert {h.status for h in vente} == {Status.VENTELISTE}
    assert "Velg den på nytt" in side.se(f"/fordel/utfall?forslag={ider[1]}").get_data(as_text=True)
    side.send(f"/forslag/{ider[1]}/bekreft")
    assert avslaa.status is Status.UNDER_BEHANDLING
    assert db.session.scalars(select(Forslagslinje.gjort).where(Forslagslinje.forslag_id == ider[1])).one() is None


def test_the_second_of_two_is_told_what_changed_and_nothing_is_lost(nettleser: LeserPaaNytt, folk: Any) -> None:
    """Also where the first one put it on the waiting list, or took the place back."""
    tilbud, venter, har = fabrikk.tilbud(folk.inkludering1), venter_paa_plass(folk), _i_koe(folk)
    plass = gjoer(services.gi, har, tilbud, av=folk.inkludering1)
    gjoer(services.lever_tilbake, har, av=folk.inkludering1)
    side = nettleser.som(folk.inkludering1)
    foer = _hendelser()
    svar = side.send("/fordel/venteliste", {"henvisning_id": str(venter.id)})
    assert svar.status_code == 409
    assert "Ingenting er endret. Henvisningen er nå: Venteliste" in svar.get_data(as_text=True)
    html = side.send(f"/kort/{plass.id}/tilbake", foelg=True).get_data(as_text=True)
    assert "Ingenting er endret. Det som var gitt, er nå: Levert tilbake." in html
    assert _hendelser() == foer


@pytest.mark.bare_sqlite
def test_every_other_place_has_its_reason_also_one_of_another_measure(nettleser: LeserPaaNytt, folk: Any) -> None:
    ferie = fabrikk.tilbud(folk.inkludering1, tiltak_id="4b-9", navn="Sommerleir")
    h = _i_koe(folk)
    html = nettleser.som(folk.inkludering1).se(f"/fordel?henvisning={h.id}").get_data(as_text=True)
    valgt = html.split('id="valgt"', 1)[1].split("</section>", 1)[0]
    assert f'value="{ferie.id}"' not in valgt
    assert "Sommerleir" in valgt
    assert "Henvisningen gjelder et annet tiltak." in valgt
