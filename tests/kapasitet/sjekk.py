"""What is always so of everything that can be given, asked from both sides: what there is, and who has it."""

from collections import Counter, defaultdict

from sqlalchemy import func, select

from koordinering.db import db
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.rules import TELLER_MOT_TAK, Tildelingstilstand
from koordinering.tildeling.rules.runde import Tilbudssvar
from koordinering.tiltak.kapasitet.models import SLAG
from koordinering.tiltak.kapasitet.queries import oppgjoer
from koordinering.tiltak.midler import queries as midler
from koordinering.tiltak.midler.models import Budsjett, Faktura, Tilsagn, Tilskudd
from koordinering.tiltak.midler.rules import Tilskuddstatus
from koordinering.tiltak.models import Beholdning, Plass
from koordinering.tiltak.rules import Plasstilstand
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan, Utstyrsenhet
from koordinering.tiltak.utstyr.rules.tilstander import Status as Utstyrsstatus
from koordinering.tiltak.utstyr.rules.tilstander import Tilstand
from tests.kapasitet.byen import By, Familier


def alle_slag_gaar_opp() -> None:
    """Free, held and used are the stock, of every stock of every kind."""
    for modell in SLAG:
        for hos, tall in oppgjoer(modell).items():
            assert tall.gaar_opp, (modell.__name__, hos, tall)


# --- Cards and places ------------------------------------------------------------------------------------


def sjekk_plassene(familier: Familier) -> None:
    """What is in use or offered is exactly what somebody has, and no unit is ever deleted."""
    tilstander: dict[int, Counter[Plasstilstand]] = defaultdict(Counter)
    query = select(Plass.beholdning_id, Plass.tilstand, func.count()).group_by(Plass.beholdning_id, Plass.tilstand)
    for beholdning_id, tilstand, antall in db.session.execute(query):
        tilstander[beholdning_id][tilstand] = antall
    holdt: dict[int, list[int]] = defaultdict(list)
    tapt: dict[int, set[int]] = defaultdict(set)
    har = select(Plass.beholdning_id, Plass.id, Tildeling.slutt, Tildeling.tilstand).join(
        Plass, Plass.id == Tildeling.plass_id
    )
    for rad in db.session.execute(har):
        if rad.slutt is None:
            holdt[rad.beholdning_id].append(rad.id)
        if rad.tilstand is Tildelingstilstand.TAPT:
            tapt[rad.beholdning_id].add(rad.id)
    tilbudt = select(Plass.beholdning_id, func.count()).join(Plasstilbud, Plasstilbud.plass_id == Plass.id)
    tilbudt = tilbudt.where(Plasstilbud.svar == Tilbudssvar.VENTER).group_by(Plass.beholdning_id)
    venter = {rad[0]: rad[1] for rad in db.session.execute(tilbudt)}
    for beholdning in db.session.scalars(select(Beholdning)):
        tall, id_ = tilstander[beholdning.id], beholdning.id
        assert len(holdt[id_]) == len(set(holdt[id_])) == tall[Plasstilstand.OPPTATT]
        assert tall[Plasstilstand.TILBUDT] == venter.get(id_, 0)
        assert tall[Plasstilstand.TAPT] == len(tapt[id_])
        stengt = familier.stengt_med if id_ == familier.kort else None
        i_bruk = sum(tall.values()) - tall[Plasstilstand.STENGT]
        assert beholdning.antall == (i_bruk if stengt is None else stengt)
        assert sum(tall.values()) >= familier.sett.get(id_, 0)
        familier.sett[id_] = sum(tall.values())


