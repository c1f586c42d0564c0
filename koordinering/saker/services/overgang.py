"""The one low-level step of a referral's life, its events, and what goes with being sent."""

import secrets
from collections.abc import Collection
from datetime import date
from typing import Any

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, i_dag, now
from koordinering.errors import UgyldigFelt
from koordinering.nye_rader import ny_rad
from koordinering.roles import Rettighet
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak, Samtykke
from koordinering.saker.rules import overganger
from koordinering.saker.rules.behov import Grunnlag, Svar
from koordinering.saker.rules.overganger import Part, Status
from koordinering.saker.rules.registrering import sjekk_fritekst
from koordinering.saker.rules.samtykke import Tilstand, Varighet, naar, tilstand
from koordinering.saker.services.forsegling import aapne_alle, forsegl_for
from koordinering.tekst import N_
from koordinering.tiltak.queries import Valgt
from koordinering.users import Enhet, User

ANNET = "annet"
"""The reason code that allows a note, whatever list it stands in."""

_RETT = {Part.HENVISER: Rettighet.HENVISNING_REGISTRER, Part.MOTTAKER: Rettighet.HENVISNING_MOTTA}


def flytt(
    henvisning: Henvisning,
    til: Status,
    *,
    part: Part,
    av: User | None,
    grunn: str | None = None,
    fritekst: str | None = None,
) -> None:
    """Take the referral to another status: right, rule, status, event, log. Nothing is given or freed here.

    SYSTEM is what follows by itself; `av` is then the one whose action it follows from, or None.
    """
    enkeltvedtak = henvisning.tiltak.enkeltvedtak
    fra = _gaa(henvisning, til, part=part, av=av, grunn=grunn, enkeltvedtak=enkeltvedtak)
    legg_til_hendelse(henvisning, "status", av=av, part=part, fra=fra, til=til.value, grunn=grunn, fritekst=fritekst)


def _gaa(
    henvisning: Henvisning,
    til: Status,
    *,
    part: Part,
    av: User | None,
    enkeltvedtak: bool,
    grunn: str | None = None,
) -> str:
    """The step but for its event; the status that it left."""
    if part in _RETT:
        if av is None:
            raise ValueError("somebody must act for a unit")
        require(av, _RETT[part], henvisning)
    overganger.sjekk(
        henvisning.status,
        til,
        part,
        enkeltvedtak=enkeltvedtak,
        startet=henvisning.startet,
        grunn=grunn,
    )
    fra = henvisning.status
    henvisning.status = til
    henvisning.endret = now()
    henvisning.grunn = grunn
    _foelger_av(henvisning, til)
    audit.record(Hva.HENVISNING_STATUS, av=av, gjelder=_ting(henvisning, part), detalj=til.value)
    return fra.value


def _foelger_av(henvisning: Henvisning, til: Status) -> None:
    """What a status carries with it."""
    if til is Status.SENDT and henvisning.sendt is None:
        henvisning.sendt = now()
        henvisning.lodd = secrets.randbits(62)
    if til is Status.SENDT:
        henvisning.synlig = True
    if til is not Status.PAA_VENT:
        henvisning.spoersmaal = None
    if til is Status.TRUKKET:
        henvisning.beskjed_siden = None


def _ting(henvisning: Henvisning, part: Part) -> Ting:
    enhet = henvisning.mottaker_id if part is Part.MOTTAKER else henvisning.avsender_id
    return Ting("henvisning", henvisning.id, enhet)


def legg_til_hendelse(
    henvisning: Henvisning,
    slag: str,
    *,
    av: User | None,
    part: Part,
    felt: str | None = None,
    fra: str | None = None,
    til: str | None = None,
    grunn: str | None = None,
    svar: Svar | None = None,
    fritekst: str | None = None,
) -> Hendelse:
    """Write one event of a referral: who, when, from, to, why. `part` says on whose side the user acts."""
    hendelse = _hendelse(henvisning, slag, av=av, part=part, felt=felt, fra=fra, til=til, grunn=grunn, svar=svar)
    db.session.add(hendelse)
    if fritekst:
        _legg_ved(henvisning.sak, hendelse, fritekst)
    return hendelse


def _hendelse(henvisning: Henvisning, slag: str, *, av: User | None, part: Part, **om: Any) -> Hendelse:
    enhet_id = {Part.HENVISER: henvisning.avsender_id, Part.MOTTAKER: henvisning.mottaker_id}.get(part)
    return ny_rad(
        Hendelse, henvisning_id=henvisning.id, user_id=av.id if av else None, enhet_id=enhet_id, slag=slag, **om
    )


def sjekk_begrunnelse(grunn: str | None, fritekst: str, enhet: Enhet | None) -> None:
    """Raise UgyldigFelt("fritekst", …) for a text that this unit may not put beside this reason."""
    if grunn != ANNET:
        raise UgyldigFelt("fritekst", N_("Du kan bare skrive tekst når grunnen er «Annet»."))
    if enhet is None or enhet.helse:
        raise UgyldigFelt("fritekst", N_("Helsestasjonen sender ikke fri tekst. Velg en grunn fra listen."))
    sjekk_fritekst("fritekst", fritekst)


