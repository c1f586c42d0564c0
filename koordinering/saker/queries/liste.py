"""«Mine saker»: the named filters, their pages and how many stand under each."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType

from sqlalchemy import Select, bindparam, select

from koordinering.access import enheter
from koordinering.kolonnetyper import HELTALL
from koordinering.roles import Rettighet
from koordinering.saker.models import Sak, Saksmerke
from koordinering.saker.queries.rader import SAKER, Saksrad, les_saker
from koordinering.saker.rules.merker import Merke
from koordinering.setning import Setning
from koordinering.sider import Liste, Side, hent_fast_side, tellbar
from koordinering.tekst import N_, Kode
from koordinering.users import User


class Saksfilter(Kode):
    """The named filters of «Mine saker»."""

    MINE = "mine", N_("Mine saker")
    ENHETEN = "enheten", N_("Hele enheten")
    UTKAST = "utkast", N_("Utkast")
    SAMTYKKE = "samtykke", N_("Venter på samtykke")
    SPOERSMAAL = "spoersmaal", N_("Spørsmål fra mottaker")
    BESKJED = "beskjed", N_("Gi beskjed til familien")
    TILBUD = "tilbud", N_("Tilbud å svare på")
    AAPNE = "aapne", N_("Åpne")
    AVSLUTTEDE = "avsluttede", N_("Avsluttede")


_MERKER: Mapping[Saksfilter, Merke] = MappingProxyType(
    {Saksfilter(en.value): en for en in Merke if en is not Merke.TOM}
)
"""The filters that ask about the referrals; the others ask about the case alone."""

VENTENDE = (Saksfilter.UTKAST, Saksfilter.SAMTYKKE, Saksfilter.SPOERSMAAL, Saksfilter.BESKJED, Saksfilter.TILBUD)
"""What waits for the unit itself, and so has a count beside it."""


def merkede(user: User, filter_: Saksfilter, rettighet: Rettighet = Rettighet.SAK_LES) -> list[Select[int]]:
    """Ids of what stands under a filter that has a mark, a part for each of the user's units, as the index has them."""
    return _merkede(enheter(user, rettighet), filter_)


def _merkede(enhetene: Collection[str], filter_: Saksfilter) -> list[Select[int]]:
    merke = _MERKER[filter_]
    return [
        select(Saksmerke.sak_id).where(Saksmerke.enhet_id == enhet, Saksmerke.merke == merke)
        for enhet in sorted(enhetene)
    ]


def antall_som_venter(user: User) -> Mapping[Saksfilter, int]:
    """How many of the unit's cases stand under each filter of what waits, up to TELLES_TIL + 1. One query."""
    talt = _ventende(frozenset(enheter(user, Rettighet.SAK_LES))).alle()
    return dict(zip(VENTENDE, talt[0], strict=True))


@lru_cache(maxsize=64)
def _ventende(enhetene: frozenset[str]) -> Setning[*tuple[int, ...]]:
    return Setning(select(*(tellbar(*_merkede(enhetene, filter_)) for filter_ in VENTENDE)))


def side(user: User, filter_: Saksfilter, noekkel: str = "") -> Side[Saksrad]:
    """A page of the cases that the user may see, newest first; four queries, whatever the page holds."""
    enhetene = frozenset(enheter(user, Rettighet.SAK_LES))
    return hent_fast_side(_listen, (filter_, enhetene), les_saker, verdier={"user": user.id}, noekkel=noekkel)


def _listen(filter_: Saksfilter, enhetene: frozenset[str]) -> Liste:
    orden = (Sak.opprettet, Sak.id)
    if filter_ in _MERKER:
        merket = (Saksmerke.opprettet, Saksmerke.sak_id)
        return Liste(SAKER, orden, _merkede(enhetene, filter_), synkende=True, delorden=merket)
    mine = (Sak.ansvarlig_id == bindparam("user", type_=HELTALL),) if filter_ is Saksfilter.MINE else ()
    deler = [select(Sak.id).where(Sak.enhet_id == enhet, Sak.begrenset.is_(None), *mine) for enhet in sorted(enhetene)]
    return Liste(SAKER, orden, deler, synkende=True)
