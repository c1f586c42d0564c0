"""The rows of «Til enheten»: read as columns, since a list is shown and never changed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, select

from koordinering.db import i_dag
from koordinering.saker.models import Barn, Henvisning, Hjemmel, Sak, Samtykke
from koordinering.saker.queries.rader import Tiltaksnavn
from koordinering.saker.rules.behov import Opplysning
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.samtykke import Varighet, naar, tilstand
from koordinering.setning import Setning
from koordinering.tildeling.queries.innsyn import felter
from koordinering.tildeling.rules import Aldersgruppe, aldersgruppe
from koordinering.tiltak.models import Tiltak


class Kortinnsyn(NamedTuple):
    """As much of Innsyn as a row shows."""

    referanse: str | None
    alder: Aldersgruppe | None


class Innboksrad(NamedTuple):
    """A received referral as its row shows it."""

    id: int
    barn_id: int | None
    status: Status
    sendt: datetime | None
    lodd: int | None
    tiltak: Tiltaksnavn
    innsyn: Kortinnsyn


MOTTATT: Select[*tuple[Any, ...]] = (
    select(
        Henvisning.id,
        Henvisning.barn_id,
        Henvisning.status,
        Henvisning.sendt,
        Henvisning.lodd,
        Henvisning.sak_id,
        Henvisning.mottaker_id,
        Henvisning.sperret,
        Tiltak.kortnavn,
        Sak.referanse,
        Sak.enhet_id,
        Barn.foedselsaar,
    )
    # outer joins, also where there is always one: no database then begins with the measures and walks through them all
    .outerjoin(Henvisning.tiltak)
    .outerjoin(Henvisning.sak)
    .outerjoin(Henvisning.barn)
)

_Tillatt = tuple[Sequence[str] | None, Opplysning]
"""Whom it is for (Samtykke.gjelder), and what may be seen."""

_DERES: BindParameter[int] = bindparam("saker", expanding=True)
_SAMTYKKER = Setning[*tuple[Any, ...]](
    select(
        Samtykke.sak_id,
        Samtykke.mottaker_id,
        Samtykke.gjelder,
        Samtykke.opplysninger,
        Samtykke.gitt,
        Samtykke.gyldig_til,
        Samtykke.trukket,
        Hjemmel.gyldig_fra,
        Hjemmel.gyldig_til,
    )
    .outerjoin(Samtykke.hjemmel)
    .where(Samtykke.sak_id.in_(_DERES))
)


def les_mottatte(rader: Sequence[Any]) -> list[Innboksrad]:
    """The referrals of these rows of MOTTATT, with what consents and authorities let their receivers see: one query."""
    tillatt = _tillatt([rad.sak_id for rad in rader])
    return [
        Innboksrad(
            rad.id, rad.barn_id, rad.status, rad.sendt, rad.lodd, Tiltaksnavn(rad.kortnavn),
            _innsyn(rad, {o for gjelder, o in tillatt[rad.sak_id, rad.mottaker_id] if naar(gjelder, rad.barn_id)}),
        )
        for rad in rader
    ]  # fmt: skip


def _innsyn(rad: Any, tillatt: set[Opplysning]) -> Kortinnsyn:
    ser = felter(tillatt, egen=rad.mottaker_id == rad.enhet_id, sperret=rad.sperret)
    aar = rad.foedselsaar if "barn.foedselsaar" in ser else None
    return Kortinnsyn(
        rad.referanse if "sak.referanse" in ser else None,
        None if aar is None else aldersgruppe(aar, i_dag().year),
    )


def _tillatt(saker: Sequence[int]) -> defaultdict[tuple[int, str], list[_Tillatt]]:
    """What stands today, and for whom, by case and receiver."""
    tillatt: defaultdict[tuple[int, str], list[_Tillatt]] = defaultdict(list)
    for sak_id, mottaker, gjelder, opplysninger, gitt, til, trukket, h_fra, h_til in _SAMTYKKER.alle({"saker": saker}):
        dager = Varighet(gitt, til, h_fra, h_til)
        if tilstand(trukket=trukket is not None, fra=dager.fra, til=dager.til, dag=i_dag()).tillater:
            tillatt[sak_id, mottaker].extend((gjelder, Opplysning(o)) for o in opplysninger)
    return tillatt
