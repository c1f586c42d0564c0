"""A referral in its sender's hands: sent, corrected, answered, appealed, told; and what may be written."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from koordinering.db import db, i_dag, now, transaction
from koordinering.errors import IngenTilgang, UgyldigFelt, UgyldigOvergang
from koordinering.saker import queries, services
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.behov import Behov, Rettegrunn, Spoersmaal, Svar
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.services import HenvisningRettelse, NyHenvisning, NyttBarn
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, nummer, registrert, samtykke


def _flytt(henvisning_id: int, *steg: Status, av: User, grunn: str | None = None, fritekst: str | None = None) -> None:
    with transaction():
        henvisning = db.session.get_one(Henvisning, henvisning_id)
        for til in steg:
            siste = til is steg[-1]
            services.flytt(
                henvisning,
                til,
                part=Part.MOTTAKER,
                av=av,
                grunn=grunn if siste else None,
                fritekst=fritekst if siste else None,
            )


def _under_behandling(folk: Any) -> Henvisning:
    (henvisning,) = friplass(folk.nav1, barn=NyttBarn(AAR - 10, oensker=(Aktivitet.SKI,))).henvisninger
    _flytt(henvisning.id, Status.MOTTATT, Status.UNDER_BEHANDLING, av=folk.inkludering1)
    return henvisning


def test_a_draft_is_sent_from_the_case(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(
        folk.nav1,
        utkast=True,
        henvisninger=(NyHenvisning("4b-2"), NyHenvisning("4b-3"), NyHenvisning("4a-3", 0), NyHenvisning("4b-11", 0)),
        grunnlag=(samtykke("inkluderingskonsulent"),),
    )
    ider = {h.tiltak_id: h.id for h in sak.henvisninger}
    assert {h.status for h in sak.henvisninger} == {Status.UTKAST}
    sak_id = sak.id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    for henvisning_id in ider.values():
        assert side.send(f"/saker/henvisninger/{henvisning_id}/send").status_code == 303
    assert side.send(f"/saker/henvisninger/{ider['4b-2']}/send").status_code == 409
    assert side.send(f"/saker/henvisninger/{ider['4b-11']}/send").status_code == 422
    assert side.se(f"/saker/{sak_id}").status_code == 200
    db.session.rollback()
    assert {h.tiltak_id: h.status for h in db.session.get_one(Sak, sak_id).henvisninger} == {
        "4b-2": Status.SENDT,
        "4b-3": Status.VIST_TIL,
        "4a-3": Status.SENDT,
        "4b-11": Status.VENTER_SAMTYKKE,
    }


def _tillegg(tiltak: str, sak: Sak, **felter: str) -> dict[str, Any]:
    return {"tiltak": tiltak, "barn": str(sak.barn[0].id), "gyldig_til": "", **felter}


def test_a_referral_is_added_with_the_basis_of_its_own_receiver(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1)
    sak_id, adresse = sak.id, f"/saker/{sak.id}/henvisning"
    kulturskolen = _tillegg("4b-11", sak, grunnlag="hjemmel", hjemmel="samarbeid_tjenester")
    dager = {"gitt": (i_dag() - timedelta(days=2)).isoformat()}
    friplassen = _tillegg("4a-3", sak, grunnlag="samtykke", maate="skriftlig", fra="foresatt", opplysninger="behov")
    egen = _tillegg("4b-2", sak, grunnlag="samtykke", barn="")  # hidden by the browser: one's own unit needs none
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert [side.send(adresse, s).status_code for s in (kulturskolen, friplassen | dager)] == [303, 303]
    assert side.send(adresse, egen).status_code == 422, "the same measure for the family is open already"
    db.session.rollback()
    sak = db.session.get_one(Sak, sak_id)
    grunnlag = {s.mottaker_id: (s.grunnlag, s.hjemmel_id, s.maate, s.opplysninger, s.gitt) for s in sak.samtykker}
    standard = ["behov", "oenske", "aldersgruppe", "referanse"]
    assert grunnlag == {
        "to_kulturskole": ("hjemmel", "samarbeid_tjenester", None, standard, i_dag()),
        "inkluderingskonsulent": ("samtykke", None, "skriftlig", ["behov"], i_dag() - timedelta(days=2)),
    }
    sendt = [h for h in sak.henvisninger if h.tiltak_id != "4b-2"]
    assert [[(e.fra, e.til) for e in h.hendelser] for h in sendt] == [[("utkast", "sendt")]] * 2


@pytest.mark.parametrize(
    ("felter", "felt"),
    [
        ({"grunnlag": "samtykke", "fra": "foresatt"}, "maate"),
        ({"grunnlag": "samtykke", "maate": "muntlig"}, "fra"),
        ({"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt", "gitt": "1.1.0202"}, "gitt"),
        ({"grunnlag": "hjemmel"}, "hjemmel"),
        ({"maate": "muntlig"}, "grunnlag"),
    ],
)
def test_a_basis_that_is_not_whole_adds_no_referral_and_keeps_what_was_typed(
    folk: Any, nettleser: Nettleser, felter: dict[str, str], felt: str
) -> None:
    sak = registrert(folk.nav1)
    sak_id, data = sak.id, _tillegg("4a-3", sak, opplysninger="behov", **felter)
    db.session.rollback()
    svar = nettleser.som(folk.nav1).send(f"/saker/{sak_id}/henvisning", data)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert f'id="{felt}-feil"' in html
    assert f'href="#{felt}' in html
    assert html.count(" checked") == 1 + len([f for f in ("grunnlag", "maate", "fra") if f in felter]) + 1 + (
        "grunnlag" not in felter
    )
    db.session.rollback()
    assert [h.tiltak_id for h in db.session.get_one(Sak, sak_id).henvisninger] == ["4b-2"]


def test_a_draft_is_deleted_and_nothing_else_is(folk: Any, nettleser: Nettleser) -> None:
    (utkast,) = registrert(folk.nav1, utkast=True).henvisninger
    (sendt,) = friplass(folk.nav1).henvisninger
    ider = utkast.id, sendt.id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert [side.send(f"/saker/henvisninger/{i}/slett").status_code for i in ider] == [303, 409]


def test_a_referral_is_added_later_to_a_child_or_the_family(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1)
    sak_id, barn_id, andres = sak.id, sak.barn[0].id, registrert(folk.nav1).barn[0].id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert side.se(f"/saker/{sak_id}/henvisning").status_code == 200
    assert side.send(f"/saker/{sak_id}/henvisning", {"tiltak": "4b-9"}).status_code == 422
    assert side.send(f"/saker/{sak_id}/henvisning", {"tiltak": "4b-9", "barn": str(andres)}).status_code == 422
    assert side.send(f"/saker/{sak_id}/henvisning", {"tiltak": "4b-9", "barn": str(barn_id)}).status_code == 303
    assert side.send(f"/saker/{sak_id}/henvisning", {"tiltak": "4b-11", "barn": str(barn_id)}).status_code == 303
    assert side.send(f"/saker/{sak_id}/henvisning", {"tiltak": "4b-1"}).status_code == 303
    db.session.rollback()
    assert [h.status for h in db.session.get_one(Sak, sak_id).henvisninger] == [
        Status.SENDT,
        Status.SENDT,
        Status.VENTER_SAMTYKKE,
        Status.VIST_TIL,
    ]


def _samtykke_for_alle(sak_id: int, mottaker_id: str) -> None:
    with transaction():
        sak, alle = db.session.get_one(Sak, sak_id), replace(samtykke(mottaker_id), alle=True)
        services.registrer_samtykke(sak, alle, av=bruker("nav1"))


def test_a_sent_referral_is_corrected_with_old_new_and_why(folk: Any, nettleser: Nettleser) -> None:
    henvisning = _under_behandling(folk)
    with transaction():
        sak = queries.sak(folk.nav1, henvisning.sak_id)
        nytt = services.legg_til_barn(sak, NyttBarn(AAR - 7), av=folk.nav1).id
    henvisning_id, versjon = henvisning.id, str(henvisning.versjon)
    sak_id, mottaker_id = henvisning.sak_id, str(henvisning.mottaker_id)
    adresse = f"/saker/henvisninger/{henvisning_id}/rett"
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert side.se(adresse).status_code == 200
    skjema = {"barn": str(nytt), "oenske1": "dans", "behov": ["fritid"], "versjon": versjon}
    assert side.send(adresse, skjema).status_code == 422
    assert side.send(adresse, skjema | {"grunn": "nytt", "barn": ""}).status_code == 422
    svar = side.send(adresse, skjema | {"grunn": "nytt"})
    assert (svar.status_code, "gjelder ikke barnet du har valgt" in svar.get_data(as_text=True)) == (422, True)
    _samtykke_for_alle(sak_id, mottaker_id)
    assert side.send(adresse, skjema | {"grunn": "nytt"}).status_code == 303
    assert side.send(adresse, skjema | {"grunn": "nytt"}).status_code == 409
    db.session.rollback()
    henvisning = db.session.get_one(Henvisning, henvisning_id)
    assert henvisning.barn_id == nytt
    assert {(h.felt, h.fra, h.til, h.grunn) for h in henvisning.hendelser if h.slag == "rettet"} == {
        ("barn", "1", "2", "nytt"),
        ("behov", "", "fritid", "nytt"),
    }
    assert henvisning.barn is not None
    assert henvisning.barn.oensker == []  # what stood on the page was the first child's


def test_what_is_refused_or_given_is_not_corrected(folk: Any) -> None:
    henvisning = _under_behandling(folk)
    _flytt(henvisning.id, Status.AVSLAATT, av=folk.inkludering1, grunn="ingen_kapasitet")
    rettelse = HenvisningRettelse(henvisning.barn_id, (), frozenset({Behov.FERIE}), Rettegrunn.FEIL)
    with pytest.raises(UgyldigOvergang), transaction():
        services.rett_henvisning(queries.henvisning(folk.nav1, henvisning.id), rettelse, av=folk.nav1)
    with pytest.raises(IngenTilgang), transaction():
        services.rett_henvisning(db.session.get_one(Henvisning, henvisning.id), rettelse, av=folk.inkludering1)


def test_an_answer_takes_the_referral_on(folk: Any, nettleser: Nettleser) -> None:
    henvisning = _under_behandling(folk)
    with transaction():
        mottatt = queries.mottatt(folk.inkludering1, henvisning.id)
        tildeling.spoer(mottatt, Spoersmaal.ANNEN_DAG, av=folk.inkludering1)
    henvisning_id, sak_id = henvisning.id, henvisning.sak_id
    assert [s.id for s in queries.side(folk.nav2, queries.Saksfilter.SPOERSMAAL).rader] == [sak_id]
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert "Passer andre ukedager?" in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    adresse = f"/saker/henvisninger/{henvisning_id}/svar"
    assert side.send(adresse, {"svar": "kanskje"}).status_code == 422
    assert side.send(adresse, {"svar": "ja"}).status_code == 303
    assert side.send(adresse, {"svar": "ja"}).status_code == 409
    db.session.rollback()
    henvisning = db.session.get_one(Henvisning, henvisning_id)
    assert (henvisning.status, henvisning.spoersmaal) == (Status.UNDER_BEHANDLING, None)
    svart = next(h for h in henvisning.hendelser if h.slag == "svart")
    assert (svart.svar, svart.fra, svart.enhet_id) == (Svar.JA, "annen_dag", "nav")


def test_a_refusal_is_appealed_only_where_it_is_an_individual_decision(folk: Any, nettleser: Nettleser) -> None:
    henvisning = _under_behandling(folk)
    _flytt(henvisning.id, Status.AVSLAATT, av=folk.inkludering1, grunn="ingen_kapasitet")
    henvisning_id, sak_id = henvisning.id, henvisning.sak_id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    adresse = f"/saker/henvisninger/{henvisning_id}/klage"
    assert "Registrer klage" not in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert side.send(adresse).status_code == 409
    with transaction():
        db.session.get_one(Tiltak, "4a-3").enkeltvedtak = True
    db.session.rollback()
    assert "Registrer klage" in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert side.send(adresse).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Henvisning, henvisning_id).status is Status.PAAKLAGET


def test_telling_the_family_is_a_task_that_closes_once(folk: Any, nettleser: Nettleser) -> None:
    henvisning = _under_behandling(folk)
    with transaction():
        db.session.get_one(Henvisning, henvisning.id).beskjed_siden = now()
    henvisning_id, sak_id = henvisning.id, henvisning.sak_id
    assert [s.id for s in queries.side(folk.nav1, queries.Saksfilter.BESKJED).rader] == [sak_id]
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert "Gi beskjed til familien" in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    adresse = f"/saker/henvisninger/{henvisning_id}/beskjed"
    assert [side.send(adresse).status_code for _ in range(2)] == [303, 409]
    db.session.rollback()
    assert db.session.get_one(Henvisning, henvisning_id).beskjed_gitt is not None


def test_the_sender_withdraws_with_a_reason(folk: Any, nettleser: Nettleser) -> None:
    (henvisning,) = friplass(folk.nav1).henvisninger
    henvisning_id = henvisning.id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    adresse = f"/saker/henvisninger/{henvisning_id}/trekk"
    assert side.se(adresse).status_code == 200
    assert side.send(adresse).status_code == 422
    assert side.send(adresse, {"grunn": "flyttet", "fritekst": "til Hamar"}).status_code == 422
    assert side.send(adresse, {"grunn": "annet", "fritekst": f"barnet er {nummer()}"}).status_code == 422
    assert side.send(adresse, {"grunn": "annet", "fritekst": "familien tenker på det"}).status_code == 303
    igjen = side.send(adresse, {"grunn": "flyttet"}, foelg=True)
    assert "Henvisningen har fått en ny status" in igjen.get_data(as_text=True)
    db.session.rollback()
    henvisning = db.session.get_one(Henvisning, henvisning_id)
    siste = henvisning.hendelser[-1]
    assert siste.fritekst is not None
    assert b"familien" not in siste.fritekst
    assert services.les_fritekst(henvisning.sak, siste) == "familien tenker på det"


@pytest.mark.parametrize(
    "tekst",
    ["ring 412 34 567", "ring +47 41234567", "skriv til a@b.no", "x" * 301],
)
def test_a_note_that_tells_who_somebody_is_is_refused(folk: Any, tekst: str) -> None:
    henvisning = _under_behandling(folk)
    with pytest.raises(UgyldigFelt) as feil:
        _flytt(henvisning.id, Status.AVSLAATT, av=folk.inkludering1, grunn="annet", fritekst=tekst)
    assert feil.value.felt == "fritekst"
    assert tekst not in str(feil.value)


def test_no_free_text_leaves_the_health_unit(folk: Any, nettleser: Nettleser) -> None:
    (henvisning,) = friplass(folk.helse1, enhet="to_helsestasjon").henvisninger
    henvisning_id = henvisning.id
    adresse = f"/saker/henvisninger/{henvisning_id}/trekk"
    db.session.rollback()
    side = nettleser.som(folk.helse1)
    assert 'name="fritekst"' not in side.se(adresse).get_data(as_text=True)
    assert side.send(adresse, {"grunn": "annet", "fritekst": "noe"}).status_code == 303
    db.session.rollback()
    siste = db.session.get_one(Henvisning, henvisning_id).hendelser[-1]
    assert (siste.til, siste.fritekst) == ("trukket", None), "what no field asks for is not kept"


def test_a_step_belongs_to_somebody(folk: Any) -> None:
    (henvisning,) = friplass(folk.nav1).henvisninger
    with pytest.raises(ValueError, match="somebody"), transaction():
        services.flytt(db.session.get_one(Henvisning, henvisning.id), Status.MOTTATT, part=Part.MOTTAKER, av=None)
