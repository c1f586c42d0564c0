"""What the tests type: families for the registering page, and commands for the services."""

import random
from datetime import date, timedelta
from typing import Any

from koordinering import crypto
from koordinering.db import db, i_dag, transaction
from koordinering.saker import services
from koordinering.saker.models import Sak
from koordinering.saker.rules.behov import STANDARD_OPPLYSNINGER, Grunnlag, SamtykkeFra, Samtykkemaate
from koordinering.saker.rules.identitetsnummer import syntetisk
from koordinering.saker.services import NyHenvisning, NySak, NyttBarn, NyttGrunnlag
from koordinering.users import User

AAR = i_dag().year
_rng = random.Random(20260101)  # noqa: S311 - repeatable test numbers


_gitt: set[str] = set()


def nummer(foedt: date | None = None) -> str:
    """A synthetic number that no other call gives; of a child that is ten this year unless told."""
    while (nytt := syntetisk(_rng, foedt or date(AAR - 10, 1, 1) + timedelta(days=_rng.randrange(365)))) in _gitt:
        pass
    _gitt.add(nytt)
    return nytt


def utfylt(enhet: str = "nav", barn: int = 1, **felter: Any) -> dict[str, Any]:
    """The registering page filled in for a family with one measure in the unit itself.

    A child with a number is of the year that the number tells, unless another is said.
    """
    data: dict[str, Any] = {"enhet": enhet, "i_maalgruppe": "ja", "behov": ["fritid"], "tiltak": ["4b-2"]}
    data["opplysninger"] = [o.value for o in STANDARD_OPPLYSNINGER]
    for nr in range(barn):
        fnr = felter.get(f"barn_{nr}_fnr", "").strip()
        aar = 2000 + int(fnr[4:6]) if fnr[4:6].isdigit() else AAR - 10 - nr
        data |= {f"barn-{nr}-foedselsaar": str(aar), f"barn-{nr}-deltar": "nei", f"barn-{nr}-spurt": "ja"}
    return data | {_feltnavn(navn): verdi for navn, verdi in felter.items()}


def _feltnavn(navn: str) -> str:
    """barn_0_fnr is written barn-0-fnr on the page."""
    deler = navn.split("_", 2)
    return "-".join(deler) if deler[0] == "barn" and deler[1:2] != [] and deler[1].isdigit() else navn


def samtykke(mottaker: str) -> NyttGrunnlag:
    """An oral consent from a guardian."""
    return NyttGrunnlag(mottaker, Grunnlag.SAMTYKKE, maate=Samtykkemaate.MUNTLIG, fra=SamtykkeFra.FORESATT)


def indeks(nummer_: str) -> bytes:
    """What the product keeps of a number."""
    return crypto.blindindeks(crypto.gjeldende(), nummer_)


def kommando(enhet: str = "nav", **felter: Any) -> NySak:
    """A family with one ten-year-old and the card."""
    valg: dict[str, Any] = {
        "enhet_id": enhet,
        "i_maalgruppe": True,
        "barn": (NyttBarn(AAR - 10),),
        "henvisninger": (NyHenvisning("4b-2"),),
        "grunnlag": () if enhet == "nav" else (samtykke("nav"),),
    }
    return NySak(**(valg | felter))


def registrert(user: User, enhet: str = "nav", **felter: Any) -> Sak:
    """A case made through the service; read back after the transaction."""
    with transaction():
        sak_id = services.registrer(kommando(enhet, **felter), av=user)
    return db.session.get_one(Sak, sak_id)


def friplass(user: User, *, enhet: str = "nav", med_samtykke: bool = True, barn: NyttBarn | None = None) -> Sak:
    """A case with one child referred to a free place at another unit."""
    return registrert(
        user,
        enhet,
        barn=(barn or NyttBarn(AAR - 10),),
        henvisninger=(NyHenvisning("4a-3", 0),),
        grunnlag=(samtykke("inkluderingskonsulent"),) if med_samtykke else (),
    )
