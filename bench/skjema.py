"""What is typed and clicked in the bench."""

import random
import re
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from bench.klient import Klient
from koordinering.db import db, i_dag
from koordinering.saker.models import Barn, Sak
from koordinering.saker.queries import Saksfilter
from koordinering.saker.rules.identitetsnummer import syntetisk
from koordinering.saker.samordning.models import Samordning, SamordningBarn
from koordinering.users import User

_SIDE = re.compile(r'href="(/saker\?[^"]*side=[^"]+)"')
FILTRE = (Saksfilter.ENHETEN, Saksfilter.AAPNE, Saksfilter.AVSLUTTEDE)


def nytt_nummer(rng: random.Random) -> str:
    """The number of a made-up child of nine."""
    return syntetisk(rng, date(i_dag().year - 9, rng.randrange(1, 13), rng.randrange(1, 29)))


def familie(nummer: str) -> dict[str, object]:
    """A child with a wish, a measure for it and one for the family, and consent."""
    return {
        "enhet": "nav",
        "egen_referanse": "NAV 2026/17",
        "barn-0-foedselsaar": str(i_dag().year - 9),
        "barn-0-fnr": nummer,
        "barn-0-deltar": "nei",
        "barn-0-spurt": "ja",
        "barn-0-oenske1": "fotball",
        "barn-0-tiltak": "4a-3",
        "i_maalgruppe": "ja",
        "behov": ["fritid", "opplevelse"],
        "tiltak": "4b-12",
        "grunnlag": "samtykke",
        "maate": "skriftlig",
        "fra": "foresatt",
        "opplysninger": ["behov", "oenske", "aldersgruppe", "referanse"],
    }


def foldet(klient: Klient) -> dict[str, object]:
    """What a browser sends of the part that is folded, with a row for each receiving unit: as the page has it."""
    rader = {navn: verdi for navn, verdi in klient.skjemaet("/saker/ny").items() if navn.startswith("mottakere-")}
    numre = {navn.split("-")[1] for navn in rader}
    return {f"mottakere-{nr}-{nedtrekk}": "" for nr in numre for nedtrekk in ("valg", "hjemmel")} | rader


def saker_til_visning(rng: random.Random, antall: int) -> list[tuple[int, str]]:
    """Id and reference of cases that nav1 is responsible for and no coordination reaches (the floor shows none)."""
    samordnet = (
        select(Barn.blindindeks)
        .join(SamordningBarn, SamordningBarn.barn_id == Barn.id)
        .where(Barn.blindindeks.is_not(None))
    )
    query = (
        select(Sak.id, Sak.referanse)
        .join(User, User.id == Sak.ansvarlig_id)
        .where(User.brukernavn == "nav1", Sak.begrenset.is_(None))
        .where(Sak.id.not_in(select(Barn.sak_id).where(Barn.blindindeks.in_(samordnet))))
        .where(Sak.id.not_in(select(Samordning.sak_id)))
        .order_by(Sak.id)
        .limit(2_000)
    )
    alle = [(rad.id, rad.referanse) for rad in db.session.execute(query)]
    db.session.rollback()
    return rng.sample(alle, min(antall, len(alle)))


def listene(klient: Klient) -> Iterator[tuple[str, str]]:
    """Name and address of the first, the next and the last page of each long list; one address where all fits."""
    for filter_ in FILTRE:
        foerste = f"/saker?filter={filter_}"
        lenker = [
            lenke
            for en in _SIDE.findall(klient.se(foerste).get_data(as_text=True))
            if not (lenke := en.replace("&amp;", "&")).endswith(".")  # another page size
        ]
        adresser = (foerste, *(lenker[:1] or [foerste]), *(lenker[-1:] or [foerste]))
        for side, adresse in zip(("første", "neste", "siste"), adresser, strict=True):
            yield f"liste {filter_}, {side} side", adresse
