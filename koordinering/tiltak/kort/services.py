"""Keeping the card's venues, and writing in the visits that they tell of."""

from dataclasses import asdict

from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.foering.rules import Foert, Rettegrunn, Tallendring, flett, krev_grunn, sjekk_tall
from koordinering.tiltak.kort import queries
from koordinering.tiltak.kort.models import Kortbesoek, Kortbesoekretting, Samarbeidssted
from koordinering.tiltak.kort.rules import Stedsopplysninger, sjekk_maaned, sjekk_sted
from koordinering.users import User


def opprett_sted(tiltak_id: str, opplysninger: Stedsopplysninger, *, av: User) -> Samarbeidssted:
    """A new venue for the card of this measure. Raises UgyldigFelt."""
    require(av, Rettighet.KORT_ENDRE)
    sjekk_sted(opplysninger)
    if tiltak_id not in {tiltak.id for tiltak in tiltaket.korttiltak()}:
        raise UgyldigFelt("tiltak_id", N_("Velg noe fra listen."))
    _sjekk_navn(tiltak_id, opplysninger.navn)
    sted = Samarbeidssted(tiltak_id=tiltak_id, **asdict(opplysninger))
    db.session.add(sted)
    db.session.flush()
    audit.record(Hva.STED_LAGT_INN, av=av, gjelder=Ting("samarbeidssted", sted.id))
    return sted


def endre_sted(sted: Samarbeidssted, opplysninger: Stedsopplysninger, *, versjon: int, av: User) -> None:
    """Change a venue. `versjon`: the one that the user's page showed. Raises Endret, UgyldigFelt."""
    require(av, Rettighet.KORT_ENDRE)
    if sted.versjon != versjon:
        raise Endret
    sjekk_sted(opplysninger)
    _sjekk_navn(sted.tiltak_id, opplysninger.navn, sted.id)
    for felt, verdi in asdict(opplysninger).items():
        setattr(sted, felt, verdi)
    sted.endret = now()
    db.session.flush()
    audit.record(Hva.STED_ENDRET, av=av, gjelder=Ting("samarbeidssted", sted.id))


def _sjekk_navn(tiltak_id: str, navn: str, eget: int | None = None) -> None:
    if queries.navnet_er_i_bruk(tiltak_id, navn, av_andre_enn=eget):
        raise UgyldigFelt("navn", N_("Stedet er alt lagt inn. Se også de avsluttede."))


def foer_maaned(aar: int, maaned: int, nye: Foert, *, vist: Foert, grunn: Rettegrunn | None = None, av: User) -> bool:
    """Write in a month's visits by venue, or correct them. False when it was so already.

    `vist`: what stood on the user's page; an empty field is «not written in». A number that is written in is
    changed only with a reason, and its history is kept. Raises UgyldigFelt, and Endret when somebody else has
    given it another number meanwhile.
    """
    require(av, Rettighet.KORT_ENDRE)
    sjekk_maaned(aar, maaned, i_dag())
    if not nye.keys() <= {sted.id for sted in queries.steder_i(aar, maaned)}:
        raise Endret  # a venue has left the month since the page was made
    rader = queries.maanedens(list(nye), aar, maaned, laas=True)
    sjekk_tall(nye)
    endringer = flett(vist, {id_: rad.antall for id_, rad in rader.items()}, nye)
    krev_grunn(endringer, grunn)
    for sted_id, endring in endringer.items():
        rad = rader.get(sted_id) or Kortbesoek(sted_id=sted_id, aar=aar, maaned=maaned, foert_av=av.id)
        _skriv(rad, endring, grunn, av)
        hva = Hva.BESOEK_FOERT if endring.fra is None else Hva.BESOEK_RETTET
        audit.record(hva, av=av, gjelder=Ting("samarbeidssted", sted_id), detalj=f"{aar}-{maaned:02d}")
    return bool(endringer)


def _skriv(rad: Kortbesoek, endring: Tallendring, grunn: Rettegrunn | None, av: User) -> None:
    if endring.fra is None:
        rad.foert, rad.foert_av = now(), av.id
    elif grunn is not None:
        db.session.add(Kortbesoekretting(besoek=rad, user_id=av.id, fra=endring.fra, til=endring.til, grunn=grunn))
    rad.antall = endring.til
    db.session.add(rad)
    try:
        db.session.flush()
    except IntegrityError:
        raise Endret from None  # somebody else wrote the same month in at the same moment
