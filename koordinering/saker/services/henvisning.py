"""What the sender does with a referral after the case is made: add, correct, answer, appeal, tell the family."""

from collections.abc import Collection, Iterator

from sqlalchemy import select

from koordinering import audit
from koordinering.access import can, require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import Endret, UgyldigFelt, UgyldigOvergang, brutt, stopp
from koordinering.roles import Rettighet
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules import overganger
from koordinering.saker.rules.behov import Rettegrunn, Svar
from koordinering.saker.rules.overganger import AAPNE, Part, Status
from koordinering.saker.rules.registrering import sjekk_oensker
from koordinering.saker.services.barn import sett_oensker
from koordinering.saker.services.kommandoer import HenvisningRettelse, NyttGrunnlag
from koordinering.saker.services.overgang import flytt, grunnlag_som_staar, kan_sendes, legg_til_hendelse, send
from koordinering.saker.services.registrering import fra_listen, ny_henvisning, sjekk_hvem
from koordinering.saker.services.sak import sett_behov, sjekk_versjon, skriv_hendelse
from koordinering.saker.services.samtykke import gjelder_i_saken, grunnlagsfeil, henvist_til, registrer_samtykke
from koordinering.tekst import N_, Kode
from koordinering.tiltak import queries as tiltak_queries
from koordinering.tiltak.queries import Valgt
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import User


class Handling(Kode):
    """What the sender can do with a referral."""

    SEND = "send", N_("Send")
    SLETT_UTKAST = "slett_utkast", N_("Slett utkastet")
    RETT = "rett", N_("Rett")
    SVAR = "svar", N_("Svar mottakeren")
    TREKK = "trekk", N_("Trekk henvisningen")
    PAAKLAG = "paaklag", N_("Registrer klage")
    BESKJED = "beskjed", N_("Familien har fått beskjed")


KAN_RETTES = frozenset(
    {
        Status.UTKAST,
        Status.VENTER_SAMTYKKE,
        Status.SENDT,
        Status.MOTTATT,
        Status.UNDER_BEHANDLING,
        Status.PAA_VENT,
        Status.VENTELISTE,
    }
)
"""Before anything is given; afterwards the correction is a withdrawal and a new referral."""


def handlinger(henvisning: Henvisning, user: User) -> frozenset[Handling]:
    """What this user may do with the referral now, as its sender. The services below ask the same."""
    return mulige(henvisning) if can(user, Rettighet.HENVISNING_REGISTRER, henvisning) else frozenset()


def mulige(henvisning: Henvisning) -> frozenset[Handling]:
    """What the referral's state lets its sender do."""
    maal = overganger.lovlige(
        henvisning.status,
        Part.HENVISER,
        enkeltvedtak=henvisning.tiltak.enkeltvedtak,
        startet=henvisning.startet,
    )
    venter = henvisning.status is Status.VENTER_SAMTYKKE
    klar = not venter or kan_sendes(henvisning.sak, henvisning.mottaker_id or "", henvisning.barn_id)
    svar_ventes = henvisning.status is Status.PAA_VENT and henvisning.spoersmaal is not None
    vilkaar = {
        Handling.SEND: Status.SENDT in maal and klar,
        Handling.SLETT_UTKAST: henvisning.status is Status.UTKAST,
        Handling.RETT: henvisning.status in KAN_RETTES,
        Handling.SVAR: svar_ventes,
        Handling.TREKK: Status.TRUKKET in maal,
        # where the consent has ended, the receiver would never see the complaint
        Handling.PAAKLAG: Status.PAAKLAGET in maal and henvisning.synlig,
        Handling.BESKJED: henvisning.beskjed_siden is not None,
    }
    return frozenset(handling for handling, kan in vilkaar.items() if kan)


def _krev(handling: Handling, henvisning: Henvisning, av: User) -> None:
    require(av, Rettighet.HENVISNING_REGISTRER, henvisning)
    if handling not in mulige(henvisning):
        raise UgyldigOvergang


