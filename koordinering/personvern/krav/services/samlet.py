"""A joint answer across units: asked for by the officer, approved part by part, sealed until it is given."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select

from koordinering import audit
from koordinering.access import enheter, require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import UgyldigFelt
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.krav.queries import nye_deler
from koordinering.personvern.krav.rules.dokument import Dokument, pakk, pakk_ut
from koordinering.personvern.krav.rules.frist import (
    SVARFRIST,
    AlleredeFerdig,
    Delgrunn,
    Delsvar,
    FristenErUte,
    IkkeUtpekt,
    Kravslag,
    Sjekk,
    frist,
    sjekk_mottatt,
)
from koordinering.roles import Rettighet
from koordinering.saker.services.forsegling import aapne_alle, forsegl_for
from koordinering.tekst import N_
from koordinering.users import User, kommune

_STED = ("kravdel", "innhold")


def er_utpekt(user: User) -> bool:
    """Whether the user puts joint answers together in the unit that the municipality has named."""
    return kommune().innsyn_enhet_id in enheter(user, Rettighet.KRAV_SAMLE)


def utpekt(user: User) -> str:
    """The unit in which the user puts joint answers together. Raises IkkeUtpekt when it is not the named one."""
    require(user, Rettighet.KRAV_SAMLE)
    enhet_id = kommune().innsyn_enhet_id
    if enhet_id is None or enhet_id not in enheter(user, Rettighet.KRAV_SAMLE):
        raise IkkeUtpekt
    return enhet_id


def be_om_deler(
    krav_id: int,
    referanser: Sequence[str],
    indekser: Sequence[bytes],
    mottatt: date,
    sjekket: Collection[Sjekk],
    *,
    av: User,
) -> Krav:
    """Register a joint request, and ask each unit that has such a case to approve its part.

    Tells nothing of how many were asked: answer and work are the same for a family that nobody knows. The same form
    sent twice (`krav_id`) is one request. The trail names no case: each unit's own log does, when it answers.
    """
    enhet_id = utpekt(av)
    finnes = db.session.scalar(select(Krav).where(Krav.id == krav_id, Krav.ansvarlig_id == av.id))
    if finnes is not None:
        return finnes
    sjekk_mottatt("mottatt", mottatt, i_dag())
    for mangler in [s for s in Sjekk if s not in sjekket]:
        raise UgyldigFelt(mangler.value, N_("Dette må være sjekket før tjenestene blir spurt."))
    if not referanser and not indekser:
        raise UgyldigFelt("referanser", N_("Skriv minst én referanse eller ett nummer."))
    krav = Krav(
        id=krav_id,
        slag=Kravslag.SAMLET,
        enhet_id=enhet_id,
        mottatt=mottatt,
        frist=frist(mottatt),
        svarfrist=now() + SVARFRIST,
        sjekket=sorted(s.value for s in sjekket),
        ansvarlig_id=av.id,
    )
    db.session.add(krav)
    db.session.flush()
    db.session.execute(nye_deler(krav.id, referanser, indekser))
    audit.record(Hva.KRAV_REGISTRERT, av=av, gjelder=Ting("krav", krav.id, enhet_id), detalj=Kravslag.SAMLET.value)
    db.session.flush()
    return krav


def svar_for_del(
    del_: Kravdel, svar: Delsvar, grunn: Delgrunn | None = None, *, dokument: Dokument | None = None, av: User
) -> None:
    """Approve the unit's part as `dokument` has it at this moment, or say that it is not to be in the answer, and why.

    Raises AlleredeFerdig for the second answer, FristenErUte when the units' time is out.
    """
    require(av, Rettighet.KRAV_GODKJENN, del_)
    db.session.refresh(del_, with_for_update={"of": Kravdel})
    if del_.svar is not None:
        raise AlleredeFerdig
    if del_.krav.ferdig is not None or del_.krav.svarfrist is None or del_.krav.svarfrist <= now():
        raise FristenErUte
    if svar is Delsvar.AVVIST and grunn is None:
        raise UgyldigFelt("grunn", N_("Velg hvorfor delen ikke skal være med."))
    del_.svar, del_.svart, del_.svart_av = svar, now(), av.id
    if svar is Delsvar.GODKJENT:
        if dokument is None:
            raise ValueError("an approved part has its document")
        del_.innhold = forsegl_for(del_.sak_id, *_STED, del_.id, pakk(dokument))
    else:
        del_.grunn = grunn
    hva = Hva.DEL_GODKJENT if svar is Delsvar.GODKJENT else Hva.DEL_AVVIST
    audit.record(hva, av=av, gjelder=Ting("sak", del_.sak_id, del_.enhet_id), detalj=grunn.value if grunn else None)
    db.session.flush()


def les_del(del_: Kravdel) -> Dokument | None:
    """The part as it was approved; None when it is emptied, or its key is destroyed."""
    if del_.innhold is None:
        return None
    tekst = aapne_alle(*_STED, [(del_.sak_id, del_.id, del_.innhold)]).get(del_.id)
    return None if tekst is None else pakk_ut(tekst)
