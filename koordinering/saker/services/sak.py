"""Correct, hand over and delete a case, and its children."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from koordinering import audit, crypto, noekkellager
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import DomainError, Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries
from koordinering.saker.models import Barn, Henvisning, Oenske, Sak, SakBehov, Sakshendelse
from koordinering.saker.rules.behov import Behov, Rettegrunn
from koordinering.saker.rules.overganger import LUKKEDE, Part, Status
from koordinering.saker.rules.registrering import MAKS_BARN, sjekk_egen_referanse, sjekk_like, sjekk_oensker
from koordinering.saker.services.kommandoer import NyttBarn, SakRettelse
from koordinering.saker.services.laas import laas_sak
from koordinering.saker.services.overgang import legg_til_hendelse
from koordinering.saker.services.registrering import (
    les_egen_referanse,
    nytt_barn,
    sett_egen_referanse,
    sjekk_barn,
    sjekk_ikke_kjent,
)
from koordinering.tekst import N_
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User, kommune

GITT = frozenset({Status.INNVILGET, Status.I_GANG, Status.AVSLUTTET})
"""Something has been given: the record of it is kept."""


_HATT = GITT - {Status.INNVILGET}
"""An event that leads here says that what was given was more than an unused promise."""


class NoeErGitt(DomainError):
    """What is to be deleted has been given something."""

    status = 409
    melding = N_(
        "Familien har fått noe som er registrert her, og da kan det ikke slettes. Ta det tilbake først, "
        "eller rett opplysningene."
    )


def sjekk_versjon(sak: Sak, versjon: int | None) -> None:
    """Lock the case, and raise Endret when it is another than the one the page showed."""
    laas_sak(sak)
    if versjon is not None and versjon != sak.versjon:
        raise Endret


def rett_sak(sak: Sak, rettelse: SakRettelse, *, av: User) -> None:
    """Correct the case's own fields; each one that changed becomes an event with old, new and why."""
    require(av, Rettighet.SAK_REGISTRER, sak)
    sjekk_versjon(sak, rettelse.versjon)
    if rettelse.egen_referanse:
        sjekk_egen_referanse("egen_referanse", rettelse.egen_referanse)
    if sak.i_maalgruppe != rettelse.i_maalgruppe:
        fra, til = _janei(sak.i_maalgruppe), _janei(rettelse.i_maalgruppe)
        _hendelse(sak, "rettet", av, "i_maalgruppe", fra, til, rettelse.grunn)
        sak.i_maalgruppe = rettelse.i_maalgruppe
    if (les_egen_referanse(sak) or "") != (rettelse.egen_referanse or ""):
        # the content stays sealed: the event tells only that it changed
        _hendelse(sak, "rettet", av, "egen_referanse", None, None, rettelse.grunn)
        sett_egen_referanse(sak, rettelse.egen_referanse)
    sett_behov(sak, rettelse.behov, rettelse.grunn, av=av)
    audit.record(Hva.SAK_RETTET, av=av, gjelder=_ting(sak))
    db.session.flush()


def sett_behov(sak: Sak, behov: frozenset[Behov], grunn: Rettegrunn, *, av: User) -> None:
    """Change the family's needs, and tell the open referrals that were sent."""
    gamle = frozenset(b.behov for b in sak.behov)
    if gamle == behov:
        return
    fra, til = _koder(gamle), _koder(behov)
    sak.behov = [b for b in sak.behov if b.behov in behov] + [SakBehov(behov=b) for b in sorted(behov - gamle)]
    _hendelse(sak, "rettet", av, "behov", fra, til, grunn)
    _meld_fra(sak.henvisninger, "behov", fra, til, grunn, av=av)
    _beroer(sak)


def legg_til_barn(sak: Sak, nytt: NyttBarn, *, av: User, versjon: int | None = None, likevel: bool = False) -> Barn:
    """Add a child; linked silently where it has a number.

    Raises KjentIEgenEnhet where another case of the unit has the child, unless `likevel`; Endret when the case is
    another than `versjon`, as when the same page is sent twice.
    """
    require(av, Rettighet.SAK_REGISTRER, sak)
    sjekk_versjon(sak, versjon)
    if len(sak.barn) >= MAKS_BARN:
        raise UgyldigFelt("foedselsaar", N_("En sak kan ha høyst 20 barn."))
    sjekk_barn("", nytt)
    sjekk_like("fnr", [*(b.blindindeks for b in sak.barn), nytt.blindindeks])
    if not likevel:
        sjekk_ikke_kjent(sak.enhet_id, [nytt], unntatt=sak)
    barn = nytt_barn(1 + max((b.lopenummer for b in sak.barn), default=0), nytt)
    sak.barn.append(barn)
    _hendelse(sak, "barn_lagt_til", av, "barn", None, str(barn.lopenummer), None)
    audit.record(Hva.BARN_LAGT_TIL, av=av, gjelder=_ting(sak))
    _beroer(sak)
    db.session.flush()
    return barn


