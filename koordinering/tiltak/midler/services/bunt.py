"""Files to the economy system: every payment that is ready goes into one, and into one only."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import Endret
from koordinering.roles import Rettighet
from koordinering.tiltak.kapasitet.services import flytt_beloep
from koordinering.tiltak.midler import queries
from koordinering.tiltak.midler.models import Bunt, Faktura, Tilskudd, Utbetaling
from koordinering.tiltak.midler.rules import Postslag, Utbetalingstatus
from koordinering.tiltak.midler.services.hovedbok import Bevegelse, bokfoer
from koordinering.users import User


def lag_bunt(*, av: User) -> Bunt | None:
    """Put everything that is ready into a new file and book it as paid; None when nothing is ready.

    Payments to an account that the club no longer has are left out, and so are those whose account only one person
    has had to do with: who wrote it also entered the payment or makes the file, and nobody else has approved it.
    The rows are locked, so that of two who make a file at the same moment the second finds nothing.
    """
    require(av, Rettighet.UTBETALING_EKSPORTER)
    query = queries.kan_eksporteres(av).order_by(Utbetaling.id).with_for_update(of=Utbetaling)
    klare = list(db.session.scalars(query.execution_options(populate_existing=True)))
    if not klare:
        return None
    bunt = _ny(len(klare), sum(u.beloep_oere for u in klare), av)
    for utbetaling in klare:
        utbetaling.status, utbetaling.bunt_nummer = Utbetalingstatus.EKSPORTERT, bunt.nummer
    db.session.flush()
    _betalt(klare, bunt.nummer)
    _bokfoer(klare, av)
    audit.record(Hva.BUNT_LAGET, av=av, gjelder=Ting("bunt", bunt.nummer))
    return bunt


def _ny(antall: int, sum_oere: int, av: User) -> Bunt:
    siste = db.session.scalar(select(func.max(Bunt.nummer))) or 0
    bunt = Bunt(nummer=siste + 1, laget_av=av.id, antall=antall, sum_oere=sum_oere)
    try:
        with db.session.begin_nested():
            db.session.add(bunt)
    except IntegrityError:
        raise Endret from None  # somebody else made a file at the same moment
    return bunt


def _betalt(utbetalinger: list[Utbetaling], nummer: int) -> None:
    """Move what the file pays from on its way to paid, on its invoices and grants: two statements for any number."""
    i_fila = select(func.sum(Utbetaling.beloep_oere)).where(Utbetaling.bunt_nummer == nummer)
    for modell, noekkel in ((Faktura, Utbetaling.faktura_id), (Tilskudd, Utbetaling.tilskudd_id)):
        belop = i_fila.where(noekkel == modell.id).correlate(modell).scalar_subquery()
        gjelder = {getattr(u, noekkel.key) for u in utbetalinger} - {None}
        if flytt_beloep(modell, gjelder, paa_vei_oere=-belop, betalt_oere=belop) != len(gjelder):
            raise Endret


def _bokfoer(utbetalinger: list[Utbetaling], av: User) -> None:
    """One entry for each payment, one change of each budget; the budgets in a fixed order."""
    tilsagn = dict(
        db.session.execute(
            select(Faktura.id, Faktura.tilsagn_id).where(Faktura.id.in_([u.faktura_id for u in utbetalinger]))
        ).all()
    )
    per_budsjett: dict[int, list[Bevegelse]] = {}
    for utbetaling in utbetalinger:
        per_budsjett.setdefault(utbetaling.budsjett_id, []).append(_post(utbetaling, tilsagn))
    for budsjett_id, poster in sorted(per_budsjett.items()):
        bokfoer(budsjett_id, *poster, av=av)


def _post(utbetaling: Utbetaling, tilsagn: dict[int, int]) -> Bevegelse:
    return Bevegelse(
        Postslag.BETALT,
        bundet_oere=-utbetaling.beloep_oere,
        betalt_oere=utbetaling.beloep_oere,
        tilskudd_id=utbetaling.tilskudd_id,
        tilsagn_id=tilsagn.get(utbetaling.faktura_id) if utbetaling.faktura_id else None,
        utbetaling_id=utbetaling.id,
    )


def hentet(bunt: Bunt, fmt: str, *, av: User) -> None:
    """Record that somebody took out the file (again)."""
    require(av, Rettighet.UTBETALING_EKSPORTER)
    audit.record(Hva.BUNT_HENTET, av=av, gjelder=Ting("bunt", bunt.nummer), detalj=fmt)
