"""What the sender and the receiver of one referral each see of why it was refused and what was corrected."""

import re
from typing import Any

import pytest

from koordinering.db import db, transaction
from koordinering.saker import queries, services
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.behov import Behov, Grunnlag, Opplysning, Rettegrunn, SamtykkeFra, Samtykkemaate
from koordinering.saker.services import NyHenvisning, NyttBarn, NyttGrunnlag, SakRettelse
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.rules import Aktivitet
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, registrert
from tests.tildeling.gjoer import gjoer, ta_imot

_NOEYTRAL = "Kan ikke innvilges nå"
_NOEYAKTIG = {"tak_naadd": "Taket er nådd", "ingen_kapasitet": "Ingen ledig plass"}


def _tekst(side: Nettleser, adresse: str) -> str:
    return side.se(adresse).get_data(as_text=True)


@pytest.mark.parametrize("grunn", list(_NOEYAKTIG))
def test_the_sender_cannot_tell_a_reached_ceiling_from_a_full_stock(
    folk: Any, nettleser: Nettleser, grunn: str
) -> None:
    henvisning = ta_imot(friplass(folk.nav1), folk.inkludering1)
    gjoer(tildeling.avslaa, henvisning, grunn, av=folk.inkludering1)
    sak_id, henvisning_id = henvisning.sak_id, henvisning.id
    db.session.rollback()
    henviser = nettleser.som(folk.nav1)
    sider = {
        adresse: _tekst(henviser, adresse)
        for adresse in (
            f"/saker/{sak_id}",
            f"/henvisninger/{henvisning_id}",
            f"/saker/{sak_id}/kvittering",
            "/saker?filter=enheten",
            "/saker?filter=avsluttede",
        )
    }
    for adresse, html in sider.items():
        assert not [t for t in (*_NOEYAKTIG.values(), *_NOEYAKTIG) if t in html], adresse
    assert sider[f"/saker/{sak_id}"].count(_NOEYTRAL) == 2  # beside the status, and in the history
    assert sider[f"/henvisninger/{henvisning_id}"].count(_NOEYTRAL) == 2
    mottaker = _tekst(nettleser.som(folk.inkludering1), f"/henvisninger/{henvisning_id}")
    assert mottaker.count(_NOEYAKTIG[grunn]) == 2
    assert _NOEYTRAL not in mottaker


def test_every_other_reason_reads_the_same_on_both_sides(folk: Any, nettleser: Nettleser) -> None:
    henvisning = ta_imot(friplass(folk.nav1), folk.inkludering1)
    gjoer(tildeling.avslaa, henvisning, "utenfor_alder", av=folk.inkludering1)
    henvisning_id = henvisning.id
    db.session.rollback()
    for user in (folk.nav1, folk.inkludering1):
        assert _tekst(nettleser.som(user), f"/henvisninger/{henvisning_id}").count("Utenfor aldersgrensen") == 2


def _med_samtykke_til(user: Any, *opplysninger: Opplysning) -> Henvisning:
    grunnlag = NyttGrunnlag(
        "inkluderingskonsulent",
        Grunnlag.SAMTYKKE,
        maate=Samtykkemaate.MUNTLIG,
        fra=SamtykkeFra.FORESATT,
        opplysninger=opplysninger,
    )
    barn = (NyttBarn(AAR - 10, oensker=(Aktivitet.SKI,)), NyttBarn(AAR - 5))
    henvist = (NyHenvisning("4a-3", 0), NyHenvisning("4a-3", 1))
    return registrert(user, barn=barn, henvisninger=henvist, grunnlag=(grunnlag,)).henvisninger[0]


def _rett_alt(henvisning: Henvisning, folk: Any) -> None:
    with transaction():
        barn = queries.barn(folk.nav1, henvisning.barn_id or 0)
        nytt = NyttBarn(AAR - 9, oensker=(Aktivitet.DANS,))
        services.rett_barn(barn, nytt, Rettegrunn.BARNET_OMBESTEMTE, av=folk.nav1)
    with transaction():
        sak = queries.sak(folk.nav1, henvisning.sak_id)
        rettelse = SakRettelse(True, frozenset({Behov.FERIE}), None, Rettegrunn.NYTT)
        services.rett_sak(sak, rettelse, av=folk.nav1)


def _historie(html: str) -> str:
    """The history on the page, without the moments to the microsecond: their digits can be those of any year."""
    return re.sub(r"\s+", " ", re.sub(r' datetime="[^"]*"', "", html[html.index("Historie</h2>") :]))


def test_the_receiver_sees_what_was_corrected_and_the_values_that_the_consent_covers(
    folk: Any, nettleser: Nettleser
) -> None:
    henvisning = _med_samtykke_til(folk.nav1, Opplysning.OENSKE)
    navn, henvisning_id, sak_id = folk.nav1.visningsnavn, henvisning.id, henvisning.sak_id
    _rett_alt(henvisning, folk)
    db.session.rollback()
    html = _historie(_tekst(nettleser.som(folk.inkludering1), f"/henvisninger/{henvisning_id}"))
    assert html.count("Rettet av henviser") == 3
    assert "Ønsker: Ski → Dans" in html
    assert re.search(r"Rettet av henviser</p>\s*<p[^>]*>Fødselsår</p>", html), "its name, and no year"
    for hemmelig in (navn, "Nav", "Ferie", str(AAR - 10), str(AAR - 9), "ombestemt", "Nye opplysninger"):
        assert hemmelig not in html
    saken = _tekst(nettleser.som(folk.nav1), f"/saker/{sak_id}")
    # in the history of the case and in that of the child's referral
    assert saken.count(f"Fødselsår: {AAR - 10} → {AAR - 9}. Barnet har ombestemt seg") == 2
    assert "Rettet av henviser" not in saken


def test_without_the_kind_in_the_consent_the_receiver_sees_which_field_was_corrected_and_no_value(
    folk: Any, nettleser: Nettleser
) -> None:
    henvisning = _med_samtykke_til(folk.nav1, Opplysning.REFERANSE)
    henvisning_id = henvisning.id
    _rett_alt(henvisning, folk)
    db.session.rollback()
    html = _historie(_tekst(nettleser.som(folk.inkludering1), f"/henvisninger/{henvisning_id}"))
    assert html.count("Rettet av henviser") == 3
    assert re.findall(r"Rettet av henviser</p>\s*<p[^>]*>([^<]*)</p>", html) == ["Fødselsår", "Ønsker", "Behov"]
    for hemmelig in ("Dans", "Ski", "Ferie", "→"):
        assert hemmelig not in html


def test_only_open_sent_referrals_of_the_child_are_told(folk: Any) -> None:
    henvisning = _med_samtykke_til(folk.nav1, Opplysning.ALDERSGRUPPE)
    utkast = fabrikk.sak(folk.nav1, utkast=True).henvisninger[0]
    for h in (henvisning, utkast):
        _rett_alt(h, folk)
    annet = db.session.get_one(Sak, henvisning.sak_id).henvisninger[1]
    assert [h.felt for h in henvisning.hendelser if h.slag == "rettet"] == ["foedselsaar", "oensker", "behov"]
    assert [h.felt for h in annet.hendelser if h.slag == "rettet"] == ["behov"]
    assert not [h for h in utkast.hendelser if h.slag == "rettet"]
