"""The money's years: purposes, budgets, rounds and rules."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now
from koordinering.errors import ConfigError, Endret, UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.midler import queries
from koordinering.tiltak.midler.models import Budsjett, Formaal, Midleraar, Runde
from koordinering.tiltak.midler.rules import MAKS_BELOEP_OERE, Postslag, sjekk_aar, sjekk_beloep, sjekk_dato
from koordinering.tiltak.midler.services.hovedbok import Bevegelse, bokfoer
from koordinering.tiltak.models import Tiltak
from koordinering.users import User

FIL = Path(__file__).parents[3] / "data" / "midler.yaml"


def _les(fil: Path) -> dict[str, Any]:
    try:
        innhold: dict[str, Any] = yaml.safe_load(fil.read_text(encoding="utf-8"))
        if not (innhold["formaal"] and innhold["nytt_aar"]["runder"] and innhold["nytt_aar"]["beloepsgrense"] >= 0):
            raise KeyError("formaal")
    except (OSError, yaml.YAMLError, KeyError, TypeError) as feil:
        raise ConfigError(f"{fil.name} kan ikke leses: {type(feil).__name__}.") from None
    return innhold


def last_formaal(fil: Path = FIL) -> int:
    """Load the purposes; a known one gets its new name, none is ever removed. Returns how many there are in the file.

    Raises ConfigError for a file that cannot be read; nothing is half loaded inside transaction().
    """
    poster = _les(fil)["formaal"]
    kjente = set(db.session.scalars(select(Tiltak.id).where(Tiltak.id.in_([post["tiltak"] for post in poster]))))
    for nr, post in enumerate(poster):
        tiltak_id = post["tiltak"] if post["tiltak"] in kjente else None
        db.session.merge(
            Formaal(id=post["id"], navn=post["navn"], enkeltplass=post["enkeltplass"], tiltak_id=tiltak_id, orden=nr)
        )
    db.session.flush()
    return len(poster)


def opprett_aar(aar: int, *, av: User | None) -> Midleraar:
    """Make a year with the rules and rounds of the year before it, else those of data/midler.yaml; no money yet.

    A year that is there already is returned as it is; `av` is None for the installation itself.
    Raises UgyldigFelt("aar", …).
    """
    if av is not None:
        require(av, Rettighet.MIDLER_ENDRE)
    sjekk_aar("aar", aar, i_dag().year)
    finnes = queries.midleraar(aar)
    if finnes is not None:
        return finnes
    nytt = Midleraar(aar=aar, **_regler_fra(queries.midleraar(aar - 1)))
    try:
        with db.session.begin_nested():
            db.session.add(nytt)
            db.session.flush()
            db.session.add_all(_runder(aar, queries.runder(aar - 1)))
    except IntegrityError:
        raise Endret from None  # somebody else made it at the same moment
    audit.record(Hva.BUDSJETT_ENDRET, av=av, gjelder=Ting("midleraar", aar), detalj="opprettet")
    return nytt


def _regler_fra(fjoraar: Midleraar | None) -> dict[str, int | None]:
    if fjoraar is None:
        return {"beloepsgrense_oere": _les(FIL)["nytt_aar"]["beloepsgrense"] * 100, "tak_per_barn_oere": None}
    return {"beloepsgrense_oere": fjoraar.beloepsgrense_oere, "tak_per_barn_oere": fjoraar.tak_per_barn_oere}


def _runder(aar: int, fjoraarets: list[Runde]) -> list[Runde]:
    if fjoraarets:
        return [Runde(aar=aar, navn=r.navn, frist=_samme_dag(r.frist, aar)) for r in fjoraarets]
    return [
        Runde(aar=aar, navn=post["navn"], frist=date.fromisoformat(f"{aar}-{post['frist']}"))
        for post in _les(FIL)["nytt_aar"]["runder"]
    ]


def _samme_dag(dag: date, aar: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    if (dag.month, dag.day) == (2, 29):
        return date(aar, 2, 28)
    return dag.replace(year=aar)


def sett_ramme(aar: Midleraar, formaal: Formaal, ramme_oere: int, *, vist_oere: int, av: User) -> Budsjett:
    """Set what a year has for a purpose. `vist_oere`: what the user's page showed; raises Endret when it is another.

    Raises UgyldigFelt("ramme", …) for an amount below what is granted already, Endret for a closed year.
    """
    require(av, Rettighet.MIDLER_ENDRE)
    sjekk_beloep("ramme", ramme_oere, ogsaa_null=True)
    if aar.stengt is not None:
        raise Endret
    budsjett = _budsjett(aar.aar, formaal.id)
    if budsjett.ramme_oere != vist_oere:
        raise Endret
    if ramme_oere < budsjett.bundet_oere + budsjett.betalt_oere:
        raise UgyldigFelt("ramme", N_("Rammen kan ikke være lavere enn det som er bundet og betalt."))
    bokfoer(budsjett.id, Bevegelse(Postslag.RAMME, ramme_oere=ramme_oere - budsjett.ramme_oere), av=av)
    audit.record(Hva.BUDSJETT_ENDRET, av=av, gjelder=Ting("budsjett", budsjett.id), detalj="ramme")
    return budsjett


def _budsjett(aar: int, formaal_id: str) -> Budsjett:
    """The budget, its row locked; made when it is not there."""
    finnes = queries.budsjett_for(aar, formaal_id)
    if finnes is None:
        try:
            with db.session.begin_nested():
                finnes = Budsjett(aar=aar, formaal_id=formaal_id)
                db.session.add(finnes)
        except IntegrityError:
            raise Endret from None  # somebody else made it at the same moment
    return db.session.get_one(Budsjett, finnes.id, populate_existing=True, with_for_update={"of": Budsjett})


def sett_tak(aar: Midleraar, tak_per_barn_oere: int | None, *, versjon: int, av: User) -> None:
    """Set what may be committed for one child in the year; None lifts the ceiling."""
    require(av, Rettighet.MIDLER_ENDRE)
    if tak_per_barn_oere is not None:
        sjekk_beloep("tak", tak_per_barn_oere)
    _endre_regler(aar, versjon, "tak", av)
    aar.tak_per_barn_oere = tak_per_barn_oere
    db.session.flush()


def sett_beloepsgrense(aar: Midleraar, grense_oere: int, *, versjon: int, av: User) -> None:
    """Set above which amount another must approve. Whoever approves sets it, never whoever enters.

    Payments that are entered already keep what they were entered with.
    """
    require(av, Rettighet.UTBETALING_GODKJENN)
    if not 0 <= grense_oere <= MAKS_BELOEP_OERE:
        raise UgyldigFelt("grense", N_("Skriv et beløp fra 0 og under 10 millioner kroner."))
    _endre_regler(aar, versjon, "beloepsgrense", av)
    aar.beloepsgrense_oere = grense_oere
    db.session.flush()


def _endre_regler(aar: Midleraar, versjon: int, hva: str, av: User) -> None:
    if aar.versjon != versjon or aar.stengt is not None:
        raise Endret
    audit.record(Hva.BUDSJETT_ENDRET, av=av, gjelder=Ting("midleraar", aar.aar), detalj=hva)


def lagre_runde(aar: Midleraar, navn: str, frist: date, *, runde: Runde | None = None, av: User) -> Runde:
    """A new round, or another name or deadline for one. Raises UgyldigFelt."""
    require(av, Rettighet.MIDLER_ENDRE)
    if aar.stengt is not None:
        raise Endret
    utenfor = N_("Fristen må være i det året runden gjelder.")
    sjekk_dato("frist", frist, fra=date(aar.aar, 1, 1), til=date(aar.aar, 12, 31), tidlig=utenfor, sen=utenfor)
    runde = runde or Runde(aar=aar.aar)
    try:
        with db.session.begin_nested():
            runde.navn, runde.frist = navn, frist
            db.session.add(runde)
    except IntegrityError:
        raise UgyldigFelt("frist", N_("Året har en runde med denne fristen fra før.")) from None
    audit.record(Hva.BUDSJETT_ENDRET, av=av, gjelder=Ting("runde", runde.id), detalj="frist")
    return runde


def steng_aar(aar: Midleraar, *, av: User | None) -> None:
    """Close a year: nothing more is committed from it; what is committed can still be paid, credited and reported."""
    if av is not None:
        require(av, Rettighet.MIDLER_ENDRE)
    if aar.stengt is not None:
        raise Endret
    aar.stengt = now()
    db.session.flush()
    audit.record(Hva.BUDSJETT_ENDRET, av=av, gjelder=Ting("midleraar", aar.aar), detalj="stengt")
