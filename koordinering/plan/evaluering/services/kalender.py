"""Addresses of the calendar: made, shown once, and taken back."""

import secrets

from koordinering import audit, crypto, fritekst
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import UgyldigFelt
from koordinering.plan.evaluering.models import Kalenderlenke
from koordinering.plan.organer.models import Organ
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import User

MAKS_NAVN = 80


def lag_lenke(navn: str, organ_id: int | None, *, av: User) -> str:
    """Make an address and give its secret, which is shown this once and not kept. Raises UgyldigFelt."""
    require(av, Rettighet.EVALUERING_STYR)
    rent = " ".join(navn.split())
    if not rent or len(rent) > MAKS_NAVN:
        raise UgyldigFelt("navn", N_("Skriv hvem som skal bruke adressen, med høyst 80 tegn."))
    fritekst.sjekk("navn", rent)
    if organ_id is not None and db.session.get(Organ, organ_id) is None:
        raise UgyldigFelt("organ", N_("Velg noe fra listen."))
    token = secrets.token_urlsafe(32)
    lenke = Kalenderlenke(hash=crypto.token_hash(token), navn=rent, organ_id=organ_id)
    db.session.add(lenke)
    db.session.flush()
    audit.record(Hva.KALENDER_LAGET, av=av, gjelder=Ting("kalender", lenke.id))
    return token


def trekk_lenke(lenke: Kalenderlenke, *, av: User) -> None:
    """Take an address back: from now on it is no address at all."""
    require(av, Rettighet.EVALUERING_STYR)
    audit.record(Hva.KALENDER_TRUKKET, av=av, gjelder=Ting("kalender", lenke.id))
    db.session.delete(lenke)
    db.session.flush()
