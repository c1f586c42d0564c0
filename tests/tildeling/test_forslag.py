"""The proposal through the front door: made, read, changed, confirmed, and what was not possible told row by row."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from koordinering.db import db, i_dag, transaction
from koordinering.errors import KanIkkeInnvilges
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services
from koordinering.tildeling.models import Forslag, Forslagslinje, Tildeling
from koordinering.tildeling.queries import forslag as queries
from koordinering.tildeling.queries import grunner, kandidat, plasser_i
from koordinering.tildeling.rules import Hvorfor
from koordinering.tildeling.rules.runde import Forslagsstatus
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User
from tests import fabrikk, penger
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, sjekk_beholdning, ta_imot


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _barn(folk: Any, alder: int = 10, oensker: tuple[Aktivitet, ...] = (Aktivitet.FOTBALL,)) -> Henvisning:
    barnet = fabrikk.barn(i_dag().year - alder, oensker=oensker)
    return ta_imot(fabrikk.sak(folk.nav1, barna=[barnet]), folk.inkludering1)


def _lag(nettleser: LeserPaaNytt, folk: Any, *tilbud: Tilbud, maate: str = "gi") -> Forslag:
    side = nettleser.som(folk.inkludering1)
    svar = side.send(
        "/forslag/nytt?tiltak=4a-3", {"tilbud": [str(t.id) for t in tilbud], "maate": maate, "frist_dager": "7"}
    )
    assert svar.status_code == 303, svar.get_data(as_text=True)
    assert side.se(svar.location).status_code == 200
    return db.session.scalars(select(Forslag)).one()


def _linje(forslag: Forslag, henvisning: Henvisning) -> Forslagslinje:
    query = select(Forslagslinje).where(Forslagslinje.forslag_id == forslag.id)
    return db.session.scalars(query.where(Forslagslinje.henvisning_id == henvisning.id)).one()


def test_one_place_that_is_left_is_one_place(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    _barn(folk)
    forslag = _lag(nettleser, folk, tilbud)
    html = nettleser.som(folk.inkludering1).se(f"/forslag/{forslag.id}").get_data(as_text=True)
    assert re.search(r'"noekkeltall-tall">1</span> <span class="noekkeltall-tekst">plass blir igjen<', html)


def test_nothing_is_given_before_it_is_confirmed_and_then_all_of_it(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    for_ung, *ti = [_barn(folk, 3), *(_barn(folk) for _ in range(3))]
    forslag = _lag(nettleser, folk, tilbud)
    assert [_linje(forslag, h).tilbud_id for h in ti] == [tilbud.id, tilbud.id, None]
    assert _linje(forslag, for_ung).fordi[0]["grunner"] == ["for_ung"]
    assert db.session.scalars(select(Tildeling)).all() == []
    side = nettleser.som(folk.inkludering1)
    html = side.se(f"/forslag/{forslag.id}").get_data(as_text=True)
    figurer = [int(tall) for tall in re.findall(r'"noekkeltall-tall">(\d+)', html)]
    assert figurer == [2, 2, 2, 2, 0], "places, first wishes, any wish, children with none, places left"
    assert "Alle de 2 plassene er foreslått til andre. 2 barn foran i køen passer de samme." in html
    assert "Barnet er for ungt." in html
    assert "plasser blir igjen" in html
    for _ in range(2):  # a second click changes nothing
        assert side.send(f"/forslag/{forslag.id}/bekreft", {"versjon": str(forslag.versjon)}).status_code == 303
    assert "Alle 2 er gjort." in side.se(f"/forslag/{forslag.id}").get_data(as_text=True)
    assert [h.status for h in ti] == [Status.INNVILGET, Status.INNVILGET, Status.UNDER_BEHANDLING]
    sjekk_beholdning(tilbud.beholdning_id)


def test_what_has_changed_meanwhile_is_told_row_by_row_and_the_rest_is_given(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=3)
    foerste, trukket, siste = (_barn(folk) for _ in range(3))
    forslag = _lag(nettleser, folk, tilbud)
    gjoer(services.trekk, trukket, "flyttet", av=folk.nav1)
    side = nettleser.som(folk.inkludering1)
    side.send(f"/forslag/{forslag.id}/bekreft", {"versjon": str(forslag.versjon)})
    assert [_linje(forslag, h).gjort for h in (foerste, trukket, siste)] == [True, False, True]
    assert _linje(forslag, trukket).utfall == ["feil_status"]
    html = side.se(f"/forslag/{forslag.id}?vis=ikke_gjort").get_data(as_text=True)
    assert "ikke under behandling" in html
    assert "2 av 3 er gjort." in html


def _figurer(html: str) -> dict[str, int]:
    par = re.findall(r'"noekkeltall-tall">(\d+)</span> <span class="noekkeltall-tekst">([^<]*)<', html)
    return {tekst: int(tall) for tall, tekst in par}


def test_a_confirmed_proposal_shows_what_was_given_and_not_what_was_proposed(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    """One falls out before it is confirmed; one was never proposed anything; one is struck and not in the round."""
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=3)
    fikk, trukket, uten_oenske = _barn(folk), _barn(folk), _barn(folk, oensker=())
    _for_ung, stroeket = _barn(folk, 3), _barn(folk)
    forslag, side = _lag(nettleser, folk, tilbud), nettleser.som(folk.inkludering1)
    sti, valg = f"/forslag/{forslag.id}", {f"linje_{_linje(forslag, stroeket).id}": "stryk"}
    side.send(f"{sti}/endre", {"versjon": "1", f"vist_{_linje(forslag, stroeket).id}": "fri"} | valg)
    foreslaatt = {"barn får plass": 3, "får sitt første ønske": 2, "får ett av ønskene": 2, "får ingenting": 1}
    assert _figurer(side.se(sti).get_data(as_text=True)).items() >= foreslaatt.items()
    gjoer(services.trekk, trukket, "flyttet", av=folk.nav1)
    assert side.send(f"{sti}/bekreft", {"versjon": str(forslag.versjon)}).status_code == 303
    assert [h.status for h in (fikk, uten_oenske)] == [Status.INNVILGET] * 2
    html = side.se(sti).get_data(as_text=True)
    assert _figurer(html) == {
        "barn fikk plass": 2,
        "fikk sitt første ønske": 1,
        "fikk ett av ønskene": 1,
        "fikk ikke noe": 2,
    }
    rader = re.findall(r'<tr><th scope="row">([^<]*)</th>((?:<td class="tall">[^<]*</td>)+)', html)
    med_plass = next(re.findall(r">([^<]+)<", celler) for navn, celler in rader if navn == "Med plass i alt")
    assert med_plass[:2] == ["2", "3"], "given, and beside it what was proposed"
    assert html.count("Fikk sitt første ønske.") == 1
    assert trukket.sak.referanse in side.se(f"{sti}?vis=ingen").get_data(as_text=True)
    assert fikk.sak.referanse not in side.se(f"{sti}?vis=ingen").get_data(as_text=True)
    raden = re.sub(r"<[^>]+>|\s+", " ", side.se("/forslag").get_data(as_text=True).split("<tbody", 1)[1])
    assert re.search(r"\s2 +(Barn uten )?\s*2\s+Bekreftet", raden), raden


def test_what_was_undone_is_counted_as_not_given(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=3)
    staar, angret, gitt_igjen = _barn(folk), _barn(folk), _barn(folk)
    forslag, side = _lag(nettleser, folk, tilbud), nettleser.som(folk.inkludering1)
    sti = f"/forslag/{forslag.id}"
    side.send(f"{sti}/bekreft", {"versjon": str(forslag.versjon)})
    alle = {"barn fikk plass": 3, "fikk sitt første ønske": 3, "fikk ett av ønskene": 3, "fikk ikke noe": 0}
    assert _figurer(side.se(sti).get_data(as_text=True)) == alle
    for henvisning in (angret, gitt_igjen):
        gjoer(services.angre, henvisning, av=folk.inkludering1)
    gjoer(services.gi, gitt_igjen, tilbud, av=folk.inkludering1)
    gjoer(services.ikke_moett, staar, av=folk.inkludering1)  # what ended later was given all the same
    html = side.se(sti).get_data(as_text=True)
    to = {"barn fikk plass": 2, "fikk sitt første ønske": 2, "fikk ett av ønskene": 2, "fikk ikke noe": 1}
    assert _figurer(html) == to
    assert "Angret etterpå: 1." in html
    assert html.count("Fikk sitt første ønske.") == 2
    ikke = side.se(f"{sti}?vis=ingen").get_data(as_text=True)
    referanser = [h.sak.referanse in ikke for h in (staar, angret, gitt_igjen)]
    assert referanser == [False, True, False]


def test_lines_are_locked_struck_and_the_rest_solved_again(nettleser: LeserPaaNytt, folk: Any) -> None:
    fotball = fabrikk.tilbud(folk.inkludering1, antall=1)
    svoemming = fabrikk.tilbud(folk.inkludering1, antall=1, aktivitet=Aktivitet.SVOEMMING, navn="Svømmekurs")
    begge, bare_fotball = _barn(folk, oensker=(Aktivitet.FOTBALL, Aktivitet.SVOEMMING)), _barn(folk)
    forslag = _lag(nettleser, folk, fotball, svoemming)
    assert [_linje(forslag, h).tilbud_id for h in (begge, bare_fotball)] == [svoemming.id, fotball.id]
    side = nettleser.som(folk.inkludering1)

    def velg(**valg: str) -> int:
        versjon = str(db.session.get_one(Forslag, forslag.id).versjon)
        return side.send(f"/forslag/{forslag.id}/endre", {"versjon": versjon} | valg).status_code

    assert velg(**{f"linje_{_linje(forslag, begge).id}": str(fotball.id)}) == 303
    assert [_linje(forslag, h).tilbud_id for h in (begge, bare_fotball)] == [fotball.id, None]
    assert velg(**{f"linje_{_linje(forslag, bare_fotball).id}": str(fotball.id)}) == 422  # more locked than places
    assert velg(**{f"linje_{_linje(forslag, begge).id}": "stryk"}) == 303
    assert [_linje(forslag, h).tilbud_id for h in (begge, bare_fotball)] == [None, fotball.id]
    assert side.send(f"/forslag/{forslag.id}/bekreft", {"versjon": "1"}).status_code == 409  # an old page
    assert side.send(f"/forslag/{forslag.id}/endre", {"versjon": "1"}).status_code == 409
    versjon = str(db.session.get_one(Forslag, forslag.id).versjon)
    assert side.send(f"/forslag/{forslag.id}/forkast", {"versjon": versjon}).status_code == 303
    assert db.session.get_one(Forslag, forslag.id).status is Forslagsstatus.FORKASTET
    html = side.se(f"/forslag/{forslag.id}").get_data(as_text=True)  # by the back button
    assert f"/forslag/{forslag.id}/bekreft" not in html, "nothing goes on after it is thrown away"
    side.send(f"/forslag/{forslag.id}/bekreft", {"versjon": versjon})
    assert db.session.scalars(select(Tildeling)).all() == []


def _valgte(html: str) -> dict[str, str]:
    """What stands chosen in each line's select."""
    return dict(re.findall(r'<select[^>]* name="(linje_\d+)".*?<option value="(\w+)" selected>', html, re.DOTALL))