def legg_til_henvisning(
    sak: Sak,
    tiltak_id: str,
    barn_id: int | None,
    *,
    av: User,
    utkast: bool = False,
    grunnlag: NyttGrunnlag | None = None,
    vent: bool = False,
) -> Henvisning:
    """Add a referral to a case, with consent or authority for its receiver, and send it as far as it may go.

    Raises UgyldigFelt where one for the same measure and child (or family) is open, and where the measure is not
    for whom it is chosen for: as the registering page offers it. Where the case's consent for the receiver is not for
    this child, one is asked for; `vent` sends it when there is one.
    """
    require(av, Rettighet.SAK_REGISTRER, sak)
    # the case is locked, so that two who add the same at one moment see each other
    db.session.execute(select(Sak.id).where(Sak.id == sak.id).with_for_update())
    tiltak = fra_listen(tiltak_queries.valgte([tiltak_id]), tiltak_id)
    barn = _barnet(sak, barn_id)
    stopp(_henvisningsfeil(sak, tiltak, barn, grunnlag, kan_vente=vent or utkast))
    if grunnlag is None:
        return ny_henvisning(sak, tiltak, barn, utkast, av=av)
    henvisning = ny_henvisning(sak, tiltak, barn, True, av=av)
    registrer_samtykke(sak, grunnlag, av=av)
    if not utkast:
        send(henvisning, av=av)
    return henvisning


def henvisningsfeil(
    sak: Sak, tiltak_id: str, barn_id: int | None, grunnlag: NyttGrunnlag | None, *, vent: bool
) -> Iterator[UgyldigFelt]:
    """All that is wrong with a referral to be added, and with the basis of its receiver."""
    try:
        tiltak, barn = fra_listen(tiltak_queries.valgte([tiltak_id]), tiltak_id), _barnet(sak, barn_id)
    except UgyldigFelt as feil:
        yield feil
    else:
        yield from _henvisningsfeil(sak, tiltak, barn, grunnlag, kan_vente=vent)


def _henvisningsfeil(
    sak: Sak, tiltak: Valgt, barn: Barn | None, grunnlag: NyttGrunnlag | None, *, kan_vente: bool
) -> Iterator[UgyldigFelt]:
    yield from brutt(sjekk_hvem, "barn", tiltak, barn is not None)
    yield from brutt(_ikke_aapen, sak, tiltak.id, barn, "tiltak")
    if grunnlag is not None:
        barna = henvist_til(sak, grunnlag.mottaker_id) | {barn.id if barn else None}
        gjelder = gjelder_i_saken(sak, barna, alle=grunnlag.alle)
        yield from grunnlagsfeil(grunnlag, [et.foedselsaar for et in gjelder])
    elif not kan_vente and tiltak.mottaker_id is not None:
        yield from brutt(_sjekk_dekket, sak, tiltak.mottaker_id, barn)


def _sjekk_dekket(sak: Sak, mottaker_id: str, barn: Barn | None) -> None:
    """Raise UgyldigFelt where the case has a consent for the unit, and it was not given for this child.

    Where it has none at all, the referral waits for the first one, and the page says so.
    """
    barn_id = barn.id if barn else None
    if not grunnlag_som_staar(sak, mottaker_id) or kan_sendes(sak, mottaker_id, barn_id):
        return
    if barn is None:
        raise UgyldigFelt("grunnlag", N_(
            "Samtykket på saken gjelder ikke alle barna. Velg «Samtykke» når det er gitt for dem alle, "
            "eller «Samtykke innhentes senere»."
        ))  # fmt: skip
    raise UgyldigFelt("grunnlag", N_(
        "Samtykket på saken gjelder ikke dette barnet. Velg «Samtykke» når det er gitt for barnet også, "
        "eller «Samtykke innhentes senere»."
    ))  # fmt: skip


def _ikke_aapen(sak: Sak, tiltak_id: str, barn: Barn | None, felt: str) -> None:
    aapen = select(Henvisning.id).where(
        Henvisning.sak_id == sak.id,
        Henvisning.tiltak_id == tiltak_id,
        Henvisning.barn_id == (barn.id if barn else None),
        Henvisning.status.in_(sorted(AAPNE)),
    )
    if db.session.scalar(aapen.limit(1)) is not None:
        raise UgyldigFelt(felt, N_("Det er alt en åpen henvisning til dette tiltaket. Rett eller trekk den først."))


def _barnet(sak: Sak, barn_id: int | None) -> Barn | None:
    if barn_id is None:
        return None
    for barn in sak.barn:
        if barn.id == barn_id:
            return barn
    raise UgyldigFelt("barn", N_("Velg et barn fra listen."))


