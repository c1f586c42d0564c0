"""Reminders by e-mail: each once, whoever sends; nothing of what it is about; and a link that leads to the form."""

import re
import socket
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering import epost
from koordinering.config import les_config
from koordinering.db import db, i_dag, transaction
from koordinering.errors import ConfigError, UgyldigFelt
from koordinering.konto import services as konto
from koordinering.plan.evaluering import services
from koordinering.plan.evaluering.models import Evalueringsvalg, Paaminnelse
from koordinering.plan.evaluering.rules import Konklusjon, Vurderingsinnhold
from koordinering.tiltak.models import Tiltak
from koordinering.users import Rolletildeling, User
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.plan.post import Postkasse, postkasse

AAR = i_dag().year
FRISTEN = date(AAR + 1, 3, 1)


@pytest.fixture
def kasse(app: Flask) -> Iterator[Postkasse]:
    """A relay in use, and tiltak1 with an address and one measure alone to answer for."""
    with transaction() as session:
        session.get_one(Evalueringsvalg, 1).foerste_aar = AAR
        konto.endre_epost(bruker("tiltak1"), "tiltak1@kommunen.example", av=bruker("tiltak1"))
        for en in session.scalars(select(Tiltak).where(Tiltak.id != "5a-2")):
            en.utgaatt = True
    with postkasse() as kasse:
        relay = epost.Relay("127.0.0.1", "ikke-svar@kommunen.example", kasse.port, epost.Kryptering.INGEN)
        services.ta_post_i_bruk(services.Postvei(relay, "https://tjenesten.example/plan/paaminnelse/{}".format))
        yield kasse
        services.ta_post_i_bruk(None)


def _send(dag: date) -> int:
    sendt = services.send_paaminnelser(dag=dag).sendt
    db.session.rollback()
    return sendt


def test_one_when_it_nears_and_one_when_it_is_over_and_then_no_more(kasse: Postkasse) -> None:
    assert _send(FRISTEN - timedelta(days=31)) == 0, "too early"
    for dag in (FRISTEN - timedelta(days=30), FRISTEN):
        _send(dag)
        assert len(kasse.brev) == 1
    for dag in (FRISTEN + timedelta(days=1), FRISTEN + timedelta(days=200)):
        _send(dag)
        assert len(kasse.brev) == 2
    with transaction():
        services.lagre("5a-2", AAR, Vurderingsinnhold("a", "b", "", "c", "d", Konklusjon.ENDRES),
                       versjon=0, send=True, av=bruker("tiltak1"))  # fmt: skip
    assert services.som_venter(FRISTEN + timedelta(days=400)) == {}, "it is sent to the coordinator"


@pytest.mark.bare_sqlite
def test_it_says_only_that_something_waits(kasse: Postkasse) -> None:
    _send(FRISTEN)
    (brev,) = kasse.brev
    assert (brev["To"], brev["Auto-Submitted"]) == ("tiltak1@kommunen.example", "auto-generated")
    tekst = f"{brev['Subject']} {brev.get_content()}"
    for ord_ in ("5a", "Prosedyrer", "Fagavdeling", "OUK", str(AAR), "tiltak1"):
        assert ord_ not in tekst
    (sti,) = re.findall(r"https://tjenesten\.example(/plan/paaminnelse/\d+)", tekst)
    (rad,) = db.session.scalars(select(Paaminnelse))
    assert rad.sendt is not None
    assert sti.endswith(str(rad.brev))


def test_many_processes_send_it_once(app: Flask, kasse: Postkasse) -> None:
    klare = threading.Barrier(4)

    def en_prosess() -> None:
        with app.app_context():
            klare.wait()
            services.send_paaminnelser(dag=FRISTEN)
            db.session.remove()

    db.session.remove()
    traader = [threading.Thread(target=en_prosess) for _ in range(4)]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join()
    assert len(kasse.brev) == 1
    assert db.session.scalar(select(func.count(Paaminnelse.id))) == 1


@pytest.mark.bare_sqlite
def test_what_the_relay_refuses_is_tried_again_and_what_nobody_knows_is_not(kasse: Postkasse) -> None:
    kasse.avvis = True
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending(avvist=1)
    kasse.avvis, kasse.bryt = False, True
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending(usikre=1)
    kasse.bryt = False
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending()
    services.ta_post_i_bruk(services.Postvei(epost.Relay("127.0.0.1", "a@b.no", 1, epost.Kryptering.INGEN), str))
    assert services.send_paaminnelser(dag=FRISTEN + timedelta(days=1)).avvist == 1, "no relay there"


@pytest.fixture
def tre(kasse: Postkasse) -> Postkasse:
    """Two colleagues who answer for the same."""
    with transaction() as session:
        rollen = bruker("tiltak1").rolletildelinger[0]
        for nr in (7, 8):
            kollega = User(brukernavn=f"kollega{nr}", visningsnavn="Kollega", epost=f"kollega{nr}@kommunen.example")
            kollega.rolletildelinger = [Rolletildeling(rolle=rollen.rolle, enhet_id=rollen.enhet_id)]
            session.add(kollega)
    return kasse