def sjekk_henvisningene(familier: Familier) -> None:
    """Whoever holds something is granted it, once; whoever is offered something waits; no ceiling is passed."""
    alle = db.session.scalars(select(Tildeling)).all()
    aapne = Counter(t.henvisning_id for t in alle if t.slutt is None)
    assert max(aapne.values(), default=1) == 1
    tilbudt = Counter(
        db.session.scalars(select(Plasstilbud.henvisning_id).where(Plasstilbud.svar == Tilbudssvar.VENTER))
    )
    ider = [post.id for post in familier.poster]
    for h in db.session.scalars(select(Henvisning).where(Henvisning.id.in_(ider))):
        assert (h.id in aapne) == (h.status in {Status.INNVILGET, Status.I_GANG})
        assert tilbudt[h.id] == (h.svar_innen is not None)
        assert not tilbudt[h.id] or h.status is Status.VENTELISTE
    for familie in familier.familiene:
        hatt = [t for t in alle if t.henvisning_id in familie and t.tilstand in TELLER_MOT_TAK]
        assert len(hatt) <= familier.tak


# --- Equipment -------------------------------------------------------------------------------------------


def sjekk_utstyret() -> None:
    """What is out or held is exactly what has an open loan or hold; condition and status agree."""
    ute = db.session.scalars(select(Utlaan.utstyrsenhet_id).where(Utlaan.inn.is_(None))).all()
    holdt = db.session.scalars(select(Reservasjon.utstyrsenhet_id).where(Reservasjon.slutt.is_(None))).all()
    assert len(set(ute)) == len(ute)
    assert len(set(holdt)) == len(holdt)
    for enhet in db.session.scalars(select(Utstyrsenhet)):
        assert (enhet.status is Utstyrsstatus.UTE) == (enhet.id in ute)
        assert (enhet.status is Utstyrsstatus.RESERVERT) == (enhet.id in holdt)
        assert (enhet.status is Utstyrsstatus.KASSERT) == (enhet.tilstand is Tilstand.KASSERT)
        assert (enhet.status is Utstyrsstatus.UTE_AV_DRIFT) == (enhet.tilstand is Tilstand.TIL_REPARASJON)
        if any(del_.mangler for del_ in enhet.deler):
            assert enhet.status is not Utstyrsstatus.LEDIG, "a set that is not whole is not lent"
    avsluttet = select(Reservasjon.id).where(Reservasjon.slutt.is_not(None), Reservasjon.telefon.is_not(None))
    assert db.session.scalar(avsluttet.limit(1)) is None


# --- Money -----------------------------------------------------------------------------------------------


def sjekk_pengene() -> None:
    """The ledger adds up to the budgets' figures, and these to what is promised and paid; nothing is over its frame."""
    budsjetter = db.session.scalars(select(Budsjett)).all()
    summer = midler.sum_av_hovedboken([b.id for b in budsjetter])
    for b in budsjetter:
        assert summer.get(b.id, (0, 0, 0)) == (b.ramme_oere, b.bundet_oere, b.betalt_oere)
        assert min(b.fritt_oere, b.bundet_oere, b.betalt_oere) >= 0
    tilsagn, fakturaer = db.session.scalars(select(Tilsagn)).all(), db.session.scalars(select(Faktura)).all()
    tilskudd = db.session.scalars(select(Tilskudd)).all()
    lovet: Counter[int] = Counter()
    betalt: Counter[int] = Counter()
    for t in tilsagn:
        mine = [f for f in fakturaer if f.tilsagn_id == t.id]
        assert t.fakturert_oere == sum(f.beloep_oere - f.kreditert_oere for f in mine)
        lovet[t.budsjett_id] += t.beloep_oere - sum(f.betalt_oere for f in mine)
        betalt[t.budsjett_id] += sum(f.betalt_oere for f in mine)
    for s in tilskudd:
        if s.status is Tilskuddstatus.INNVILGET:
            lovet[s.budsjett_id] += s.innvilget_oere - s.betalt_oere
        betalt[s.budsjett_id] += s.betalt_oere - s.tilbakebetalt_oere
    for b in budsjetter:
        assert (lovet[b.id], betalt[b.id]) == (b.bundet_oere, b.betalt_oere)


def sjekk(by: By) -> None:
    """All of it, of whatever the town has been made to have."""
    db.session.rollback()
    db.session.expire_all()
    alle_slag_gaar_opp()
    if "familier" in vars(by):
        sjekk_plassene(by.familier)
        sjekk_henvisningene(by.familier)
    if "utstyr" in vars(by):
        sjekk_utstyret()
    if "laget" in vars(by):
        sjekk_pengene()