def test_choices_that_were_not_solved_with_stop_the_confirming(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    foerste, andre = _barn(folk), _barn(folk)
    forslag = _lag(nettleser, folk, tilbud)
    side = nettleser.som(folk.inkludering1)
    felt = {f"vist_{_linje(forslag, h).id}": "fri" for h in (foerste, andre)} | {"versjon": str(forslag.versjon)}
    felt |= {f"linje_{_linje(forslag, foerste).id}": "stryk", f"linje_{_linje(forslag, andre).id}": "fri"}
    svar = side.send(f"/forslag/{forslag.id}/bekreft?vis=ingen", felt)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert db.session.scalars(select(Tildeling)).all() == []
    assert db.session.get_one(Forslag, forslag.id).status is Forslagsstatus.UTKAST
    assert html.index("Ingenting er gitt eller tilbudt ennå.") < html.index(">Regn ut på nytt<") < html.index("<table")
    assert _valgte(html) == {k: v for k, v in felt.items() if k.startswith("linje_")}
    assert side.send(f"/forslag/{forslag.id}/endre", felt).status_code == 303
    felt |= {f"vist_{_linje(forslag, foerste).id}": "stryk", "versjon": str(_versjon(forslag))}
    assert side.send(f"/forslag/{forslag.id}/bekreft", felt).status_code == 303
    assert [h.status for h in (foerste, andre)] == [Status.UNDER_BEHANDLING, Status.INNVILGET]


def _versjon(forslag: Forslag) -> int:
    return db.session.get_one(Forslag, forslag.id).versjon


def test_what_was_chosen_stands_on_the_page_after_an_error(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    tre = [_barn(folk) for _ in range(3)]
    forslag = _lag(nettleser, folk, tilbud)
    linjer, gammel = [_linje(forslag, h).id for h in tre], str(forslag.versjon)
    side = nettleser.som(folk.inkludering1)
    felt = {f"vist_{id_}": "fri" for id_ in linjer} | {f"linje_{id_}": "fri" for id_ in linjer}
    alle_laast = felt | {f"linje_{id_}": str(tilbud.id) for id_ in linjer[:2]}
    svar = side.send(f"/forslag/{forslag.id}/endre", alle_laast | {"versjon": gammel})
    assert svar.status_code == 422
    assert "Det som er låst, går ikke opp" in svar.get_data(as_text=True)
    laaste = {f"linje_{id_}": str(tilbud.id) for id_ in linjer[:2]} | {f"linje_{linjer[2]}": "fri"}
    assert _valgte(svar.get_data(as_text=True)) == laaste
    # Somebody else strikes the third; the first keeps her own choice, and does not undo what she never touched.
    annen = side.send(f"/forslag/{forslag.id}/endre", felt | {"versjon": gammel, f"linje_{linjer[2]}": "stryk"})
    assert annen.status_code == 303
    svar = side.send(f"/forslag/{forslag.id}/endre", felt | {"versjon": gammel, f"linje_{linjer[0]}": "stryk"})
    assert svar.status_code == 409
    ventet = {f"linje_{id_}": valg for id_, valg in zip(linjer, ("stryk", "fri", "stryk"), strict=True)}
    assert _valgte(svar.get_data(as_text=True)) == ventet


def test_a_lock_that_no_longer_fits_is_let_go_and_told(nettleser: LeserPaaNytt, folk: Any) -> None:
    fotball = fabrikk.tilbud(folk.inkludering1, antall=1)
    svoemming = fabrikk.tilbud(folk.inkludering1, antall=1, aktivitet=Aktivitet.SVOEMMING, navn="Svømmekurs")
    barnet = _barn(folk, oensker=(Aktivitet.FOTBALL, Aktivitet.SVOEMMING))
    forslag = _lag(nettleser, folk, fotball, svoemming)
    linje, side = _linje(forslag, barnet).id, nettleser.som(folk.inkludering1)

    def regn_ut(**valg: str) -> None:
        svar = side.send(f"/forslag/{forslag.id}/endre", {"versjon": str(_versjon(forslag))} | valg)
        assert svar.status_code == 303

    regn_ut(**{f"linje_{linje}": str(svoemming.id)})
    html = side.se(f"/forslag/{forslag.id}").get_data(as_text=True)
    assert "Ønske 1, Fotball: Barnet er låst til et annet tilbud." in html
    with transaction():
        db.session.get_one(Tilbud, svoemming.id).alder_fra = 11
    html = side.se(f"/forslag/{forslag.id}").get_data(as_text=True)
    assert "Lås til Svømmekurs, som ikke passer lenger" in html
    regn_ut(**{f"linje_{linje}": str(svoemming.id), f"vist_{linje}": str(svoemming.id)})
    assert (_linje(forslag, barnet).tilbud_id, _linje(forslag, barnet).laast) == (fotball.id, False)
    html = side.se(f"/forslag/{forslag.id}").get_data(as_text=True)
    assert "Disse låsene er sluppet, fordi barnet ikke kan få tilbudet: nr. 1." in html
    assert "Låsen er sluppet. Barnet er for ungt." in html


def test_a_round_without_offers_or_with_an_odd_deadline_is_told_at_its_field(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    side = nettleser.som(folk.inkludering1)
    uten = side.send("/forslag/nytt?tiltak=4a-3", {"maate": "gi", "frist_dager": "7"})
    assert uten.status_code == 422
    assert "Velg minst ett tilbud" in uten.get_data(as_text=True)
    for dager in ("0", "400", "-3", "mange"):
        svar = side.send("/forslag/nytt", {"tilbud": [str(tilbud.id)], "maate": "tilby", "frist_dager": dager})
        assert svar.status_code == 422
    assert db.session.scalars(select(Forslag)).all() == []


def test_siblings_who_ask_for_it_get_the_same_offer(nettleser: LeserPaaNytt, folk: Any) -> None:
    aar = i_dag().year
    familie = fabrikk.sak(
        folk.nav1, barna=[fabrikk.barn(aar - 8), fabrikk.barn(aar - 10)], tiltak=[("4a-3", 0), ("4a-3", 1)]
    )
    to = [ta_imot(familie, folk.inkludering1, nr) for nr in (0, 1)]
    liten = fabrikk.tilbud(folk.inkludering1, antall=1, navn="Liten gruppe")
    enda_en = fabrikk.tilbud(folk.inkludering1, antall=1, navn="Enda en")
    nav = nettleser.som(folk.nav1)
    for h in to:
        assert nav.send(f"/henvisninger/{h.id}/soesken", {"sammen": "1"}).status_code == 303
    forslag = _lag(nettleser, folk, liten, enda_en)
    assert [_linje(forslag, h).tilbud_id for h in to] == [None, None]
    assert _linje(forslag, to[0]).fordi[0]["aarsak"] == "soeskenplasser"
    html = nettleser.som(folk.inkludering1).se(f"/forslag/{forslag.id}").get_data(as_text=True)
    assert "Søsknene trenger 2 plasser i samme tilbud." in html
    assert "har fått sitt, er det 1 igjen." in html


def test_the_proposal_never_disagrees_with_the_one_answer(nettleser: LeserPaaNytt, folk: Any) -> None:
    """What is proposed can be given, what cannot be given is not proposed; asked of hvorfor_ikke and of gi itself."""
    tilbud = [
        fabrikk.tilbud(folk.inkludering1, antall=2, alder_fra=fra, alder_til=fra + 3, navn=f"Fra {fra}")
        for fra in (6, 9)
    ]
    alle = [_barn(folk, alder) for alder in (5, 6, 8, 9, 10, 12, 13)]
    forslag = _lag(nettleser, folk, *tilbud)
    _er_enige(nettleser, folk, forslag, alle, tilbud)
    with transaction():
        i_runden = [h.id for h in queries.i_runden(folk.inkludering1, "4a-3")]
    assert i_runden == [h.id for h in alle]


def test_the_page_says_how_many_wait_and_how_many_of_them_a_proposal_takes(
    nettleser: LeserPaaNytt, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fabrikk.tilbud(folk.inkludering1)
    for alder in (7, 8):
        _barn(folk, alder)
    side = nettleser.som(folk.inkludering1)
    assert "2 henvisninger for enkeltbarn står i køen." in side.se("/forslag/nytt?tiltak=4a-3").get_data(as_text=True)
    monkeypatch.setattr(queries, "MAKS_SOEKERE", 1)
    monkeypatch.setattr("koordinering.sider.TELLES_TIL", 1)
    monkeypatch.setattr("koordinering.web.side.TELLES_TIL", 1)
    flere = side.se("/forslag/nytt?tiltak=4a-3").get_data(as_text=True)
    assert "Over 1 000 henvisninger for enkeltbarn står i køen. Forslaget tar med de 1 som står først." in flere


def _er_enige(
    nettleser: LeserPaaNytt, folk: Any, forslag: Forslag, henvisninger: list[Henvisning], tilbud: list[Tilbud]
) -> None:
    """The proposal, the service and the page say what hvorfor_ikke says of each child and offer."""
    ting = plasser_i({t.id: t for t in tilbud})
    for h in henvisninger:
        foreslaatt = _linje(forslag, h).tilbud_id
        for t in tilbud:
            mot = grunner(folk.inkludering1, kandidat(h), ting[t.id], h)
            if foreslaatt == t.id:
                assert mot == ()
            if mot:
                assert foreslaatt != t.id
                with pytest.raises(KanIkkeInnvilges) as feil:
                    gjoer(services.gi, h, t, av=folk.inkludering1)
                assert feil.value.grunner == tuple(g.tekst for g in mot)
                side = nettleser.som(folk.inkludering1).se(f"/fordel?henvisning={h.id}&tilbud={t.id}")
                assert all(g.tekst in side.get_data(as_text=True) for g in mot)


@pytest.mark.parametrize("gitt_foer", ["penger", "plass", None])
def test_a_ceiling_counts_the_same_in_the_proposal(nettleser: LeserPaaNytt, folk: Any, gitt_foer: str | None) -> None:
    """One child, three referrals, at most one place a year: money for the first is no place, a place is."""
    tre = fabrikk.sak(folk.nav1, barna=[fabrikk.barn() for _ in range(3)], tiltak=[("4a-3", nr) for nr in range(3)])
    foerst, *to = [ta_imot(tre, folk.inkludering1, nr) for nr in range(3)]
    with transaction():  # what only an older case can have: the services refuse a second open referral
        for h in to:
            db.session.get_one(Henvisning, h.id).barn_id = foerst.barn_id
        tiltak.sett_tak("4a-3", 1, av=db.session.get_one(User, folk.inkludering1.id))
    tilbud = [fabrikk.tilbud(folk.inkludering1, antall=2, navn=navn) for navn in ("Rødt lag", "Blått lag")]
    if gitt_foer == "penger":
        laget, budsjett = penger.lag(folk.inkludering1), penger.budsjett(folk.inkludering1)
        penger.gjoer(services.gi_midler, foerst, budsjett, laget, 50_000, av=folk.inkludering1)
    if gitt_foer == "plass":
        gjoer(services.gi, foerst, fabrikk.tilbud(folk.inkludering1, navn="Grønt lag"), av=folk.inkludering1)
    forslag = _lag(nettleser, folk, *tilbud)
    i_runden = to if gitt_foer else [foerst, *to]
    _er_enige(nettleser, folk, forslag, i_runden, tilbud)
    faar = [h for h in i_runden if _linje(forslag, h).tilbud_id]
    assert len(faar) == (0 if gitt_foer == "plass" else 1)
    side = nettleser.som(folk.inkludering1)
    side.send(f"/forslag/{forslag.id}/bekreft", {"versjon": str(forslag.versjon)})
    assert [_linje(forslag, h).gjort for h in faar] == [True] * len(faar)
    ting = plasser_i({t.id: t for t in tilbud})
    for h in i_runden:  # and now the one answer stops the rest
        if h not in faar:
            assert all(Hvorfor.HAR_ALT in grunner(folk.inkludering1, kandidat(h), ting[t.id], h) for t in tilbud)


def test_several_at_once_and_what_came_of_each(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    to, for_ung = [_barn(folk), _barn(folk)], _barn(folk, 3)
    sti = f"/fordel/flere?tilbud={tilbud.id}"
    valgte = {"valgte": [str(h.id) for h in (*to, for_ung)], "maate": "tilby", "frist_dager": "5"}
    side = nettleser.som(folk.inkludering1)
    galt = side.send(sti, valgte | {"frist_dager": "99"})
    assert galt.status_code == 422
    assert galt.get_data(as_text=True).count(" checked") == 4  # the three, also who does not fit, and what to do
    svar = side.send(sti, valgte)
    assert svar.status_code == 303
    html = side.se(svar.location).get_data(as_text=True)
    assert [html.count(tekst) for tekst in (">Tilbudt<", "Ingen ledige.", "Barnet er for ungt.")] == [1, 2, 1]
    assert to[0].svar_innen is not None
    sjekk_beholdning(tilbud.beholdning_id)


def test_the_second_at_the_page_is_told_what_changed(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), _barn(folk)
    skjema = {"henvisning_id": str(henvisning.id), "tilbud_id": str(tilbud.id)}
    side = nettleser.som(folk.inkludering1)
    assert side.send("/fordel/gi", skjema).status_code == 303
    svar = side.send("/fordel/gi", skjema)
    assert svar.status_code == 409
    html = svar.get_data(as_text=True)
    assert "Henvisningen er nå: Innvilget" in html
    assert "Fotball for alle har nå 0 ledige plasser." in html
    assert len(db.session.scalars(select(Tildeling)).all()) == 1


def test_leafing_through_a_draft_keeps_what_was_chosen(
    nettleser: LeserPaaNytt, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LINJER_PER_SIDE", 2)
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    foerste, *_ = [_barn(folk) for _ in range(3)]
    forslag = _lag(nettleser, folk, tilbud)
    side = nettleser.som(folk.inkludering1)
    html = side.se(f"/forslag/{forslag.id}").get_data(as_text=True)
    neste = unescape(re.findall(r'formaction="([^"]*bla=1)"', html)[-1])
    versjon, linje = str(forslag.versjon), _linje(forslag, foerste)
    uroert = side.send(neste, {"versjon": versjon})
    assert (uroert.status_code, "side=" in uroert.location, _linje(forslag, foerste).stroeket) == (303, True, False)
    valgt = {"versjon": versjon, f"linje_{linje.id}": "stryk", f"vist_{linje.id}": "fri"}
    svar = side.send(neste, valgt)
    assert (svar.status_code, "side=" in svar.location, _linje(forslag, foerste).stroeket) == (303, True, True)
    assert side.se(svar.location).status_code == 200


def test_a_round_costs_as_many_statements_for_many_children_as_for_few(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    side, setninger = nettleser.som(folk.inkludering1), []
    skjema = {"tilbud": [str(tilbud.id)], "maate": "gi", "frist_dager": "7"}

    def lytt(*om: Any) -> None:
        setninger.append(om[2])

    def koster(url: str, valg: dict[str, Any]) -> tuple[int, str]:
        setninger.clear()
        svar = side.send(url, valg)
        assert svar.status_code == 303, svar.get_data(as_text=True)
        return len(setninger), svar.location

    event.listen(db.engine, "before_cursor_execute", lytt)
    try:
        brukt = []
        for flere in (1, 4, 12):  # the first also signs in
            for _ in range(flere):
                _barn(folk)
            laget, hvor = koster("/forslag/nytt?tiltak=4a-3", skjema)
            endret, _ = koster(f"{hvor}/endre", {"versjon": "1"})
            brukt.append((laget, endret))
    finally:
        event.remove(db.engine, "before_cursor_execute", lytt)
    assert brukt[1] == brukt[2]
