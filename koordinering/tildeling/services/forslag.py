"""The proposal's life: made, changed and solved again, confirmed line by line. Nothing is given before."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now
from koordinering.errors import (
    DomainError,
    Endret,
    UgyldigFelt,
    UlagredeValg,
)
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tildeling.models import Forslag, Forslagslinje, Forslagstilbud
from koordinering.tildeling.queries import forslag as queries
from koordinering.tildeling.queries.forslag import Grunnlag, Valg
from koordinering.tildeling.rules.forklaring import Aarsak, Fordi, Forklarer
from koordinering.tildeling.rules.forslag import UTEN_OENSKE, Fordeling, foerst_til_moella, tell
from koordinering.tildeling.rules.runde import FORDELES, Forslagsstatus, Maate, sjekk_frist_dager
from koordinering.tildeling.rules.stans import IkkeLoest
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.users import User

_LODDBITER = 62


@dataclass(frozen=True)
class Loesning:
    """A solved round, before it is written."""

    grunnlag: Grunnlag
    fordeling: Fordeling
    tall: Mapping[str, Mapping[str, int]]


def loesning(grunnlag: Grunnlag) -> Loesning:
    """Solve a round. Slow: done before the transaction. Raises DomainError, which tells what stopped it."""
    runde = grunnlag.runde
    try:
        from koordinering.tildeling.rules.loeser import loes  # numpy and HiGHS, for a few rounds a season

        fordeling = loes(runde)
    except IkkeLoest as feil:
        raise DomainError(feil.hvorfor.tekst) from feil
    tall = {"forslag": asdict(tell(runde, fordeling.plass)), "moella": asdict(tell(runde, foerst_til_moella(runde)))}
    return Loesning(grunnlag, fordeling, tall)


def lodd(tilbud: Sequence[Tilbud]) -> dict[int, int]:
    """A number drawn for each offer, stored with the proposal: it settles which of two equal offers comes first."""
    return {t.id: secrets.randbits(_LODDBITER) for t in tilbud}


def lag_forslag(
    tiltak: Tiltak,
    henvisninger: Sequence[int],
    lodd_: Mapping[int, int],
    loest: Loesning | None,
    *,
    maate: Maate = Maate.GI,
    frist_dager: int = 7,
    av: User,
) -> Forslag:
    """Write a draft: its offers with their lots, and a line for each referral, by key and in waiting order.

    `loest` None: nothing proposed yet.
    """
    sjekk_frist_dager(frist_dager)
    if not lodd_ and maate in FORDELES:
        raise UgyldigFelt("tilbud", N_("Velg minst ett tilbud."))
    forslag = Forslag(
        enhet_id=tiltak.mottaker_id, tiltak_id=tiltak.id, maate=maate, frist_dager=frist_dager, laget_av=av.id
    )
    require(av, Rettighet.TILBUD_ENDRE, forslag)
    forslag.tilbud = [Forslagstilbud(tilbud_id=id_, lodd=nummer) for id_, nummer in lodd_.items()]
    forslag.linjer = [Forslagslinje(henvisning_id=id_, orden=nr) for nr, id_ in enumerate(henvisninger, 1)]
    if loest is not None:
        skriv_loesning(forslag, forslag.linjer, loest)
    db.session.add(forslag)
    db.session.flush()
    gjelder = Ting("forslag", forslag.id, forslag.enhet_id)
    audit.record(Hva.FORSLAG_LAGET, av=av, gjelder=gjelder, detalj=None if loest else f"flere:{maate.value}")
    db.session.flush()
    return forslag


def skriv_loesning(forslag: Forslag, linjer: Sequence[Forslagslinje], loest: Loesning) -> None:
    """Put what was solved on the lines, with causes and the locks that were kept; figures and proof on the proposal."""
    forslag.bevis = [asdict(steg) | {"maal": steg.maal.value} for steg in loest.fordeling.bevis]
    forslag.tall = {navn: dict(tall) for navn, tall in loest.tall.items()}
    soekere = {s.id: s for s in loest.grunnlag.runde.soekere}
    forklarer = Forklarer(loest.grunnlag.runde, loest.fordeling.plass)
    for linje in linjer:
        soeker = soekere.get(linje.henvisning_id)
        linje.tilbud_id = loest.fordeling.plass.get(linje.henvisning_id)
        oenske = soeker.valg[linje.tilbud_id] if soeker and linje.tilbud_id is not None else None
        linje.laast = soeker is not None and soeker.laast is not None
        linje.oenske = None if oenske == UTEN_OENSKE else oenske
        if soeker is None:
            linje.fordi = [_som_json(Fordi(1, Aarsak.STROEKET))]
            continue
        bakgrunn = loest.grunnlag.bakgrunn[linje.henvisning_id]
        linje.fordi = [_som_json(f) for f in forklarer.forklar(soeker, bakgrunn)]


def _som_json(fordi: Fordi) -> dict[str, Any]:
    return asdict(fordi) | {"aarsak": fordi.aarsak.value, "grunner": [g.value for g in fordi.grunner]}


def endre_forslag(forslag: Forslag, valg: Mapping[int, Valg], loest: Loesning, *, versjon: int, av: User) -> list[int]:
    """Store what is locked and struck, by referral, and the rest solved again.

    The numbers in the queue of those whose lock was let go, since they cannot have the offer; the cause is at each.
    `versjon`: the one that the user's page showed. Raises Endret when somebody was before, or it is confirmed.
    """
    _krev_utkast(forslag, versjon, av)
    linjer = queries.alle_linjer(forslag)
    for linje in linjer:
        linje.stroeket = valg.get(linje.henvisning_id, Valg()).stroeket
    skriv_loesning(forslag, linjer, loest)
    audit.record(Hva.FORSLAG_ENDRET, av=av, gjelder=Ting("forslag", forslag.id, forslag.enhet_id))
    db.session.flush()
    laast = {id_ for id_, valgt in valg.items() if valgt.laast is not None}
    return [linje.orden for linje in linjer if linje.henvisning_id in laast and not linje.laast]


def _krev_utkast(forslag: Forslag, versjon: int, av: User) -> None:
    require(av, Rettighet.TILBUD_ENDRE, forslag)
    # In two steps: PostgreSQL refuses FOR UPDATE on the outer joins that the row may have been loaded with.
    db.session.execute(select(Forslag.id).where(Forslag.id == forslag.id).with_for_update())
    db.session.refresh(forslag)
    if forslag.status is not Forslagsstatus.UTKAST or forslag.versjon != versjon:
        raise Endret


def forkast(forslag: Forslag, *, versjon: int, av: User) -> None:
    """Throw a draft away. Raises Endret when somebody has changed or confirmed it."""
    _krev_utkast(forslag, versjon, av)
    forslag.status = Forslagsstatus.FORKASTET
    audit.record(Hva.FORSLAG_ENDRET, av=av, gjelder=Ting("forslag", forslag.id, forslag.enhet_id), detalj="forkastet")
    db.session.flush()


# --- Confirming --------------------------------------------------------------------------------------------


def bekreft(forslag: Forslag, valg: Mapping[int, Valg], *, versjon: int, av: User) -> None:
    """Take the draft as decided; its lines are carried out one by one afterwards.

    `valg`: the choices that the user's page showed, by referral. Raises Endret, and UlagredeValg when the proposal
    was not solved with them.
    """
    require(av, Rettighet.TILDELING_GI)
    _krev_utkast(forslag, versjon, av)
    if any(valg.get(linje.henvisning_id, lagret) != lagret for linje, lagret in _lagrede(forslag)):
        raise UlagredeValg
    forslag.status, forslag.bekreftet, forslag.bekreftet_av = Forslagsstatus.BEKREFTET, now(), av.id
    audit.record(Hva.FORSLAG_BEKREFTET, av=av, gjelder=Ting("forslag", forslag.id, forslag.enhet_id))
    db.session.flush()


def _lagrede(forslag: Forslag) -> list[tuple[Forslagslinje, Valg]]:
    return [(linje, queries.lagret(linje)) for linje in queries.alle_linjer(forslag)]
