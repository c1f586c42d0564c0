"""Requests about the unit's own cases: registered, moved, carried out, answered."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import enheter, require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now, tilfeldig_id
from koordinering.errors import IngenTilgang, UgyldigFelt
from koordinering.personvern.krav import queries
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.krav.rules.frist import (
    OM_EN_SAK,
    AlleredeFerdig,
    AnnetSlag,
    IkkeBegrenset,
    KanIkkeGjenaapnes,
    Kravgrunn,
    Kravslag,
    KravVenter,
    NyttKravAapent,
    Rettet,
    Utfall,
    Utsettelsesgrunn,
    frist,
    kan_gjenaapnes,
    sjekk_mottatt,
    sjekk_svar,
)
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker import services as sakene
from koordinering.saker.models import Sak
from koordinering.saker.rules.overganger import Gjenaapningsgrunn
from koordinering.saker.samordning import services as samordning
from koordinering.tekst import N_
from koordinering.tildeling import services as tildeling
from koordinering.users import User


def registrer(sak: Sak, slag: Kravslag, mottatt: date, *, av: User) -> Krav:
    """Register that the family asks for something about this case; whoever registers it handles it.

    Raises UgyldigFelt, also where the same kind is open already.
    """
    if sak.enhet_id not in enheter(av, Rettighet.KRAV_BEHANDLE):  # a locked case hides itself from require()
        raise IngenTilgang
    sjekk_mottatt("mottatt", mottatt, i_dag())
    if slag not in OM_EN_SAK:
        raise UgyldigFelt("slag", N_("Velg noe fra listen."))
    krav = Krav(
        id=tilfeldig_id(),
        slag=slag,
        enhet_id=sak.enhet_id,
        sak_id=sak.id,
        mottatt=mottatt,
        frist=frist(mottatt),
        ansvarlig_id=av.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(krav)
    except IntegrityError:
        raise UgyldigFelt("slag", N_("Saken har allerede et åpent krav av dette slaget.")) from None
    _noter(Hva.KRAV_REGISTRERT, krav, slag.value, av)
    return krav


def _laas(krav: Krav, av: User) -> None:
    """Stop who may not, take the request alone, and stop where it is answered already."""
    require(av, Rettighet.KRAV_SAMLE if krav.slag is Kravslag.SAMLET else Rettighet.KRAV_BEHANDLE, krav)
    db.session.refresh(krav, with_for_update={"of": Krav})
    if krav.ferdig is not None:
        raise AlleredeFerdig


def utsett(krav: Krav, grunn: Utsettelsesgrunn, *, av: User) -> None:
    """Move the deadline, once, to UTSATT_FRIST after it was received."""
    _laas(krav, av)
    if krav.utsatt is not None:
        raise UgyldigFelt("grunn", N_("Fristen er allerede utsatt, og kan bare utsettes én gang."))
    if krav.frist < i_dag():
        raise UgyldigFelt("grunn", N_("Fristen er ute. Familien må få beskjed om utsettelsen før fristen."))
    krav.utsatt, krav.frist = grunn, frist(krav.mottatt, utsatt=True)
    _noter(Hva.KRAV_UTSATT, krav, grunn.value, av)


def ferdig(
    krav: Krav, utfall: Utfall, grunn: Kravgrunn | None = None, rettet: Collection[Rettet] = (), *, av: User
) -> None:
    """Close the request with what came of it. Raises UgyldigFelt for what does not answer it."""
    _laas(krav, av)
    sjekk_svar(krav.slag, utfall, grunn, frozenset(rettet))
    if krav.svarfrist is not None and krav.svarfrist > now() and utfall in {Utfall.IMOETEKOMMET, Utfall.DELVIS}:
        raise UgyldigFelt("utfall", N_("Enhetene har fortsatt tid til å godkjenne delene sine."))
    _svar(krav, utfall, grunn if utfall is not Utfall.IMOETEKOMMET else None, rettet, av)


def _svar(krav: Krav, utfall: Utfall, grunn: Kravgrunn | None, rettet: Collection[Rettet], av: User) -> None:
    krav.ferdig, krav.utfall, krav.grunn = i_dag(), utfall, grunn
    krav.rettet = sorted(r.value for r in rettet)
    if krav.slag is Kravslag.SAMLET:  # the answer is given: the copies have done their work
        db.session.execute(update(Kravdel).where(Kravdel.krav_id == krav.id).values(innhold=None))
    _noter(Hva.KRAV_FERDIG, krav, utfall.value, av)


def gjenaapne(krav: Krav, grunn: Gjenaapningsgrunn, *, av: User) -> None:
    """Take the answer back, with a reason: the request is open again, due when it was. What was answered is logged.

    Raises KanIkkeGjenaapnes where the answer did something or the case is gone, NyttKravAapent for a newer one.
    """
    require(av, Rettighet.KRAV_BEHANDLE, krav)
    db.session.refresh(krav, with_for_update={"of": Krav})
    if krav.sak_id is None or not kan_gjenaapnes(krav.slag, krav.utfall):
        raise KanIkkeGjenaapnes
    try:
        with db.session.begin_nested():
            krav.ferdig = krav.utfall = krav.grunn = None
            krav.rettet = []
    except IntegrityError:  # uq_krav_aapent
        raise NyttKravAapent from None
    _noter(Hva.KRAV_GJENAAPNET, krav, grunn.value, av)


@sakene.hindrer_sletting
def _krev_besvart(sak: Sak) -> None:
    """A case is not deleted as a slip while a request about it, or its part of a joint answer, is open."""
    if queries.venter_paa_svar(sak):
        raise KravVenter


def slett_saken(krav: Krav, sak: Sak, *, av: User) -> Utfall:
    """Erase the case, all of it where nothing has been given, else all but the bare facts (art. 17(3)).

    Tells which: IMOETEKOMMET or DELVIS. Raises IngenTilgang for who may not delete cases, and while it is locked.
    """
    _krev(krav, sak, Kravslag.SLETTING, av)
    require(av, Rettighet.SAK_REGISTRER, sak)
    if sakene.kan_slettes(saker.henvisninger(sak)):
        krav.sak_id = None
        _svar(krav, Utfall.IMOETEKOMMET, None, (), av)
        db.session.execute(update(Krav).where(Krav.sak_id == sak.id).values(sak_id=None))
        db.session.execute(delete(Kravdel).where(Kravdel.sak_id == sak.id))
        sakene.slett(sak, av=av)
        return Utfall.IMOETEKOMMET
    toem_saken(sak, av=av)
    _svar(krav, Utfall.DELVIS, Kravgrunn.LOVPAALAGT, (), av)
    return Utfall.DELVIS


def toem_saken(sak: Sak, *, av: User | None) -> None:
    """Erase all that the case holds but the bare facts of what was given. `av` None is the installation itself."""
    sakene.toem(sak, av=av)
    samordning.glem(sak.id)
    tildeling.glem(sak.id)
    db.session.execute(delete(Kravdel).where(Kravdel.sak_id == sak.id))


def begrens(krav: Krav, sak: Sak, *, av: User) -> None:
    """Lock the case, and answer the request with it. The lock stands until opphev."""
    _krev(krav, sak, Kravslag.BEGRENSNING, av)
    sakene.begrens(sak, av=av)
    _svar(krav, Utfall.IMOETEKOMMET, None, (), av)


def opphev(krav: Krav, sak: Sak, *, varslet: bool, av: User) -> None:
    """Open the case again. The family is told before (art. 18(3)); raises UgyldigFelt when it is not said to be."""
    require(av, Rettighet.KRAV_BEHANDLE, krav)
    if not varslet:
        raise UgyldigFelt("varslet", N_("Familien skal ha beskjed før begrensningen oppheves."))
    if krav.sak_id != sak.id:
        raise IngenTilgang
    db.session.refresh(krav, with_for_update={"of": Krav})
    if krav.slag is not Kravslag.BEGRENSNING or krav.opphevet is not None or sak.begrenset is None:
        raise IkkeBegrenset
    sakene.opphev(sak, av=av)
    krav.opphevet = now()
    db.session.flush()


def _krev(krav: Krav, sak: Sak, slag: Kravslag, av: User) -> None:
    _laas(krav, av)
    if krav.sak_id != sak.id:
        raise IngenTilgang
    if krav.slag is not slag:
        raise AnnetSlag


def _noter(hva: Hva, krav: Krav, detalj: str, av: User) -> None:
    audit.record(hva, av=av, gjelder=Ting("krav", krav.id, krav.enhet_id), detalj=detalj)
    db.session.flush()