def rett_barn(
    barn: Barn, nytt: NyttBarn, grunn: Rettegrunn, *, av: User, versjon: int | None = None, likevel: bool = False
) -> None:
    """Correct a child. A number typed again relinks silently; without one the link stays as it was.

    Raises KjentIEgenEnhet where another case of the unit has the number's child, unless `likevel`.
    """
    sak = barn.sak
    require(av, Rettighet.SAK_REGISTRER, sak)
    sjekk_versjon(sak, versjon)
    sjekk_barn("", nytt)
    sjekk_like("fnr", [*(b.blindindeks for b in sak.barn if b is not barn), nytt.blindindeks])
    if not likevel:
        sjekk_ikke_kjent(sak.enhet_id, [nytt], unntatt=sak)
    _rett_felter(barn, nytt, grunn, av=av)
    sett_oensker(barn, nytt.oensker, grunn, av=av)
    if nytt.blindindeks is not None:
        # the same event whether or not the number was another: the history tells nothing about the link
        _hendelse(sak, "rettet", av, f"barn {barn.lopenummer} nummer", None, None, grunn)
        barn.blindindeks = nytt.blindindeks
    audit.record(Hva.BARN_RETTET, av=av, gjelder=_ting(sak))
    _beroer(sak)
    db.session.flush()


def _rett_felter(barn: Barn, nytt: NyttBarn, grunn: Rettegrunn, *, av: User) -> None:
    """Change the child's own fields; the age is known to receivers, so those that work on it are told."""
    nr = f"barn {barn.lopenummer}"
    verdier = {"foedselsaar": nytt.foedselsaar, "deltar": nytt.deltar, "spurt": nytt.spurt}
    if kommune().registrer_kjoenn:
        verdier["kjoenn"] = nytt.kjoenn
    for felt, ny in verdier.items():
        gammel = getattr(barn, felt)
        if gammel != ny:
            fra, til = _kode(gammel), _kode(ny)
            _hendelse(barn.sak, "rettet", av, f"{nr} {felt}", fra, til, grunn)
            setattr(barn, felt, ny)
            if felt == "foedselsaar":
                _meld_fra(_henvisninger_for(barn), felt, fra, til, grunn, av=av)


def sett_oensker(barn: Barn, oensker: tuple[Aktivitet, ...], grunn: Rettegrunn, *, av: User) -> None:
    """Change what the child wishes for, in order, and tell the open referrals that were sent.

    Raises UgyldigFelt for too many, or the same twice.
    """
    sjekk_oensker("oenske1", oensker)
    gamle = tuple(o.aktivitet for o in barn.oensker)
    if gamle == oensker:
        return
    barn.oensker.clear()
    db.session.flush()  # the old rows hold the keys that the new ones take
    barn.oensker.extend(Oenske(rekkefoelge=nr, aktivitet=oenske) for nr, oenske in enumerate(oensker, 1))
    fra, til = _koder(gamle), _koder(oensker)
    _hendelse(barn.sak, "rettet", av, f"barn {barn.lopenummer} oensker", fra, til, grunn)
    _meld_fra(_henvisninger_for(barn), "oensker", fra, til, grunn, av=av)
    _beroer(barn.sak)


def fjern_barn(barn: Barn, *, av: User) -> None:
    """Remove a child that was registered by mistake, with its referrals. Not where something has been given."""
    sak = barn.sak
    require(av, Rettighet.SAK_REGISTRER, sak)
    laas_sak(sak)
    if len(sak.barn) == 1:
        raise UgyldigFelt("barn", N_("En sak må ha minst ett barn. Slett saken hvis hele registreringen er feil."))
    henvisninger = _henvisninger_for(barn)
    _ingenting_gitt(henvisninger)
    for henvisning in henvisninger:
        audit.record(Hva.HENVISNING_SLETTET, av=av, gjelder=Ting("henvisning", henvisning.id, sak.enhet_id))
        sak.henvisninger.remove(henvisning)
    _hendelse(sak, "barn_fjernet", av, "barn", str(barn.lopenummer), None, Rettegrunn.FEIL)
    audit.record(Hva.BARN_SLETTET, av=av, gjelder=_ting(sak))
    db.session.flush()
    sak.barn.remove(barn)
    _beroer(sak)
    db.session.flush()


