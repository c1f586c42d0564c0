"""What rests on a consent ends with it, nobody is told whose case it is, and what has been used has been had."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from koordinering.db import db, i_dag, transaction, writing
from koordinering.errors import KanIkkeInnvilges
from koordinering.saker import services as saker
from koordinering.saker.models import Henvisning, Hjemmel, Sak, Samtykke
from koordinering.saker.rules.behov import Grunnlag
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries, services
from koordinering.tildeling.rules import Handling, Tildelingstilstand
from koordinering.tildeling.services import utloep
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, sjekk_beholdning, status, ta_imot, tilstander


@pytest.fixture
def nettleser(nettleser: Nettleser) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(nettleser.app)


# --- Used is had -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fra_beholdningen", [False, True])
def test_a_used_card_that_comes_back_counts_and_its_unit_is_free(folk: Any, fra_beholdningen: bool) -> None:
    kortaar = fabrikk.kortaar()
    henvisning = ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.gi, henvisning, av=folk.nav1)
    gjoer(services.bekreft_start, henvisning, av=folk.nav1)
    tildeling = queries.tildelinger(henvisning)[0]
    if fra_beholdningen:
        with transaction():
            av = db.session.get_one(User, folk.nav1.id)
            services.lever_tilbake_enhet(queries.tildeling(av, tildeling.id), Handling.LEVER_TILBAKE, av=av)
    else:
        gjoer(services.lever_tilbake, henvisning, av=folk.nav1)
    assert tildeling.tilstand is Tildelingstilstand.AVSLUTTET
    assert tilstander(kortaar.beholdning_id)[Plasstilstand.OPPTATT] == 0
    sjekk_beholdning(kortaar.beholdning_id)
    gjoer(services.gjenaapne, henvisning, "feil", av=folk.nav1)
    with pytest.raises(KanIkkeInnvilges):
        gjoer(services.gi, henvisning, av=folk.nav1)


def test_a_card_never_used_that_comes_back_does_not_count(folk: Any) -> None:
    fabrikk.kortaar()
    henvisning = ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.gi, henvisning, av=folk.nav1)
    gjoer(services.lever_tilbake, henvisning, av=folk.nav1)
    gjoer(services.gjenaapne, henvisning, "feil", av=folk.nav1)
    gjoer(services.gi, henvisning, av=folk.nav1)
    tilstand = [t.tilstand for t in queries.tildelinger(henvisning)]
    assert tilstand == [Tildelingstilstand.TILBAKELEVERT, Tildelingstilstand.GITT]


# --- Sending on ------------------------------------------------------------------------------------------


def test_sending_on_answers_alike_whoever_sent_it(folk: Any, nettleser: Nettleser) -> None:
    """To the sender's own unit it goes at once, from another it waits for consent: the page tells no difference."""
    svar, nye = [], []
    for hvem in (folk.nav1, folk.helse1):
        henvisning = ta_imot(fabrikk.sak(hvem), folk.inkludering1)
        with transaction():  # which unit sent it is not the receiver's to know
            samtykke = db.session.scalars(select(Samtykke).where(Samtykke.sak_id == henvisning.sak_id)).one()
            samtykke.opplysninger = ["referanse"]
        inne = nettleser.som(folk.inkludering1)
        data = {"tiltak_id": "4b-2", "grunn": "feil_enhet"}
        foerst = inne.send(f"/henvisninger/{henvisning.id}/videresend", data)
        side = inne.se(f"/henvisninger/{henvisning.id}").get_data(as_text=True)
        main = re.sub(r"<time.*?</time>", "", side.split("<main", 1)[1].split("</main>", 1)[0])
        referanse = str(henvisning.sak.referanse)
        svar.append((foerst.status_code, main.replace(referanse, "REF").replace(str(henvisning.id), "ID")))
        ny = db.session.scalars(select(Henvisning).where(Henvisning.videresendt_fra_id == henvisning.id)).one()
        nye.append(ny)
        assert status(henvisning) is Status.VIDERESENDT
        assert inne.se(f"/henvisninger/{ny.id}").status_code == 404
    assert svar[0] == svar[1]
    assert svar[0][0] == 303
    assert "samtykke" not in svar[0][1].lower()
    assert [(n.status, n.synlig) for n in nye] == [(Status.SENDT, True), (Status.VENTER_SAMTYKKE, False)]
    assert nettleser.som(folk.nav1).se(f"/henvisninger/{nye[1].id}").status_code == 404
    assert nettleser.som(folk.helse1).se(f"/henvisninger/{nye[1].id}").status_code == 200


# --- What runs out ---------------------------------------------------------------------------------------


def _utloep(henvisning: Henvisning, dager: int = 1) -> None:
    with transaction():
        samtykke = db.session.scalars(select(Samtykke).where(Samtykke.sak_id == henvisning.sak_id)).one()
        samtykke.gyldig_til = i_dag() - timedelta(days=dager)


