"""Correct, hand over and delete a case."""

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from koordinering import audit, crypto, noekkellager
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag
from koordinering.errors import DomainError, Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker import queries
from koordinering.saker.models import Henvisning, Sak, SakBehov, Sakshendelse
from koordinering.saker.rules.behov import Behov, Rettegrunn
from koordinering.saker.rules.overganger import LUKKEDE, Part, Status
from koordinering.saker.rules.registrering import sjekk_egen_referanse
from koordinering.saker.services.kjent import sjekk_ukjent_kode
from koordinering.saker.services.koblingskode import bruker_koder, sett_koblingskode
from koordinering.saker.services.kommandoer import SakRettelse
from koordinering.saker.services.laas import laas_sak
from koordinering.saker.services.overgang import legg_til_hendelse
from koordinering.saker.services.registrering import (
    les_egen_referanse,
    sett_egen_referanse,
)
from koordinering.saker.services.skjemaer import glem_skjemaer
from koordinering.tekst import N_
from koordinering.users import User

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
    """Correct the case's own fields; each one that changed becomes an event with old, new and why.

    Raises KjentIEgenEnhet where another case of the unit has the code, unless `likevel`.
    """
    require(av, Rettighet.SAK_REGISTRER, sak)
    sjekk_versjon(sak, rettelse.versjon)
    if rettelse.egen_referanse:
        sjekk_egen_referanse("egen_referanse", rettelse.egen_referanse)
    if sak.i_maalgruppe != rettelse.i_maalgruppe:
        fra, til = _janei(sak.i_maalgruppe), _janei(rettelse.i_maalgruppe)
        skriv_hendelse(sak, "rettet", "i_maalgruppe", fra, til, rettelse.grunn, av=av)
        sak.i_maalgruppe = rettelse.i_maalgruppe
    if (les_egen_referanse(sak) or "") != (rettelse.egen_referanse or ""):
        # the content stays sealed: the event tells only that it changed
        skriv_hendelse(sak, "rettet", "egen_referanse", None, None, rettelse.grunn, av=av)
        sett_egen_referanse(sak, rettelse.egen_referanse)
    _rett_kode(sak, rettelse, av=av)
    sett_behov(sak, rettelse.behov, rettelse.grunn, av=av)
    audit.record(Hva.SAK_RETTET, av=av, gjelder=ting(sak))
    db.session.flush()


def _rett_kode(sak: Sak, rettelse: SakRettelse, *, av: User) -> None:
    """The same event whether or not the code was another: the history tells nothing about the link."""
    if not rettelse.bytt_kode or not bruker_koder():
        return
    if not rettelse.likevel:
        sjekk_ukjent_kode(sak.enhet_id, rettelse.kode, unntatt=sak)
    skriv_hendelse(sak, "rettet", "koblingskode", None, None, rettelse.grunn, av=av)
    sett_koblingskode(sak, rettelse.kode)
    beroer(sak)


def sett_behov(sak: Sak, behov: frozenset[Behov], grunn: Rettegrunn, *, av: User) -> None:
    """Change the family's needs, and tell the open referrals that were sent."""
    gamle = frozenset(b.behov for b in sak.behov)
    if gamle == behov:
        return
    fra, til = koder(gamle), koder(behov)
    sak.behov = [b for b in sak.behov if b.behov in behov] + [SakBehov(behov=b) for b in sorted(behov - gamle)]
    skriv_hendelse(sak, "rettet", "behov", fra, til, grunn, av=av)
    meld_fra(sak.henvisninger, "behov", fra, til, grunn, av=av)
    beroer(sak)


def overlever(sak: Sak, til: int, *, av: User) -> None:
    """Make a colleague in the unit responsible for the case."""
    require(av, Rettighet.SAK_OVERLEVER, sak)
    if til not in {kollega.id for kollega in queries.kolleger(sak.enhet_id)}:
        raise UgyldigFelt("til", N_("Velg en kollega i enheten."))
    if til == sak.ansvarlig_id:
        raise UgyldigFelt("til", N_("Denne kollegaen har saken allerede."))
    skriv_hendelse(sak, "overlevert", "ansvarlig", str(sak.ansvarlig_id), str(til), None, av=av)
    sak.ansvarlig_id = til
    audit.record(Hva.SAK_OVERLEVERT, av=av, gjelder=ting(sak))
    db.session.flush()


class HoldesTilbake(DomainError):
    """Somebody has decided that the case is to be kept for now."""

    status = 409
    melding = N_("Saken holdes tilbake og kan ikke slettes. Slipp den først.")


_hindringer: list[Callable[[Sak], None]] = []


def hindrer_sletting(sjekk: Callable[[Sak], None]) -> Callable[[Sak], None]:
    """Ask this, from a package above, before a case is deleted: it raises what stands in the way."""
    _hindringer.append(sjekk)
    return sjekk


def noe_hindrer_sletting(sak: Sak) -> bool:
    """Tell whether a package above has something in the way of deleting the case."""
    try:
        for sjekk in _hindringer:
            sjekk(sak)
    except DomainError:
        return True
    return False


def slett(sak: Sak, *, av: User) -> None:
    """Delete a case that was registered by mistake, and with it its key and what was kept of its forms.

    Not where something has been given, while it is held back, or while `hindrer_sletting` says no.
    """
    require(av, Rettighet.SAK_REGISTRER, sak)
    laas_sak(sak)
    ingenting_gitt(sak.henvisninger)
    if sak.holdes_til is not None and sak.holdes_til >= i_dag():
        raise HoldesTilbake
    for sjekk in _hindringer:
        sjekk(sak)
    for henvisning in sak.henvisninger:
        audit.record(Hva.HENVISNING_SLETTET, av=av, gjelder=Ting("henvisning", henvisning.id, sak.enhet_id))
    audit.record(Hva.SAK_SLETTET, av=av, gjelder=ting(sak))
    glem_skjemaer([sak.id])
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


def ingenting_gitt(henvisninger: Collection[Henvisning]) -> None:
    """Raise NoeErGitt where something has been given to one of these."""
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


def meld_fra(
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


def skriv_hendelse(
    sak: Sak, slag: str, felt: str | None, fra: str | None, til: str | None, grunn: Rettegrunn | None, *, av: User
) -> None:
    """A line of the case's history; `felt` is what was changed, `fra` and `til` codes and never content."""
    db.session.add(
        Sakshendelse(
            sak_id=sak.id, user_id=av.id, slag=slag, felt=felt, fra=fra, til=til, grunn=grunn.value if grunn else None
        )
    )


def beroer(sak: Sak) -> None:
    """Count the case's version up although only rows under it changed: two pages open at once must notice."""
    flag_modified(sak, "i_maalgruppe")


def ting(sak: Sak) -> Ting:
    """The case as the trail names it."""
    return Ting("sak", sak.id, sak.enhet_id)


def koder(koder: Collection[str]) -> str:
    """Codes as a history line holds them; a tuple keeps its order."""
    return ",".join(koder if isinstance(koder, tuple) else sorted(koder))


def _janei(verdi: bool) -> str:
    return "ja" if verdi else "nei"
