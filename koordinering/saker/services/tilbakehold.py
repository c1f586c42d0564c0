"""A case is held back from being deleted until a day, and let go again."""

from datetime import date

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.saker.models import Sak, Sakshendelse
from koordinering.saker.rules.tilbakehold import Holdegrunn, sjekk_til
from koordinering.saker.services.forsegling import aapne, forsegl
from koordinering.saker.services.laas import laas_sak
from koordinering.saker.services.overgang import sjekk_begrunnelse
from koordinering.tekst import N_
from koordinering.users import User


def hold_tilbake(sak: Sak, grunn: Holdegrunn, til: date, *, fritekst: str | None = None, av: User) -> None:
    """Keep the case until this day, whatever its age; said again, the new day and reason hold.

    Raises UgyldigFelt("til", …); UgyldigFelt("fritekst", …): ANNET takes a line of text, and no other reason does; and
    UgyldigFelt("grunn", …) for ANNET in a health unit, where nobody writes free text.
    """
    require(av, Rettighet.SAK_HOLD, sak)
    laas_sak(sak)
    sjekk_til("til", til, i_dag())
    tekst = (fritekst or "").strip()
    if grunn is Holdegrunn.ANNET and sak.enhet.helse:
        raise UgyldigFelt("grunn", N_("Helsestasjonen skriver ikke fri tekst. Velg en annen grunn."))
    if grunn is Holdegrunn.ANNET and not tekst:
        raise UgyldigFelt("fritekst", N_("Skriv kort hvorfor saken holdes tilbake."))
    if tekst:
        sjekk_begrunnelse(grunn.value, tekst, sak.enhet)
    sak.holdes_til, sak.holdegrunn = til, grunn
    sak.holdetekst = forsegl(sak, "holdetekst", tekst) if tekst else None
    _skriv(sak, "holdt", Hva.SAK_HOLDT, til=til.isoformat(), grunn=grunn.value, av=av)


def slipp(sak: Sak, *, av: User) -> None:
    """Let the case go: it is deleted when its time has come. Nothing happens to one that is not held."""
    require(av, Rettighet.SAK_HOLD, sak)
    laas_sak(sak)
    if sak.holdes_til is None:
        return
    sak.holdes_til = sak.holdegrunn = sak.holdetekst = None
    _skriv(sak, "sluppet", Hva.SAK_SLUPPET, til=None, grunn=None, av=av)


def les_holdetekst(sak: Sak) -> str | None:
    """The text beside ANNET, None where there is none or its key has been destroyed."""
    return aapne(sak, "holdetekst")


def _skriv(sak: Sak, slag: str, hva: Hva, *, til: str | None, grunn: str | None, av: User) -> None:
    db.session.add(Sakshendelse(sak_id=sak.id, user_id=av.id, slag=slag, til=til, grunn=grunn))
    audit.record(hva, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id), detalj=grunn)
    db.session.flush()