def _legg_ved(sak: Sak, hendelse: Hendelse, fritekst: str) -> None:
    enhet = db.session.get(Enhet, hendelse.enhet_id) if hendelse.enhet_id else None
    sjekk_begrunnelse(hendelse.grunn, fritekst, enhet)
    db.session.flush()  # the text is sealed to its row
    hendelse.fritekst = forsegl_for(sak.id, "hendelse", "fritekst", hendelse.id, fritekst)


def les_fritekst(sak: Sak, hendelse: Hendelse) -> str | None:
    """Open the note of an event, None where there is none or its key has been destroyed."""
    if hendelse.fritekst is None:
        return None
    return aapne_alle("hendelse", "fritekst", [(sak.id, hendelse.id, hendelse.fritekst)]).get(hendelse.id)


def slutter(samtykke: Samtykke) -> date | None:
    """The last day of a consent or authority: its own, or that of the code list; None where it has none."""
    return _varighet(samtykke).til


def _varighet(samtykke: Samtykke) -> Varighet:
    hjemmel = samtykke.hjemmel if samtykke.hjemmel_id is not None else None
    av_listen = (hjemmel.gyldig_fra, hjemmel.gyldig_til) if hjemmel else (None, None)
    return Varighet(samtykke.gitt, samtykke.gyldig_til, *av_listen)


def tilstand_naa(samtykke: Samtykke) -> Tilstand:
    """Where a consent or authority stands today."""
    dager = _varighet(samtykke)
    return tilstand(trukket=samtykke.trukket is not None, fra=dager.fra, til=dager.til, dag=i_dag())


def staar(samtykke: Samtykke) -> bool:
    """Tell whether a consent or authority allows sharing today."""
    return tilstand_naa(samtykke).tillater


def har_grunnlag(sak: Sak, mottaker_id: str, barn_id: int | None) -> bool:
    """Tell whether the unit may see a referral for this child (None: the whole family) that it has been sent.

    Its own unit always, others by consent or authority.
    """
    return mottaker_id == sak.enhet_id or any(naar(s.gjelder, barn_id) for s in grunnlag_som_staar(sak, mottaker_id))


def grunnlag_som_staar(sak: Sak, mottaker_id: str) -> list[Samtykke]:
    """The consents and authorities that allow sharing with the unit today, whichever children they are for."""
    return [s for s in sak.samtykker if s.mottaker_id == mottaker_id and staar(s)]


def kan_sendes(sak: Sak, mottaker_id: str, barn_id: int | None) -> bool:
    """Tell whether the unit may be sent a referral for this child (None: the whole family) now.

    As har_grunnlag, and a consent counts for no child that came to the case after it was given: a referral that was
    sent before stays the receiver's, a new one waits until somebody has said yes for that child too.
    """
    if mottaker_id == sak.enhet_id:
        return True
    staar = [s for s in grunnlag_som_staar(sak, mottaker_id) if naar(s.gjelder, barn_id)]
    return any(_dekker(s, [b for b in sak.barn if barn_id in {None, b.id}]) for s in staar)


def _dekker(samtykke: Samtykke, barna: Collection[Barn]) -> bool:
    if samtykke.grunnlag is Grunnlag.HJEMMEL:
        return True
    if samtykke.gjelder is not None:
        return all(naar(samtykke.gjelder, barn.id) for barn in barna)
    senere = {h.til for h in samtykke.sak.tillegg if h.tid.astimezone(OSLO).date() > samtykke.gitt}
    return not senere & {str(barn.lopenummer) for barn in barna}


def send(henvisning: Henvisning, *, av: User) -> Status:
    """Send a draft or a referral that waited for consent, as far as it may go now; tell where it ended.

    Shown the way: closed at once. Without consent or authority for the receiver: waits for it.
    """
    til, part = _saa_langt(henvisning, av)
    flytt(henvisning, til, part=part, av=av)
    return til


def send_ny(henvisning: Henvisning, tiltak: Valgt, *, av: User) -> Hendelse:
    """As send(), for a row that no session knows (nye_rader.py): its event is to be written beside it."""
    til, part = _saa_langt(henvisning, av)
    fra = _gaa(henvisning, til, part=part, av=av, enkeltvedtak=tiltak.enkeltvedtak)
    return _hendelse(henvisning, "status", av=av, part=part, fra=fra, til=til.value)


def _saa_langt(henvisning: Henvisning, av: User) -> tuple[Status, Part]:
    """The status that a referral gets when it is sent, and on whose side that is done. Raises UgyldigFelt."""
    require(av, Rettighet.HENVISNING_REGISTRER, henvisning)
    if henvisning.mottaker_id is None:
        return Status.VIST_TIL, Part.HENVISER
    if kan_sendes(henvisning.sak, henvisning.mottaker_id, henvisning.barn_id):
        return Status.SENDT, Part.HENVISER
    if henvisning.status is Status.VENTER_SAMTYKKE:
        raise UgyldigFelt("samtykke", N_("Registrer samtykke eller hjemmel for mottakeren først."))
    return Status.VENTER_SAMTYKKE, Part.SYSTEM
