"""Writing in visits to clubs."""

from koordinering import audit
from koordinering.access import enheter, require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import Endret, IngenTilgang, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.rules import Klubbesoeksopplysninger, sjekk_besoek
from koordinering.tiltak.lag.services import velg_lag
from koordinering.users import User


def foer(opplysninger: Klubbesoeksopplysninger, noekkel: int, *, av: User) -> Klubbesoek:
    """Write in a visit of the user's unit.

    `noekkel`: the key that the empty form was given, so that sending it twice makes one visit. Raises UgyldigFelt.
    """
    require(av, Rettighet.KLUBBESOEK_FOER)
    sjekk_besoek(opplysninger, i_dag())
    finnes = db.session.get(Klubbesoek, noekkel)
    if finnes is not None:
        return _den_samme(finnes, av)
    enhet_id = min(enheter(av, Rettighet.KLUBBESOEK_FOER))
    besoek = Klubbesoek(id=noekkel, enhet_id=enhet_id, foert_av=av.id)
    _skriv(besoek, opplysninger)
    db.session.add(besoek)
    db.session.flush()
    audit.record(Hva.KLUBBESOEK_FOERT, av=av, gjelder=_ting(besoek))
    return besoek


def _den_samme(besoek: Klubbesoek, av: User) -> Klubbesoek:
    if besoek.foert_av != av.id:
        raise IngenTilgang
    return besoek


def endre(besoek: Klubbesoek, opplysninger: Klubbesoeksopplysninger, *, versjon: int, av: User) -> None:
    """Change a visit. `versjon`: the one that the user's page showed. Raises Endret, UgyldigFelt."""
    require(av, Rettighet.KLUBBESOEK_FOER, besoek)
    if besoek.versjon != versjon:
        raise Endret
    sjekk_besoek(opplysninger, i_dag())
    _skriv(besoek, opplysninger)
    besoek.endret = now()
    db.session.flush()
    audit.record(Hva.KLUBBESOEK_ENDRET, av=av, gjelder=_ting(besoek))


def _skriv(besoek: Klubbesoek, opplysninger: Klubbesoeksopplysninger) -> None:
    laget = velg_lag(opplysninger.lag_id, naa=besoek.lag_id)
    if laget is None and besoek.lagtekst is None:
        raise UgyldigFelt("lag_id", N_("Velg et lag."))
    if laget is not None:
        besoek.lag, besoek.lagtekst = laget, None
    besoek.dag, besoek.tema, besoek.merknad = opplysninger.dag, opplysninger.tema, opplysninger.merknad


def slett(besoek: Klubbesoek, *, av: User) -> None:
    """Take away a visit that was written in by mistake."""
    require(av, Rettighet.KLUBBESOEK_FOER, besoek)
    audit.record(Hva.KLUBBESOEK_SLETTET, av=av, gjelder=_ting(besoek))
    db.session.delete(besoek)
    db.session.flush()


def _ting(besoek: Klubbesoek) -> Ting:
    return Ting("klubbesoek", besoek.id, besoek.enhet_id)
