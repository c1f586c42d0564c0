"""Writing in activities, and keeping what the plan asks of them."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import yaml
from sqlalchemy import delete, select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now, transaction
from koordinering.errors import Endret, IngenTilgang, UgyldigFelt
from koordinering.plan.aktiviteter import queries
from koordinering.plan.aktiviteter.models import Aktivitet, Plankrav
from koordinering.plan.aktiviteter.rules import Aktivitetsopplysninger, Aktivitetsslag, Per, sjekk_aktivitet
from koordinering.plan.organer.models import Organ
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak, TiltakAnsvar
from koordinering.users import User, kommune

ANGREFRIST = timedelta(days=1)
"""How long an activity that was taken away can be had back."""

_KRAVENE = Path(__file__).parents[2] / "data" / "plankrav.yaml"
MAKS_KRAV = 99


def foer(opplysninger: Aktivitetsopplysninger, noekkel: int, *, av: User) -> Aktivitet:
    """Write in an activity.

    `noekkel`: the key that the empty form was given, so that sending it twice makes one. Raises UgyldigFelt.
    """
    require(av, Rettighet.AKTIVITET_FOER)
    tiltak = _krev_riktig(opplysninger, None, av)
    finnes = db.session.get(Aktivitet, noekkel)
    if finnes is not None:
        return _den_samme(finnes, av)
    rad = Aktivitet(id=noekkel, foert_av=av.id, enhet_id=_hos(tiltak, av))
    _skriv(rad, opplysninger)
    db.session.add(rad)
    db.session.flush()
    audit.record(Hva.AKTIVITET_FOERT, av=av, gjelder=_ting(rad))
    return rad


def _den_samme(rad: Aktivitet, av: User) -> Aktivitet:
    if rad.foert_av != av.id:
        raise IngenTilgang
    return rad


def _krev_riktig(opplysninger: Aktivitetsopplysninger, naa: str | None, av: User) -> Tiltak:
    sjekk_aktivitet(opplysninger, i_dag(), kommune().terskel)
    for tiltak in queries.tiltak(av, ogsaa=naa):
        if tiltak.id == opplysninger.tiltak_id:
            return tiltak
    raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))


def _hos(tiltak: Tiltak, av: User) -> str:
    """The unit that keeps it: the user's own where it answers for the measure, else the one that mainly does."""
    egne = {r.enhet_id for r in av.gjeldende}
    query = select(TiltakAnsvar).where(TiltakAnsvar.tiltak_id == tiltak.id).order_by(TiltakAnsvar.orden)
    ansvar = db.session.scalars(query).all()
    if not ansvar:
        raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))
    return min(ansvar, key=lambda a: (a.enhet_id not in egne, not a.hovedansvar, a.orden)).enhet_id


def endre(rad: Aktivitet, opplysninger: Aktivitetsopplysninger, *, versjon: int, av: User) -> None:
    """Correct an activity. `versjon`: the one that the user's page showed. Raises Endret, UgyldigFelt."""
    require(av, Rettighet.AKTIVITET_FOER, rad)
    if rad.versjon != versjon:
        raise Endret
    with db.session.no_autoflush:
        _krev_riktig(opplysninger, rad.tiltak_id, av)
        _skriv(rad, opplysninger)
    rad.endret = now()
    db.session.flush()
    audit.record(Hva.AKTIVITET_ENDRET, av=av, gjelder=_ting(rad))


def _skriv(rad: Aktivitet, opplysninger: Aktivitetsopplysninger) -> None:
    rad.dag, rad.slag, rad.tema = opplysninger.dag, opplysninger.slag, opplysninger.tema.strip()
    rad.antall, rad.tiltak_id = opplysninger.antall, opplysninger.tiltak_id
    rad.organer = list(db.session.scalars(select(Organ).where(Organ.id.in_(sorted(opplysninger.organer)))))


def slett(rad: Aktivitet, *, av: User) -> None:
    """Take an activity away; for a day it can be had back."""
    require(av, Rettighet.AKTIVITET_FOER, rad)
    rad.slettet = now()
    db.session.flush()
    audit.record(Hva.AKTIVITET_SLETTET, av=av, gjelder=_ting(rad))


def angre(rad: Aktivitet, *, av: User) -> None:
    """Have back one that was taken away."""
    require(av, Rettighet.AKTIVITET_FOER, rad)
    rad.slettet = None
    db.session.flush()
    audit.record(Hva.AKTIVITET_ANGRET, av=av, gjelder=_ting(rad))


def rydd_aktiviteter() -> None:
    """Once an hour: what was taken away more than a day ago is gone for good."""
    with transaction() as session:
        session.execute(delete(Aktivitet).where(Aktivitet.slettet < now() - ANGREFRIST))


def legg_til_krav(tiltak_id: str, slag: Aktivitetsslag, antall: int, per: Per, *, av: User) -> Plankrav:
    """Say that the plan asks for so many activities of a kind in a measure. Raises UgyldigFelt."""
    require(av, Rettighet.EVALUERING_STYR)
    if not 1 <= antall <= MAKS_KRAV:
        raise UgyldigFelt("antall", N_("Skriv et helt tall fra 1 til 99."))
    tiltak = db.session.get(Tiltak, tiltak_id)
    if tiltak is None or tiltak.utgaatt:
        raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))
    if any(k.tiltak_id == tiltak_id and k.slag is slag for k in queries.kravene(av)):
        raise UgyldigFelt("slag", N_("Det står et krav om dette i tiltaket fra før. Ta det bort først."))
    krav = Plankrav(tiltak_id=tiltak_id, slag=slag, antall=antall, per=per)
    db.session.add(krav)
    db.session.flush()
    audit.record(Hva.PLANKRAV_ENDRET, av=av, gjelder=Ting("plankrav", krav.id), detalj="lagt_til")
    return krav


def slett_krav(krav: Plankrav, *, av: User) -> None:
    """The plan does not ask for it any more."""
    require(av, Rettighet.EVALUERING_STYR)
    audit.record(Hva.PLANKRAV_ENDRET, av=av, gjelder=Ting("plankrav", krav.id), detalj="slettet")
    db.session.delete(krav)
    db.session.flush()


def fyll_krav(*, av: User | None) -> None:
    """After a plan is loaded: what we know that its words ask for. `av` is None: whoever owns the installation.

    The list that is shipped names measures by their words, so that another plan with the same numbers gets none
    of it. A measure that has a demand already is left as the coordinator has it.
    """
    if av is not None:
        require(av, Rettighet.EVALUERING_STYR)
    har = set(db.session.scalars(select(Plankrav.tiltak_id)))
    etter_navn = {en.navn: en.id for en in db.session.scalars(select(Tiltak).where(~Tiltak.utgaatt))}
    for post in _kjente_krav():
        tiltak_id = etter_navn.get(post["navn"])
        if tiltak_id is not None and tiltak_id not in har:
            slag, per = Aktivitetsslag(post["slag"]), Per(post["per"])
            db.session.add(Plankrav(tiltak_id=tiltak_id, slag=slag, antall=int(post["antall"]), per=per))
    db.session.flush()


def _kjente_krav() -> Iterable[dict[str, str]]:
    rot = yaml.safe_load(_KRAVENE.read_text(encoding="utf-8"))
    krav: list[dict[str, str]] = rot["krav"]
    return krav


def _ting(rad: Aktivitet) -> Ting:
    return Ting("aktivitet", rad.id, rad.enhet_id)
