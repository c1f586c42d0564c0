"""What happens to a referral when it is handled: statuses, what it holds, what it tells."""

from typing import Any

import pytest
from sqlalchemy import select

from koordinering.db import db, transaction
from koordinering.errors import IngenTilgang, KanIkkeInnvilges, Oppbrukt, UgyldigFelt, UgyldigOvergang
from koordinering.saker import services as saker
from koordinering.saker.models import Sak, Samtykke
from koordinering.saker.rules.behov import JaNeiVetIkke, Spoersmaal
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries, services
from koordinering.tildeling.rules import Handling, Tildelingstilstand
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User
from tests import fabrikk
from tests.tildeling.gjoer import gjoer, sjekk_beholdning, status, ta_imot, tilstander


def test_nav_registers_and_hands_out_a_card_in_one_step(folk: Any) -> None:
    kortaar = fabrikk.kortaar(2)
    henvisning = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0]
    gjoer(services.gi_straks, henvisning, av=folk.nav1)
    assert status(henvisning) is Status.I_GANG
    assert henvisning.beskjed_siden is None
    assert henvisning.beskjed_gitt is not None
    tildeling = queries.aapen_tildeling(henvisning)
    assert tildeling is not None
    assert tildeling.tilstand is Tildelingstilstand.STARTET
    assert [h.til for h in henvisning.hendelser if h.slag == "status"][-4:] == [
        "mottatt",
        "under_behandling",
        "innvilget",
        "i_gang",
    ]
    sjekk_beholdning(kortaar.beholdning_id)


def test_without_a_card_left_the_family_stands_on_the_waiting_list(folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        antall = tiltaket.tilstander([kortaar.beholdning_id])[kortaar.beholdning_id][Plasstilstand.LEDIG]
    for _ in range(antall):
        gjoer(services.gi_straks, fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0], av=folk.nav1)
    siste = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0]
    assert gjoer(services.gi_straks, siste, av=folk.nav1) is None
    assert status(siste) is Status.VENTELISTE
    assert queries.plass_i_koeen(siste) == 1
    sjekk_beholdning(kortaar.beholdning_id)


def test_only_who_both_registers_and_gives_can_do_it_in_one_step(folk: Any) -> None:
    henvisning = fabrikk.sak(folk.helse1, tiltak=[("4b-2", None)]).henvisninger[0]
    assert not services.kan_gi_straks(henvisning, folk.helse1)
    assert not services.kan_gi_straks(henvisning, folk.nav1)
    with pytest.raises(IngenTilgang):
        gjoer(services.gi_straks, henvisning, av=folk.helse1)


def test_a_place_is_given_and_the_sender_gets_a_task(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.helse1), folk.inkludering1)
    assert status(henvisning) is Status.UNDER_BEHANDLING
    tildeling = gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    assert status(henvisning) is Status.INNVILGET
    assert henvisning.beskjed_siden is not None
    assert tildeling.plass.nummer == 1
    assert tildeling.enhet_id == "inkluderingskonsulent"
    sjekk_beholdning(tilbud.beholdning_id)