def rett_henvisning(henvisning: Henvisning, rettelse: HenvisningRettelse, *, av: User) -> None:
    """Correct which child, that child's wishes and the needs; old, new and why become events.

    Another child keeps the wishes it has: those on the page are the first one's. Raises Endret when the referral,
    or the case with its needs and wishes, has changed since the page was opened.
    """
    _krev(Handling.RETT, henvisning, av)
    sjekk_versjon(henvisning.sak, rettelse.sak_versjon)
    if rettelse.versjon is not None and rettelse.versjon != henvisning.versjon:
        raise Endret
    stopp(rettefeil(henvisning, rettelse.barn_id, rettelse.oensker))
    barn = _barnet(henvisning.sak, rettelse.barn_id)
    if henvisning.barn_id != rettelse.barn_id:
        _bytt_barn(henvisning, barn, rettelse.grunn, av=av)
    elif barn is not None:
        sett_oensker(barn, rettelse.oensker, rettelse.grunn, av=av)
    sett_behov(henvisning.sak, rettelse.behov, rettelse.grunn, av=av)
    _logg(Hva.HENVISNING_RETTET, henvisning, av)
    db.session.flush()


def rettefeil(henvisning: Henvisning, barn_id: int | None, oensker: Collection[object]) -> Iterator[UgyldigFelt]:
    """What is wrong with a correction: with the child that it is to be for, or with the wishes of the one it is for."""
    if henvisning.barn_id != barn_id:
        yield from brutt(_sjekk_bytte, henvisning, barn_id)
    elif barn_id is not None:
        yield from brutt(sjekk_oensker, "oenske1", oensker)


def _sjekk_bytte(henvisning: Henvisning, barn_id: int | None) -> None:
    barn = _barnet(henvisning.sak, barn_id)
    if barn is None and Mekanikk.FRIPLASS in henvisning.tiltak.slag:
        raise UgyldigFelt("barn", N_("Velg hvilket barn henvisningen gjelder."))
    sjekk_hvem("barn", henvisning.tiltak, barn is not None)
    if henvisning.til_mottaker is not None and not kan_sendes(henvisning.sak, henvisning.til_mottaker, barn_id):
        raise UgyldigFelt("barn", N_(
            "Samtykket på saken gjelder ikke barnet du har valgt. Registrer først et samtykke som gjelder alle barna."
        ))  # fmt: skip
    _ikke_aapen(henvisning.sak, henvisning.tiltak_id, barn, "barn")


def _bytt_barn(henvisning: Henvisning, barn: Barn | None, grunn: Rettegrunn, *, av: User) -> None:
    gammelt = henvisning.barn
    legg_til_hendelse(
        henvisning,
        "rettet",
        av=av,
        part=Part.HENVISER,
        felt="barn",
        fra=str(gammelt.lopenummer) if gammelt else "familien",
        til=str(barn.lopenummer) if barn else "familien",
        grunn=grunn.value,
    )
    henvisning.barn = barn
    henvisning.barn_id = barn.id if barn else None


def svar(henvisning: Henvisning, svaret: Svar, *, av: User) -> None:
    """Answer the receiver's question; the referral goes on by itself."""
    _krev(Handling.SVAR, henvisning, av)
    spoersmaal = henvisning.spoersmaal.value if henvisning.spoersmaal else None
    legg_til_hendelse(henvisning, "svart", av=av, part=Part.HENVISER, fra=spoersmaal, til=svaret.value, svar=svaret)
    flytt(henvisning, Status.UNDER_BEHANDLING, part=Part.SYSTEM, av=av)
    _logg(Hva.BESVART, henvisning, av)
    db.session.flush()


def paaklag(henvisning: Henvisning, *, av: User) -> None:
    """Register that the family appeals a refusal: of an individual decision, and where the receiver will see it."""
    _krev(Handling.PAAKLAG, henvisning, av)
    flytt(henvisning, Status.PAAKLAGET, part=Part.HENVISER, av=av)
    db.session.flush()


def beskjed_gitt(henvisning: Henvisning, *, av: User) -> None:
    """Close the task «Gi beskjed til familien»."""
    _krev(Handling.BESKJED, henvisning, av)
    henvisning.beskjed_siden = None
    henvisning.beskjed_gitt = now()
    legg_til_hendelse(henvisning, "beskjed", av=av, part=Part.HENVISER)
    _logg(Hva.BESKJED_GITT, henvisning, av)
    db.session.flush()


def slett_utkast(henvisning: Henvisning, *, av: User) -> None:
    """Delete a referral that was never sent. A line of the case's history says so: its time counts from then."""
    _krev(Handling.SLETT_UTKAST, henvisning, av)
    _logg(Hva.HENVISNING_SLETTET, henvisning, av)
    skriv_hendelse(henvisning.sak, "utkast_slettet", None, None, None, None, av=av)
    db.session.delete(henvisning)
    db.session.flush()


def _logg(hva: Hva, henvisning: Henvisning, av: User) -> None:
    audit.record(hva, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.avsender_id))