def test_a_consent_that_has_run_out_hides_and_withdraws(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    staar = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    _utloep(henvisning, 0)
    assert services.trekk_utloepte() == 0  # the last day is a day
    _utloep(henvisning)
    assert services.trekk_utloepte() == 1
    assert (status(henvisning), henvisning.grunn, henvisning.synlig) == (Status.TRUKKET, "samtykke_trukket", False)
    assert services.handlinger(henvisning, folk.inkludering1) == ()
    siste = henvisning.hendelser[-1]
    assert (siste.til, siste.user_id, siste.enhet_id) == ("trukket", None, None)
    assert (status(staar), staar.synlig) == (Status.UNDER_BEHANDLING, True)
    assert services.trekk_utloepte() == 0


def test_they_are_looked_for_before_anything_is_locked_and_done_one_by_one(
    folk: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """At a million referrals the look takes seconds, and everybody's pages wait for who holds the file meanwhile."""
    utloepte = [ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1) for _ in range(3)]
    for henvisning in utloepte:
        _utloep(henvisning)
    foerst, midt, sist = ider = sorted(henvisning.id for henvisning in utloepte)
    ekte = utloep._skjul

    def se() -> list[int]:
        assert not writing()
        return [foerst, foerst + 1, midt, sist]  # one of them is deleted in between

    def skjul(henvisning: Henvisning) -> bool:
        ut = ekte(henvisning)
        if henvisning.id == midt:
            raise OperationalError("", None, Exception())
        return ut

    monkeypatch.setattr(queries, "med_utloept_grunnlag", se)
    with monkeypatch.context() as stoppet:
        stoppet.setattr(utloep, "_skjul", skjul)
        assert services.trekk_utloepte() == 2
    assert "could not be hidden: OperationalError" in caplog.text
    synlige = select(Henvisning.id).where(Henvisning.id.in_(ider), Henvisning.synlig)
    assert db.session.scalars(synlige).all() == [midt]
    assert services.trekk_utloepte() == 1
    assert db.session.scalars(synlige).all() == []
    assert status(db.session.get_one(Henvisning, midt)) is Status.TRUKKET
    with transaction(), pytest.raises(RuntimeError, match="inside a transaction"):
        services.trekk_utloepte()


def test_a_case_that_is_locked_meanwhile_is_left_until_it_is_opened(folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked case is not changed, and what was hidden of it could not be withdrawn, nor found again."""
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    _utloep(henvisning)
    ekte, sak_id, user_id = queries.med_utloept_grunnlag, henvisning.sak_id, folk.nav1.id

    def laas_eller_aapne(hva: Callable[..., None]) -> None:
        with transaction() as session:
            hva(session.get_one(Sak, sak_id), av=session.get_one(User, user_id))

    def se() -> list[int]:
        ider = ekte()
        laas_eller_aapne(saker.begrens)
        return ider

    with monkeypatch.context() as imens:
        imens.setattr(queries, "med_utloept_grunnlag", se)
        assert services.trekk_utloepte() == 0
    assert (status(henvisning), henvisning.synlig, henvisning.sperret) == (Status.UNDER_BEHANDLING, True, True)
    assert services.trekk_utloepte() == 0
    laas_eller_aapne(saker.opphev)
    assert services.trekk_utloepte() == 1
    assert (status(henvisning), henvisning.synlig) == (Status.TRUKKET, False)


def test_an_authority_that_has_run_out_hides_too(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    with transaction():
        hjemmel = Hjemmel(id="proeve", tekst="Prøve", gyldig_fra=i_dag() - timedelta(days=9))
        hjemmel.gyldig_til = i_dag() - timedelta(days=1)
        db.session.add(hjemmel)
        db.session.flush()
        samtykke = db.session.scalars(select(Samtykke).where(Samtykke.sak_id == henvisning.sak_id)).one()
        samtykke.grunnlag, samtykke.hjemmel_id = Grunnlag.HJEMMEL, hjemmel.id
    assert services.trekk_utloepte() == 1
    assert status(henvisning) is Status.TRUKKET


def test_what_is_given_is_hidden_and_kept_and_another_consent_holds_it_up(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    gitt, dekket = (ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1) for _ in range(2))
    gjoer(services.gi, gitt, tilbud, av=folk.inkludering1)
    _utloep(gitt)
    _utloep(dekket)
    with transaction():
        av = db.session.get_one(User, folk.nav1.id)
        saker.registrer_samtykke(
            db.session.get_one(Sak, dekket.sak_id), fabrikk.samtykke("inkluderingskonsulent"), av=av
        )
    assert services.trekk_utloepte() == 1
    assert (status(gitt), gitt.synlig) == (Status.INNVILGET, False)
    assert queries.aapen_tildeling(gitt) is not None
    assert (status(dekket), dekket.synlig) == (Status.UNDER_BEHANDLING, True)