def test_a_place_needs_an_offer(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    with pytest.raises(Oppbrukt):
        gjoer(services.gi, henvisning, av=folk.inkludering1)


def test_follow_up_has_no_stock(folk: Any) -> None:
    henvisning = fabrikk.sak(folk.nav1, tiltak=[("4b-12", None)]).henvisninger[0]
    tildeling = gjoer(services.gi_straks, henvisning, av=folk.nav1)
    assert tildeling.plass is None
    assert status(henvisning) is Status.INNVILGET


def test_who_is_too_old_gets_nothing_and_is_told_why(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, alder_fra=3, alder_til=5)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    with pytest.raises(KanIkkeInnvilges) as feil:
        gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    assert feil.value.grunner == ("Barnet er for gammelt.",)
    assert status(henvisning) is Status.UNDER_BEHANDLING
    sjekk_beholdning(tilbud.beholdning_id)


def test_withdrawing_gives_back_what_was_held(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    gjoer(services.trekk, henvisning, "flyttet", av=folk.nav1)
    assert status(henvisning) is Status.TRUKKET
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 1
    assert henvisning.beskjed_siden is None
    sjekk_beholdning(tilbud.beholdning_id)


def test_what_has_started_cannot_be_withdrawn(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    gjoer(services.bekreft_start, henvisning, av=folk.inkludering1)
    assert services.handlinger(henvisning, folk.nav1) == ()
    with pytest.raises(UgyldigOvergang):
        gjoer(services.trekk, henvisning, "flyttet", av=folk.nav1)


@pytest.mark.parametrize(
    ("tjeneste", "tilstand"),
    [
        (services.ikke_moett, Tildelingstilstand.IKKE_MOETT),
        (services.lever_tilbake, Tildelingstilstand.TILBAKELEVERT),
    ],
)
def test_a_place_comes_back(folk: Any, tjeneste: Any, tilstand: Tildelingstilstand) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    gjoer(tjeneste, henvisning, av=folk.inkludering1)
    assert status(henvisning) is Status.AVSLUTTET
    assert [t.tilstand for t in queries.tildelinger(henvisning)] == [tilstand]
    assert tilstander(tilbud.beholdning_id) == {Plasstilstand.LEDIG: 1}
    neste = ta_imot(fabrikk.sak(folk.helse1), folk.inkludering1)
    assert gjoer(services.gi, neste, tilbud, av=folk.inkludering1).plass.nummer == 1


def test_ending_asks_whether_the_child_takes_part_now(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    with pytest.raises(UgyldigFelt) as feil:
        gjoer(services.avslutt, henvisning, "fullfoert", av=folk.inkludering1)
    assert feil.value.felt == "deltar"
    gjoer(services.avslutt, henvisning, "fullfoert", JaNeiVetIkke.JA, av=folk.inkludering1)
    assert henvisning.deltar_ved_slutt is JaNeiVetIkke.JA
    assert status(henvisning) is Status.AVSLUTTET
    sjekk_beholdning(tilbud.beholdning_id)


def test_a_question_waits_and_a_refusal_needs_a_reason(folk: Any) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.spoer, henvisning, Spoersmaal.OENSKE_STAAR_FAST, av=folk.inkludering1)
    assert status(henvisning) is Status.PAA_VENT
    assert [henvisning.spoersmaal] == [Spoersmaal.OENSKE_STAAR_FAST]
    gjoer(services.fortsett, henvisning, av=folk.inkludering1)
    assert henvisning.spoersmaal is None
    with pytest.raises(UgyldigFelt):
        gjoer(services.avslaa, henvisning, None, av=folk.inkludering1)
    gjoer(services.avslaa, henvisning, "ansvar_uavklart", av=folk.inkludering1)
    assert status(henvisning) is Status.AVSLAATT
    gjoer(services.gjenaapne, henvisning, "nye_opplysninger", av=folk.inkludering1)
    assert status(henvisning) is Status.UNDER_BEHANDLING


def test_reopening_forgets_what_it_once_held(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    gjoer(services.bekreft_start, henvisning, av=folk.inkludering1)
    gjoer(services.avslutt, henvisning, "avbrutt", JaNeiVetIkke.NEI, av=folk.inkludering1)
    gjoer(services.gjenaapne, henvisning, "feil", av=folk.inkludering1)
    assert not henvisning.startet
    assert henvisning.deltar_ved_slutt is None
    assert Handling.TREKK in services.handlinger(henvisning, folk.nav1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    assert len(queries.tildelinger(henvisning)) == 2


def test_sending_on_needs_consent_for_the_other_unit_and_keeps_the_date(folk: Any) -> None:
    uten = fabrikk.sak(folk.nav1)
    kulturskole = db.session.get_one(Tiltak, "4b-11")
    venter = gjoer(
        services.videresend, ta_imot(uten, folk.inkludering1), kulturskole.id, "feil_enhet", av=folk.inkludering1
    )
    assert (venter.status, venter.sendt, venter.synlig) == (Status.VENTER_SAMTYKKE, None, False)
    assert services.handlinger(venter, folk.kulturskole1) == ()
    with transaction():
        av = db.session.get_one(User, folk.nav1.id)
        saker.registrer_samtykke(db.session.get_one(Sak, uten.id), fabrikk.samtykke("to_kulturskole"), av=av)
    assert status(venter) is Status.SENDT
    assert venter.sendt is not None
    assert services.handlinger(venter, folk.kulturskole1) == (Handling.TA_IMOT,)
    sak = fabrikk.sak(folk.nav1, samtykker=["inkluderingskonsulent", "to_kulturskole"])
    med = ta_imot(sak, folk.inkludering1)
    ny = gjoer(services.videresend, med, kulturskole.id, "feil_enhet", av=folk.inkludering1)
    assert status(med) is Status.VIDERESENDT
    assert (ny.status, ny.mottaker_id, ny.videresendt_fra_id) == (Status.SENDT, "to_kulturskole", med.id)
    assert (ny.sendt, ny.lodd, ny.barn_id) == (med.sendt, med.lodd, med.barn_id)
    assert services.handlinger(ny, folk.kulturskole1) == (Handling.TA_IMOT,)
    assert services.handlinger(ny, folk.inkludering1) == ()


def test_a_place_is_never_sent_on_to_for_a_whole_family(folk: Any) -> None:
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-12", None), ("4b-12", 0)], samtykker=["nav", "inkluderingskonsulent"])
    plass = db.session.get_one(Tiltak, "4a-3")
    for henvisning in sak.henvisninger:
        gjoer(services.ta_imot, henvisning, av=folk.nav1)
        kan = {t.id for t in services.kan_videresendes_til(henvisning)}
        assert (plass.id in kan) == (henvisning.barn_id is not None)


def _samtykke(sak_id: int) -> Samtykke:
    return db.session.scalars(select(Samtykke).where(Samtykke.sak_id == sak_id)).one()


def _trekk_samtykke(sak_id: int, av: User) -> None:
    with transaction():
        services.trekk_samtykke(_samtykke(sak_id), av=db.session.get_one(User, av.id))


def test_a_withdrawn_consent_withdraws_what_was_not_given(folk: Any) -> None:
    sak = fabrikk.sak(folk.nav1)
    henvisning = ta_imot(sak, folk.inkludering1)
    _trekk_samtykke(sak.id, folk.nav1)
    assert status(henvisning) is Status.TRUKKET
    assert henvisning.grunn == "samtykke_trukket"
    assert not henvisning.synlig


def test_a_withdrawn_consent_leaves_what_was_given_and_the_unit_can_still_come_back(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    sak = fabrikk.sak(folk.nav1)
    henvisning = ta_imot(sak, folk.inkludering1)
    tildeling = gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    _trekk_samtykke(sak.id, folk.nav1)
    assert status(henvisning) is Status.INNVILGET
    assert services.handlinger(henvisning, folk.inkludering1) == ()
    with transaction():
        services.lever_tilbake_enhet(
            queries.tildeling(db.session.get_one(User, folk.inkludering1.id), tildeling.id),
            Handling.LEVER_TILBAKE,
            av=db.session.get_one(User, folk.inkludering1.id),
        )
    assert status(henvisning) is Status.AVSLUTTET
    sjekk_beholdning(tilbud.beholdning_id)


def test_only_the_unit_that_gave_can_take_it_back(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    tildeling = gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    for annen in (folk.nav1, folk.kulturskole1, folk.helse1):
        with transaction(), pytest.raises(IngenTilgang):
            services.lever_tilbake_enhet(tildeling, Handling.LEVER_TILBAKE, av=db.session.get_one(User, annen.id))
        with pytest.raises(IngenTilgang):
            gjoer(services.lever_tilbake, henvisning, av=annen)


def test_the_actions_shown_are_exactly_those_that_work(folk: Any) -> None:
    """Every action at every status it can stand in, tried by everybody: shown and allowed are the same."""
    tjenester: dict[Handling, Any] = {
        Handling.TA_IMOT: services.ta_imot,
        Handling.VENTELISTE: services.sett_paa_venteliste,
        Handling.FORTSETT: services.fortsett,
        Handling.BEKREFT_START: services.bekreft_start,
        Handling.IKKE_MOETT: services.ikke_moett,
        Handling.LEVER_TILBAKE: services.lever_tilbake,
        Handling.MELD_TAPT: services.meld_tapt,
        Handling.GI_MEDHOLD: services.gi_medhold,
        Handling.OPPRETTHOLD: services.oppretthold,
    }
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=9)
    henvisning = fabrikk.sak(folk.nav1).henvisninger[0]
    steg: list[Any] = [
        lambda: None,
        lambda: gjoer(services.ta_imot, henvisning, av=folk.inkludering1),
        lambda: gjoer(services.sett_paa_venteliste, henvisning, av=folk.inkludering1),
        lambda: gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1),
    ]
    for ett in steg:
        ett()
        for hvem in (folk.nav1, folk.helse1, folk.inkludering1, folk.kulturskole1, folk.koordinator1):
            vist = set(services.handlinger(henvisning, hvem))
            for handling, tjeneste in tjenester.items():
                if handling not in vist:
                    with pytest.raises((IngenTilgang, UgyldigOvergang)):
                        gjoer(tjeneste, henvisning, av=hvem)
