"""Writing in who came, correcting it, and keeping the list of open offers."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import ConfigError, Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.foering.rules import Foert, Rettegrunn, Tallendring, flett, krev_grunn, sjekk_tall
from koordinering.tiltak.models import Tiltak, TiltakAnsvar
from koordinering.tiltak.moeteplass import queries
from koordinering.tiltak.moeteplass.models import Moeteplass, Moeteplassgruppe, Moeteplassretting, Moeteplasstall
from koordinering.tiltak.moeteplass.rules import (
    Moeteplassopplysninger,
    Ukedag,
    fyll_ut,
    sjekk_dag,
    sjekk_moeteplass,
)
from koordinering.users import Enhet, User

FIL = Path(__file__).parents[2] / "data" / "moeteplasser.yaml"


def foer(
    moeteplass: Moeteplass, dag: date, nye: Foert, *, vist: Foert, grunn: Rettegrunn | None = None, av: User
) -> bool:
    """Write in how many came on a day, by age group, or correct it. False when it was so already.

    `vist`: what stood on the user's page. A number that is written in is changed only with a reason, and its
    history is kept. Raises UgyldigFelt, and Endret when somebody else has given it another number meanwhile.
    """
    require(av, Rettighet.MOETEPLASS_FOER, moeteplass)
    sjekk_dag(dag, fra=moeteplass.fra, til=moeteplass.til, i_dag=i_dag())
    rader = queries.dagens(moeteplass, dag, laas=True)
    kjente = {gruppe.id for gruppe in queries.dagens_grupper(moeteplass, rader)}
    naa = {gruppe: rader[gruppe].antall if gruppe in rader else None for gruppe in kjente}
    if nye.keys() != kjente:
        raise Endret  # the groups are others than on the user's page
    sjekk_tall(nye)
    # an empty field means what it meant on the page: what somebody else has written since is weighed below
    endringer = flett(vist, naa, fyll_ut(nye, vist))
    krev_grunn(endringer, grunn)
    _skriv(dag, rader, endringer, grunn, av)
    if endringer:
        rettet = any(endring.fra is not None for endring in endringer.values())
        hva = Hva.BESOEK_RETTET if rettet else Hva.BESOEK_FOERT
        audit.record(hva, av=av, gjelder=_ting(moeteplass), detalj=dag.isoformat())
    return bool(endringer)


def fjern(moeteplass: Moeteplass, dag: date, *, av: User) -> None:
    """The day was written in by mistake: it is empty again, and the history tells what stood there."""
    require(av, Rettighet.MOETEPLASS_FOER, moeteplass)
    rader = queries.dagens(moeteplass, dag, laas=True)
    endringer = {id_: Tallendring(rad.antall, None) for id_, rad in rader.items() if rad.antall is not None}
    _skriv(dag, rader, endringer, Rettegrunn.FEIL_STED, av)
    if endringer:
        audit.record(Hva.BESOEK_RETTET, av=av, gjelder=_ting(moeteplass), detalj=dag.isoformat())


def _ting(moeteplass: Moeteplass) -> Ting:
    return Ting("moeteplass", moeteplass.id, moeteplass.enhet_id)


def _skriv(
    dag: date, rader: dict[int, Moeteplasstall], endringer: dict[int, Tallendring], grunn: Rettegrunn | None, av: User
) -> None:
    for gruppe, endring in endringer.items():
        rad = rader.get(gruppe)
        if rad is None:
            rad = Moeteplasstall(gruppe_id=gruppe, dag=dag, foert_av=av.id)
            db.session.add(rad)
        elif endring.fra is None:
            rad.foert, rad.foert_av = now(), av.id
        else:
            db.session.add(
                Moeteplassretting(tall=rad, user_id=av.id, fra=endring.fra, til=endring.til, grunn=_valgt(grunn))
            )
        rad.antall = endring.til
    try:
        db.session.flush()
    except IntegrityError:
        raise Endret from None  # somebody else wrote the same day in at the same moment


def _valgt(grunn: Rettegrunn | None) -> Rettegrunn:
    if grunn is None:
        raise ValueError("krev_grunn() first")
    return grunn


# --- Which open offers there are --------------------------------------------------------------------------


def opprett(tiltak_id: str, enhet_id: str, opplysninger: Moeteplassopplysninger, *, av: User | None) -> Moeteplass:
    """A new open offer with its age groups. `av` is None for the installation itself. Raises UgyldigFelt."""
    sjekk_moeteplass(opplysninger)
    if tiltak_id not in {tiltak.id for tiltak in queries.moeteplasstiltak()}:
        raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))
    ny = Moeteplass(tiltak_id=tiltak_id, enhet_id=enhet_id)
    if av is not None:
        require(av, Rettighet.MOETEPLASS_ENDRE, ny)
    _sjekk_navn(enhet_id, opplysninger.navn)
    _sett(ny, opplysninger, set())
    db.session.add(ny)
    db.session.flush()
    audit.record(Hva.MOETEPLASS_LAGT_INN, av=av, gjelder=_ting(ny))
    return ny


def endre(
    moeteplass: Moeteplass, enhet_id: str, opplysninger: Moeteplassopplysninger, *, versjon: int, av: User
) -> None:
    """Change an open offer. A renamed age group is a new one; the old keeps its counts and is no longer asked for.

    `versjon`: the one that the user's page showed. Raises Endret when somebody has changed it since, UgyldigFelt.
    """
    require(av, Rettighet.MOETEPLASS_ENDRE, moeteplass)
    if moeteplass.versjon != versjon:
        raise Endret
    sjekk_moeteplass(opplysninger)
    if enhet_id not in {enhet.id for enhet in queries.enheter(av)}:
        raise UgyldigFelt("enhet_id", N_("Velg noe fra listen."))
    _sjekk_navn(enhet_id, opplysninger.navn, moeteplass.id)
    moeteplass.enhet_id, moeteplass.endret = enhet_id, now()
    _sett(moeteplass, opplysninger, _med_tall(moeteplass))
    db.session.flush()
    audit.record(Hva.MOETEPLASS_ENDRET, av=av, gjelder=_ting(moeteplass))


def _sjekk_navn(enhet_id: str, navn: str, egen: int | None = None) -> None:
    if queries.navnet_er_i_bruk(enhet_id, navn, av_andre_enn=egen):
        raise UgyldigFelt("navn", N_("Enheten har alt en møteplass med dette navnet. Se også de avsluttede."))


def _med_tall(moeteplass: Moeteplass) -> set[int]:
    grupper = [gruppe.id for gruppe in moeteplass.grupper]
    query = select(Moeteplasstall.gruppe_id).where(Moeteplasstall.gruppe_id.in_(grupper)).distinct()
    return set(db.session.scalars(query))


def _sett(moeteplass: Moeteplass, opplysninger: Moeteplassopplysninger, med_tall: set[int]) -> None:
    moeteplass.navn, moeteplass.fra, moeteplass.til = opplysninger.navn, opplysninger.fra, opplysninger.til
    moeteplass.ukedager = [dag.value for dag in opplysninger.ukedager]
    kjente = {gruppe.navn: gruppe for gruppe in moeteplass.grupper}
    for orden, navn in enumerate(opplysninger.grupper):
        gruppe = kjente.pop(navn, None)
        if gruppe is None:
            moeteplass.grupper.append(Moeteplassgruppe(navn=navn, orden=orden))
        else:
            gruppe.orden, gruppe.utgaatt = orden, False
    for orden, gruppe in enumerate(kjente.values(), len(opplysninger.grupper)):
        if gruppe.id in med_tall:
            gruppe.orden, gruppe.utgaatt = orden, True
        else:
            moeteplass.grupper.remove(gruppe)


def last_moeteplasser(fil: Path = FIL, *, av: User | None) -> int:
    """Make the open offers of the file where there are none yet. Returns how many were made.

    `av` is None: the installation itself. What the plan does not have as an open offer is passed over. Raises
    ConfigError for a file that says what cannot be.
    """
    if db.session.scalar(select(Moeteplass.id).limit(1)) is not None:
        return 0
    tiltak = {t.id: t for t in queries.moeteplasstiltak()}
    try:
        poster = yaml.safe_load(fil.read_text(encoding="utf-8"))["moeteplasser"]
        lest = [(post["tiltak"], post.get("enhet"), _opplysninger(post)) for post in poster]
        kjente = [post for post in lest if post[0] in tiltak]
        for tiltak_id, enhet, opplysninger in kjente:
            opprett(tiltak_id, enhet or _hovedansvar(tiltak[tiltak_id]), opplysninger, av=av)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, UgyldigFelt) as feil:
        raise ConfigError(f"{fil.name} kan ikke leses: {type(feil).__name__}.") from None
    return len(kjente)


def _opplysninger(post: dict[str, Any]) -> Moeteplassopplysninger:
    return Moeteplassopplysninger(
        navn=str(post["navn"]),
        fra=post.get("fra", date(2014, 1, 1)),
        til=post.get("til"),
        ukedager=tuple(Ukedag(str(dag)) for dag in post["ukedager"]),
        grupper=tuple(str(gruppe) for gruppe in post["grupper"]),
    )


def _hovedansvar(tiltak: Tiltak) -> str:
    query = select(TiltakAnsvar.enhet_id).where(TiltakAnsvar.tiltak_id == tiltak.id)
    return db.session.scalars(
        query.join(Enhet).order_by(TiltakAnsvar.hovedansvar.desc(), TiltakAnsvar.orden, Enhet.id).limit(1)
    ).one()
