"""Makes things for tests, through the same services that people use."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from koordinering import crypto
from koordinering.db import db, i_dag, transaction
from koordinering.saker import services as saker
from koordinering.saker.models import Aapning, Sak
from koordinering.saker.rules.behov import Behov, Grunnlag, JaNeiVetIkke, SamtykkeFra, Samtykkemaate, Spurt
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.samtykke import foerste, hvem_kan_samtykke
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.models import Kortaar, Tilbud, Tiltak
from koordinering.tiltak.queries import valgte
from koordinering.tiltak.rules import Aktivitet, Tilbudsopplysninger
from koordinering.tiltak.utstyr import services as utstyrsbanken
from koordinering.tiltak.utstyr.models import Utlaan, Utstyrsenhet
from koordinering.tiltak.utstyr.rules.tilstander import Kategori, Tilstand
from koordinering.users import User, kommune

NUMRE = ("01911599968", "41911599951")
"""Valid synthetic numbers: one ordinary, one D-number (STACK.md)."""

ALLE_ROLLER = (
    "nav1",
    "helse1",
    "kultur1",
    "kulturskole1",
    "inkludering1",
    "godkjenner1",
    "fretex1",
    "moeteplass1",
    "tiltak1",
    "koordinator1",
    "navleder1",
    "system1",
    "ombud1",
)
"""One user name for each role, and one HENVISER for each of the three services."""


def bruker(brukernavn: str) -> User:
    """One of the cast, by user name."""
    return db.session.scalars(select(User).where(User.brukernavn == brukernavn)).one()


def barn(foedselsaar: int | None = None, *, nummer: str | None = None, **felt: Any) -> saker.NyttBarn:
    """A child of ten, unless told; with the blind index of a number where one is given."""
    return saker.NyttBarn(
        foedselsaar=foedselsaar or i_dag().year - 10,
        deltar=felt.pop("deltar", JaNeiVetIkke.NEI),
        spurt=felt.pop("spurt", Spurt.JA),
        oensker=felt.pop("oensker", (Aktivitet.FOTBALL,)),
        blindindeks=crypto.blindindeks(crypto.gjeldende(), nummer) if nummer else None,
        **felt,
    )


def samtykke(mottaker_id: str, fra: SamtykkeFra = SamtykkeFra.FORESATT) -> saker.NyttGrunnlag:
    """A written consent for one receiving unit, from the guardian unless told."""
    return saker.NyttGrunnlag(
        mottaker_id=mottaker_id, grunnlag=Grunnlag.SAMTYKKE, maate=Samtykkemaate.SKRIFTLIG, fra=fra
    )


def _samtykker(
    til: Sequence[str], barna: Sequence[saker.NyttBarn], henvisninger: Sequence[saker.NyHenvisning]
) -> tuple[saker.NyttGrunnlag, ...]:
    """A consent for each unit, from a guardian where one can give it."""
    tiltak = valgte(db.session.scalars(select(Tiltak.id)).all())
    foedt = [b.foedselsaar for b in barna]
    kan = {
        m: hvem_kan_samtykke(saker.gjelder(m, henvisninger, foedt, tiltak), i_dag().year, kommune().samtykkealder)
        for m in til
    }
    return tuple(samtykke(m, foerste(kan[m])) for m in til)


def sak(
    av: User,
    *,
    barna: Sequence[saker.NyttBarn] | None = None,
    tiltak: Sequence[tuple[str, int | None]] = (("4a-3", 0),),
    utkast: bool = False,
    samtykker: Sequence[str] | None = None,
    **felt: Any,
) -> Sak:
    """A family registered by this user, with referrals sent with consent to whoever receives them."""
    enhet = av.gjeldende[0].enhet_id
    mottakere = {t.mottaker_id for t in db.session.scalars(select(Tiltak).where(Tiltak.id.in_([t for t, _ in tiltak])))}
    til = sorted({m for m in mottakere if m and m != enhet}) if samtykker is None else samtykker
    alle, henvisninger = tuple(barna or (barn(),)), tuple(saker.NyHenvisning(id_, nr) for id_, nr in tiltak)
    kommando = saker.NySak(
        enhet_id=enhet,
        i_maalgruppe=True,
        barn=alle,
        behov=frozenset({Behov.FRITID}),
        henvisninger=henvisninger,
        grunnlag=_samtykker(til, alle, henvisninger),
        utkast=utkast,
        **felt,
    )
    with transaction():
        return db.session.get_one(Sak, saker.registrer(kommando, av=db.session.get_one(User, av.id)))


def grunn(av: User, sak_: Sak, hvorfor: Aapningsgrunn = Aapningsgrunn.FAMILIEN, tekst: str | None = None) -> Aapning:
    """The answer that opens a colleague's case for this user."""
    with transaction():
        return saker.si_hvorfor(sak_, hvorfor, tekst=tekst, av=av)


def tilbud(av: User, *, tiltak_id: str = "4a-3", antall: int = 3, lag: Lag | None = None, **felt: Any) -> Tilbud:
    """An offer of football for six to twelve this season, kept by the user's unit; the club's where one is given."""
    idag = i_dag()
    felt.setdefault("arrangoertekst", None if lag is not None else "Fritidsklubben")
    opplysninger = Tilbudsopplysninger(
        **{
            "lag_id": lag.id if lag is not None else None,
            "aktivitet": Aktivitet.FOTBALL,
            "navn": "Fotball for alle",
            "sted": "Kunstgressbanen",
            "ukedager": "tirsdag og torsdag 17.30",
            "oppmoete": "Møt ved klubbhuset",
            "sesong_fra": idag - timedelta(days=30),
            "sesong_til": idag + timedelta(days=120),
            "alder_fra": 6,
            "alder_til": 12,
            "egenandel_oere": 0,
            "antall": antall,
            **felt,
        }
    )
    with transaction():
        return tiltak.opprett_tilbud(
            db.session.get_one(Tiltak, tiltak_id), opplysninger, av=db.session.get_one(User, av.id)
        )


def kortaar(antall: int = 40, *, aar: int | None = None) -> Kortaar:
    """This year's cards, when they are not there."""
    aar = aar or i_dag().year
    finnes = db.session.scalar(select(Kortaar).where(Kortaar.aar == aar))
    if finnes is not None:
        return finnes
    with transaction():
        return tiltak.opprett_kortaar(db.session.get_one(Tiltak, "4b-2"), aar, antall=antall, av=None)


def utstyr(av: User, *, antall: int = 1, deler: Sequence[str] = (), **felt: Any) -> list[Utstyrsenhet]:
    """Skis of the user's unit, so many of them, with numbers of their own."""
    om = utstyrsbanken.Enhetsopplysninger(
        **{
            "navn": "Langrennsski",
            "kategori": Kategori.LANGRENN,
            "stoerrelse": "150 cm",
            "tilstand": Tilstand.GOD,
            "strekkode": "",
            "deler": tuple(deler),
            **felt,
        }
    )
    with transaction():
        return utstyrsbanken.legg_inn(om, antall, ved=None, av=db.session.get_one(User, av.id))


def utlaan(av: User, *enheter: Utstyrsenhet, telefon: str = "41234567", dager: int = 7) -> list[Utlaan]:
    """These items, lent to this number for so many days."""
    nytt = utstyrsbanken.NyttUtlaan(tuple(en.id for en in enheter), telefon, i_dag() + timedelta(days=dager))
    with transaction():
        return utstyrsbanken.laan_ut(nytt, ved=None, av=db.session.get_one(User, av.id))