def overlever(sak: Sak, til: int, *, av: User) -> None:
    """Make a colleague in the unit responsible for the case."""
    require(av, Rettighet.SAK_OVERLEVER, sak)
    if til not in {kollega.id for kollega in queries.kolleger(sak.enhet_id)}:
        raise UgyldigFelt("til", N_("Velg en kollega i enheten."))
    if til == sak.ansvarlig_id:
        raise UgyldigFelt("til", N_("Denne kollegaen har saken allerede."))
    _hendelse(sak, "overlevert", av, "ansvarlig", str(sak.ansvarlig_id), str(til), None)
    sak.ansvarlig_id = til
    audit.record(Hva.SAK_OVERLEVERT, av=av, gjelder=_ting(sak))
    db.session.flush()


def slett(sak: Sak, *, av: User) -> None:
    """Delete a case that was registered by mistake, and with it its key. Not where something has been given."""
    require(av, Rettighet.SAK_REGISTRER, sak)
    laas_sak(sak)
    _ingenting_gitt(sak.henvisninger)
    for henvisning in sak.henvisninger:
        audit.record(Hva.HENVISNING_SLETTET, av=av, gjelder=Ting("henvisning", henvisning.id, sak.enhet_id))
    audit.record(Hva.SAK_SLETTET, av=av, gjelder=_ting(sak))
    db.session.delete(sak)
    noekkellager.slett(crypto.SAK, [sak.id])
    db.session.flush()


def kan_slettes(henvisninger: Collection[Henvisning]) -> bool:
    """Tell whether nothing is held for or has been given to any of these referrals, now or before a reopening."""
    return not any(h.status in GITT or h.startet or h.svar_innen is not None or _har_hatt(h) for h in henvisninger)


def _har_hatt(henvisning: Henvisning) -> bool:
    """Whether it was ever started or ended: status and `startet` forget that when the referral is reopened.

    Given and withdrawn unused is not had: that came back, and no ceiling counts it.
    """
    return any(h.slag == "status" and h.til in _HATT for h in henvisning.hendelser)


def _ingenting_gitt(henvisninger: Collection[Henvisning]) -> None:
    # locked and read anew, so that nothing is given between the look and the deletion
    ider = sorted(h.id for h in henvisninger)
    laast = db.session.scalars(
        select(Henvisning)
        .where(Henvisning.id.in_(ider))
        .order_by(Henvisning.id)
        .options(selectinload(Henvisning.hendelser))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not kan_slettes(laast):
        raise NoeErGitt


def _henvisninger_for(barn: Barn) -> list[Henvisning]:
    return [h for h in barn.sak.henvisninger if h.barn_id == barn.id]


def _meld_fra(
    henvisninger: Collection[Henvisning],
    felt: str,
    fra: str | None,
    til: str | None,
    grunn: Rettegrunn,
    *,
    av: User,
) -> None:
    """A receiver that works on the referral sees in its history that something was corrected."""
    for henvisning in henvisninger:
        if henvisning.sendt is not None and henvisning.status not in LUKKEDE:
            legg_til_hendelse(
                henvisning, "rettet", av=av, part=Part.HENVISER, felt=felt, fra=fra, til=til, grunn=grunn.value
            )


def _hendelse(
    sak: Sak, slag: str, av: User, felt: str | None, fra: str | None, til: str | None, grunn: Rettegrunn | None
) -> None:
    db.session.add(
        Sakshendelse(
            sak_id=sak.id, user_id=av.id, slag=slag, felt=felt, fra=fra, til=til, grunn=grunn.value if grunn else None
        )
    )


def _beroer(sak: Sak) -> None:
    """Count the case's version up although only rows under it changed: two pages open at once must notice."""
    flag_modified(sak, "i_maalgruppe")


def _ting(sak: Sak) -> Ting:
    return Ting("sak", sak.id, sak.enhet_id)


def _koder(koder: Collection[str]) -> str:
    return ",".join(koder if isinstance(koder, tuple) else sorted(koder))


def _kode(verdi: object) -> str | None:
    return None if verdi is None else str(verdi)


def _janei(verdi: bool) -> str:
    return "ja" if verdi else "nei"