@pytest.mark.bare_sqlite
def test_what_a_relay_that_ends_the_conversation_did_not_get_comes_the_next_time(tre: Postkasse) -> None:
    tre.farvel = True
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending(sendt=2, avvist=1)
    assert tre.samtaler == 2, "a new conversation for the next"
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending(sendt=1)
    assert len({brev["To"] for brev in tre.brev}) == 3


@pytest.mark.bare_sqlite
def test_a_relay_that_breaks_off_is_left_alone_for_the_rest_of_the_round(tre: Postkasse) -> None:
    tre.bryt = True
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending(usikre=1, avvist=2)
    assert tre.samtaler == 1
    tre.bryt = False
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending(sendt=2)


@pytest.mark.bare_sqlite
def test_nobody_waits_for_a_silent_relay_more_than_once(tre: Postkasse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epost, "FRIST_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as taus:
        relay = epost.Relay("127.0.0.1", "a@b.no", taus.getsockname()[1], epost.Kryptering.INGEN)
        services.ta_post_i_bruk(services.Postvei(relay, str))
        assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending(avvist=3)
        taus.settimeout(0.1)
        taus.accept()[0].close()
        with pytest.raises(TimeoutError):
            taus.accept()


@pytest.mark.bare_sqlite
def test_without_a_relay_nothing_is_sent_and_the_page_says_so(app: Flask, folk: Any) -> None:
    assert services.send_paaminnelser(dag=FRISTEN) == services.Utsending()
    side = Nettleser(app).som(folk.tiltak1)
    assert "ikke satt opp her" in side.se("/plan/vurderinger").get_data(as_text=True)


@pytest.mark.bare_sqlite
def test_the_link_leads_through_signing_in(app: Flask, kasse: Postkasse, folk: Any) -> None:
    _send(FRISTEN)
    (rad,) = db.session.scalars(select(Paaminnelse))
    sti, skjema = f"/plan/paaminnelse/{rad.brev}", f"/plan/vurderinger/skriv?tiltak=5a-2&aar={AAR}"
    svar = Nettleser(app).se(sti)
    assert svar.location == f"/logg-inn?neste={sti}"
    assert Nettleser(app).som(folk.tiltak1).se(sti).location == skjema
    assert Nettleser(app).som(folk.tiltak2).se(sti).status_code == 404, "somebody else's"


@pytest.mark.bare_sqlite
def test_an_address_is_ones_own_or_the_administrators_to_set(app: Flask, folk: Any) -> None:
    egen, system = Nettleser(app).som(folk.tiltak1), Nettleser(app).som(folk.system1)
    svar = egen.send("/konto/epost", {"epost": "feil adresse"})
    assert svar.status_code == 422
    assert "E-postadressen er ikke riktig skrevet." in svar.get_data(as_text=True)
    assert egen.send("/konto/epost", {"epost": "meg@kommunen.example"}).status_code == 303
    assert system.send(f"/brukere/{folk.tiltak1.id}/epost", {"epost": ""}).status_code == 303
    db.session.rollback()
    assert bruker("tiltak1").epost is None
    for galt in ("a@b", "a b@c.no", "a@b.no\r\nBcc: x@y.no", "@b.no", "a@" + "b" * 250 + ".no"):
        with pytest.raises(UgyldigFelt), transaction():
            konto.endre_epost(bruker("tiltak1"), galt, av=bruker("tiltak1"))


@pytest.mark.bare_sqlite
@pytest.mark.parametrize(
    ("felt", "ord_"),
    [
        ({"AVSENDER": ""}, "AVSENDER"),
        ({"AVSENDER": "ikke-svar@kommunen-på-øya.example"}, "uten æ, ø og å"),
        ({"TLS": "kanskje"}, "starttls"),
        ({"TLS": "ingen"}, "produksjon"),
        ({"PORT": "0"}, "PORT"),
    ],
)
def test_settings_that_are_unsafe_or_wrong_are_refused(felt: dict[str, str], ord_: str) -> None:
    riktig = {"VERT": "post.kommunen.example", "AVSENDER": "ikke-svar@kommunen.example"}
    miljo = {f"KOORDINERING_EPOST_{navn}": verdi for navn, verdi in riktig.items()}
    miljo["KOORDINERING_ADRESSE"] = "https://koordinering.kommunen.example/"
    config = les_config(miljo)
    assert config.adresse == "https://koordinering.kommunen.example"
    assert config.post == epost.Relay("post.kommunen.example", "ikke-svar@kommunen.example")
    with pytest.raises(ConfigError, match="ADRESSE"):
        les_config(miljo | {"KOORDINERING_ADRESSE": ""})
    with pytest.raises(ConfigError, match=ord_):
        les_config(miljo | {f"KOORDINERING_EPOST_{navn}": verdi for navn, verdi in felt.items()})
