"""Need to know: the reason for opening a case outside the own inbox, and the limit on looking up numbers and codes."""

from collections.abc import Collection, Mapping
from datetime import datetime, time

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import OSLO, db, i_dag, tilfeldig_id
from koordinering.errors import UgyldigFelt
from koordinering.konto.rules import OPPSLAG_PER_TIME
from koordinering.konto.services import ta_i_timen
from koordinering.roles import Rettighet
from koordinering.saker.models import Aapning, Sak
from koordinering.saker.rules.innboks import (
    OPPSLAG_PER_DAG,
    Aapningsgrunn,
    ForMangeOppslag,
    ForMangeSoek,
    ForMangeSoekHerfra,
)
from koordinering.saker.rules.registrering import sjekk_fritekst
from koordinering.saker.services.forsegling import aapne_alle, forsegl_for
from koordinering.tekst import N_
from koordinering.users import User

_OPPSLAG = ("nummer", "kode", "registrering")
"""What the trail calls a look-up of a number or a code: a search, and a registration that met the unit's own case."""


def si_hvorfor(sak: Sak, grunn: Aapningsgrunn, *, tekst: str | None = None, av: User) -> Aapning:
    """Say why the case is opened although it is not in the own inbox; holds for GJELDER, for this user alone.

    Raises UgyldigFelt("tekst", …) where ANNET has no explanation, or the explanation can tell who somebody is, and
    UgyldigFelt("grunn", …) for ANNET in a health unit, where nobody writes free text.
    """
    require(av, Rettighet.SAK_LES, sak)
    tekst = (tekst or "").strip() if grunn is Aapningsgrunn.ANNET else ""
    if grunn is Aapningsgrunn.ANNET:
        _sjekk_tekst(sak, tekst)
    aapning = Aapning(id=tilfeldig_id(), sak_id=sak.id, user_id=av.id, grunn=grunn)
    if tekst:
        aapning.tekst = forsegl_for(sak.id, "aapning", "tekst", aapning.id, tekst)
    db.session.add(aapning)
    audit.record(Hva.SAK_GRUNN, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id), detalj=grunn.value)
    db.session.flush()
    return aapning


def _sjekk_tekst(sak: Sak, tekst: str) -> None:
    if sak.enhet.helse:
        raise UgyldigFelt("grunn", N_("Helsestasjonen skriver ikke fri tekst. Velg en annen grunn."))
    if not tekst:
        raise UgyldigFelt("tekst", N_("Skriv kort hvorfor du åpner saken."))
    sjekk_fritekst("tekst", tekst)


def les_tekster(aapninger: Collection[Aapning]) -> Mapping[int, str]:
    """The explanations that were written with ANNET, by opening; those whose key is destroyed are left out."""
    return aapne_alle("aapning", "tekst", [(a.sak_id, a.id, a.tekst) for a in aapninger if a.tekst is not None])


def ta_soek(antall: int = 1, *, av: User, adresse: str | None) -> None:
    """Count a search, by whatever it is, before it is made; in a transaction of its own.

    Raises ForMangeOppslag, with a line in the trail, beyond OPPSLAG_PER_TIME in a clock hour, or when the network is
    full.
    """
    stanset = ta_i_timen("oppslag", OPPSLAG_PER_TIME, av=av, adresse=adresse, antall=antall)
    if stanset is not None:
        audit.record(Hva.OPPSLAG_STANSET, av=av, detalj=stanset or "timen")
        raise ForMangeSoekHerfra if stanset else ForMangeSoek


def sjekk_oppslag(antall: int = 1, *, av: User, adresse: str | None) -> None:
    """Raise ForMangeOppslag when so many more would be over OPPSLAG_PER_DAG numbers or codes today; the trail tells.

    Counts them as searches too, see ta_soek.
    """
    midnatt = datetime.combine(i_dag(), time(), OSLO)
    if audit.antall(av, Hva.SAK_SOEKT, _OPPSLAG, siden=midnatt, inntil=OPPSLAG_PER_DAG) + antall > OPPSLAG_PER_DAG:
        audit.record(Hva.OPPSLAG_STANSET, av=av)
        raise ForMangeOppslag
    ta_soek(antall, av=av, adresse=adresse)
