"""Who is next when a place comes free: shown where it happened, to who gives, and offered with one button."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.errors import IngenTilgang
from koordinering.saker.models import Hendelse, Henvisning
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services
from koordinering.tildeling.models import Plasstilbud
from koordinering.tildeling.rules.runde import Tilbudssvar
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Aktivitet, Plasstilstand
from koordinering.users import User
from tests import fabrikk
from tests.tildeling.gjoer import (
    LeserPaaNytt,
    gjoer,
    sjekk_beholdning,
    status,
    ta_imot,
    tilstander,
    venter_paa_plass,
)

NESTE = "Neste som passer:"


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _har_plass(folk: Any, tilbud: Tilbud) -> Henvisning:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    return henvisning


def _side(nettleser: LeserPaaNytt, av: User, adresse: str) -> str:
    return nettleser.som(av).se(adresse).get_data(as_text=True)


def _hendelse(henvisning: Henvisning, slag: str) -> tuple[str | None, str | None]:
    query = select(Hendelse.felt, Hendelse.fra).where(Hendelse.henvisning_id == henvisning.id, Hendelse.slag == slag)
    felt, fra = db.session.execute(query).one()
    return felt, fra


def _frigi(folk: Any, henvisning: Henvisning, maate: str) -> None:
    if maate == "trekk":
        gjoer(services.trekk, henvisning, "feilregistrert", av=folk.nav1)
    elif maate == "avslutt":
        gjoer(services.bekreft_start, henvisning, av=folk.inkludering1)
        gjoer(services.avslutt, henvisning, "fullfoert", JaNeiVetIkke.JA, av=folk.inkludering1)
    else:
        gjoer(getattr(services, maate), henvisning, av=folk.inkludering1)


@pytest.mark.parametrize("maate", ["trekk", "ikke_moett", "lever_tilbake", "avslutt"])
def test_a_place_that_comes_free_is_offered_to_the_next_with_one_button(
    nettleser: LeserPaaNytt, folk: Any, maate: str
) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    har = _har_plass(folk, tilbud)
    annet_oenske, neste = venter_paa_plass(folk, oensker=(Aktivitet.DANS,)), venter_paa_plass(folk)
    steder = (f"/henvisninger/{har.id}", f"/tilbud/{tilbud.id}", f"/fordel?tilbud={tilbud.id}")
    assert not any(NESTE in _side(nettleser, folk.inkludering1, sted) for sted in steder)
    _frigi(folk, har, maate)
    for sted in steder:
        side = _side(nettleser, folk.inkludering1, sted)
        assert neste.sak.referanse in side.split(NESTE)[1].split("</section>")[0]
        assert NESTE not in nettleser.som(folk.nav1).se(sted).get_data(as_text=True)
    konsulent = nettleser.som(folk.inkludering1)
    svar = konsulent.send("/fordel/neste", {"tilbud_id": str(tilbud.id)}, foelg=True).get_data(as_text=True)
    assert f"er tilbudt {neste.sak.referanse}" in svar
    assert neste.svar_innen is not None
    assert status(annet_oenske) is Status.VENTELISTE
    assert _hendelse(neste, "tilbudt") == (None, None)
    assert NESTE not in _side(nettleser, folk.inkludering1, steder[0])
    sjekk_beholdning(tilbud.beholdning_id)


@pytest.mark.parametrize("slutt", ["avslaa", "trekk_tilbudet"])
def test_an_offer_taken_back_shows_who_is_next(nettleser: LeserPaaNytt, folk: Any, slutt: str) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    foerste, neste = venter_paa_plass(folk), venter_paa_plass(folk)
    gjoer(services.tilby, foerste, tilbud, av=folk.inkludering1, frist_dager=7)
    if slutt == "avslaa":
        gjoer(services.avslaa, foerste, "utenfor_maalgruppe", av=folk.inkludering1)
        assert neste.sak.referanse in _side(nettleser, folk.inkludering1, f"/henvisninger/{foerste.id}")
    else:
        konsulent = nettleser.som(folk.inkludering1)
        svar = konsulent.send(f"/henvisninger/{foerste.id}/plasstilbud/trekk", foelg=True).get_data(as_text=True)
        # Whose offer is taken back still stands first on the list.
        assert foerste.sak.referanse in svar.split(NESTE)[1].split("</section>")[0]


def test_nobody_who_fits_is_said_too(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    for_ung = venter_paa_plass(folk, foedselsaar=i_dag().year - 1)
    side = _side(nettleser, folk.inkludering1, f"/fordel?tilbud={tilbud.id}")
    assert "Ingen på ventelisten passer og ønsker den nå." in side
    konsulent = nettleser.som(folk.inkludering1)
    svar = konsulent.send("/fordel/neste", {"tilbud_id": str(tilbud.id)}, foelg=True).get_data(as_text=True)
    assert "Ingen på ventelisten kan tilbys en plass nå." in svar
    assert status(for_ung) is Status.VENTELISTE
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 1


def test_who_does_not_give_the_places_neither_sees_nor_offers(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    venter_paa_plass(folk)
    for hvem in (folk.nav1, folk.helse1, folk.kultur1):
        inne = nettleser.som(hvem)
        assert NESTE not in inne.se(f"/tilbud/{tilbud.id}").get_data(as_text=True)
        assert inne.send("/fordel/neste", {"tilbud_id": str(tilbud.id)}).status_code == 404
        with pytest.raises(IngenTilgang), transaction():
            services.tilby_neste(db.session.get_one(Tilbud, tilbud.id), av=db.session.get_one(User, hvem.id))
    assert nettleser.som(folk.inkludering1).send("/fordel/neste", {"tilbud_id": "x"}).status_code == 404
    assert db.session.scalar(select(Plasstilbud.id).where(Plasstilbud.svar == Tilbudssvar.VENTER)) is None


def test_who_cannot_after_all_because_of_another_case_is_passed_over_when_it_is_offered(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    nummer = fabrikk.NUMRE[0]
    har = fabrikk.sak(folk.helse1, barna=[fabrikk.barn(nummer=nummer)])
    gjoer(services.gi, ta_imot(har, folk.inkludering1), tilbud, av=folk.inkludering1)
    samme_barn, neste = venter_paa_plass(folk, nummer=nummer), venter_paa_plass(folk)
    side = _side(nettleser, folk.inkludering1, f"/tilbud/{tilbud.id}")
    assert samme_barn.sak.referanse in side  # the page knows nothing of the other case
    svar = nettleser.som(folk.inkludering1).send("/fordel/neste", {"tilbud_id": str(tilbud.id)}, foelg=True)
    assert f"er tilbudt {neste.sak.referanse}" in svar.get_data(as_text=True)
    assert samme_barn.svar_innen is None


def test_given_or_offered_past_who_waits_and_fits_says_so_to_the_receiver_alone(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=3)
    foerst = venter_paa_plass(folk)
    venter_paa_plass(folk, oensker=(Aktivitet.DANS,))
    andre, tredje = venter_paa_plass(folk), venter_paa_plass(folk)
    gjoer(services.gi, tredje, tilbud, av=folk.inkludering1)
    gjoer(services.tilby, andre, tilbud, av=folk.inkludering1, frist_dager=7)
    gjoer(services.gi, foerst, tilbud, av=folk.inkludering1)
    assert _hendelse(tredje, "gitt") == ("forbi", "2")
    assert _hendelse(andre, "tilbudt") == ("forbi", "1")
    assert _hendelse(foerst, "gitt") == (None, None)
    assert "Forbi 2 som sto foran i køen" in _side(nettleser, folk.inkludering1, f"/henvisninger/{tredje.id}")
    assert "Forbi én som sto foran i køen" in _side(nettleser, folk.inkludering1, f"/henvisninger/{andre.id}")
    assert "Forbi" not in _side(nettleser, folk.nav1, f"/henvisninger/{tredje.id}")
