"""Several at once: the decision is written first, then carried out a line at a time, and each line tells its outcome.

A confirmed proposal and one action on several chosen by hand are the same thing here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from koordinering.access import require
from koordinering.db import db
from koordinering.errors import FinnesIkke, IngenTilgang, KanIkkeInnvilges, Oppbrukt, UgyldigFelt, UgyldigOvergang
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import GRUNNER
from koordinering.saker.services import sjekk_begrunnelse
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.models import Forslag, Forslagslinje, Tildeling
from koordinering.tildeling.rules import HANDLINGER, Handling, Hvorfor
from koordinering.tildeling.rules.flere import HANDLING, MAKS_SAMTIDIG, MED_TILBUD, SPOER_OM, Tillegg, kan_fortsette
from koordinering.tildeling.rules.runde import VANLIG_FRIST, Forslagsstatus, Maate
from koordinering.tildeling.services.behandling import avslaa, sett_paa_venteliste
from koordinering.tildeling.services.forslag import bekreft, lag_forslag
from koordinering.tildeling.services.gi import gi
from koordinering.tildeling.services.tilbake import avslutt, lever_tilbake_enhet
from koordinering.tildeling.services.tilby import tilby
from koordinering.tiltak.models import Tilbud
from koordinering.users import User

_INTET = Tillegg()


def beslutt(
    henvisninger: Sequence[Henvisning],
    maate: Maate,
    tilbud: Tilbud | None = None,
    *,
    frist_dager: int = VANLIG_FRIST,
    tillegg: Tillegg = _INTET,
    sluppet: Collection[int] = (),
    av: User,
) -> list[Forslag]:
    """Write one action on several chosen by hand, confirmed at once: one decision for each measure.

    Nothing is done with any of them yet; see gjennomfoer. `sluppet`: referrals whose marked place is held no longer,
    which is told on their lines. Raises UgyldigFelt for what cannot be meant for any row.
    """
    if not 0 < len(henvisninger) <= MAKS_SAMTIDIG:
        raise UgyldigFelt("valgte", N_("Kryss av for dem det gjelder, høyst 100 om gangen."))
    if (tilbud is not None) is not (maate in MED_TILBUD):
        raise UgyldigFelt("maate", N_("Velg noe fra listen."))
    _sjekk(maate, tillegg, henvisninger)
    grupper = [list(henvisninger)] if tilbud else _per_tiltak(henvisninger)
    besluttet = [_besluttet(gruppe, maate, tilbud, frist_dager, av) for gruppe in grupper]
    for linje in (linje for forslag in besluttet for linje in forslag.linjer if linje.henvisning_id in sluppet):
        linje.gjort, linje.utfall = False, [Hvorfor.FEIL_STATUS.value]
    db.session.flush()
    return besluttet


def _per_tiltak(henvisninger: Sequence[Henvisning]) -> list[list[Henvisning]]:
    sortert = sorted(henvisninger, key=lambda h: h.tiltak_id)  # stable: the waiting order is kept within each
    return [list(gruppe) for _, gruppe in groupby(sortert, key=lambda h: h.tiltak_id)]


def _sjekk(maate: Maate, tillegg: Tillegg, henvisninger: Sequence[Henvisning]) -> None:
    """What would be wrong for every row is told before anything is done with one."""
    if "grunn" not in SPOER_OM.get(maate, ()):
        return
    if tillegg.grunn not in set(GRUNNER[HANDLINGER[HANDLING[maate]].til]):
        raise UgyldigFelt("grunn", N_("Velg en grunn."))
    if "deltar" in SPOER_OM[maate] and tillegg.deltar is None:
        raise UgyldigFelt("deltar", N_("Velg et svar."))
    if tillegg.fritekst:
        for enhet in {h.mottaker_id: h.mottaker for h in henvisninger}.values():
            sjekk_begrunnelse(tillegg.grunn, tillegg.fritekst, enhet)


def _besluttet(
    henvisninger: Sequence[Henvisning], maate: Maate, tilbud: Tilbud | None, frist_dager: int, av: User
) -> Forslag:
    tiltak = tilbud.tiltak if tilbud else henvisninger[0].tiltak
    lodd = {tilbud.id: 0} if tilbud else {}
    forslag = lag_forslag(tiltak, [h.id for h in henvisninger], lodd, None, maate=maate, frist_dager=frist_dager, av=av)
    for linje in forslag.linjer:
        linje.tilbud_id, linje.laast = (tilbud.id, True) if tilbud else (None, False)
    db.session.flush()
    bekreft(forslag, {}, versjon=forslag.versjon, av=av)
    return forslag


# --- Carrying out ------------------------------------------------------------------------------------------


def gjennomfoer(linje: Forslagslinje, forslag: Forslag, *, tillegg: Tillegg = _INTET, av: User) -> None:
    """Do what one confirmed line says, if it is still possible; else write down why not.

    A transaction a line, so that nobody else waits for the whole round and a stop loses nothing. Safe to repeat.
    """
    require(av, Rettighet.TILBUD_ENDRE, forslag)
    db.session.execute(select(Forslagslinje.id).where(Forslagslinje.id == linje.id).with_for_update())
    db.session.refresh(linje)
    if not _gjenstaar(linje, forslag) or not kan_fortsette(forslag.maate, tillegg):
        return
    utfall: tuple[Hvorfor, ...] = ()
    try:
        with db.session.begin_nested():
            _UTFOER[forslag.maate](_Rad(linje, forslag, tillegg, av))
    except KanIkkeInnvilges as feil:
        utfall = tuple(h for h in Hvorfor if h.tekst in feil.grunner)
    except Oppbrukt:
        utfall = (Hvorfor.FULLT,)
    except UgyldigOvergang:
        utfall = (_hvorfor_stillingen(linje, forslag),)
    except (FinnesIkke, IngenTilgang):
        utfall = (Hvorfor.MANGLER_SAMTYKKE,)
    linje.gjort, linje.utfall = not utfall, [grunn.value for grunn in utfall]
    db.session.flush()


def _gjenstaar(linje: Forslagslinje, forslag: Forslag) -> bool:
    har_noe = linje.tilbud_id is not None or forslag.maate not in MED_TILBUD
    return forslag.status is Forslagsstatus.BEKREFTET and linje.gjort is None and har_noe


def _hvorfor_stillingen(linje: Forslagslinje, forslag: Forslag) -> Hvorfor:
    """Which way the referral stands wrong for the action."""
    venter = db.session.get_one(Henvisning, linje.henvisning_id).svar_innen is not None
    return Hvorfor.HAR_TILBUD if venter and HANDLING[forslag.maate] is Handling.GI else Hvorfor.FEIL_STATUS


@dataclass(frozen=True)
class _Rad:
    """What one line is carried out with."""

    linje: Forslagslinje
    forslag: Forslag
    tillegg: Tillegg
    av: User

    @property
    def henvisning(self) -> Henvisning:
        """Raises FinnesIkke when the unit may read it no more."""
        return saker.mottatt(self.av, self.linje.henvisning_id)

    @property
    def tilbud(self) -> Tilbud:
        return db.session.get_one(Tilbud, self.linje.tilbud_id)

    @property
    def holdt(self) -> Tildeling:
        """The place that was marked: held in this offer, since before it was decided. Raises UgyldigOvergang."""
        tildeling = queries.aapen_tildeling(db.session.get_one(Henvisning, self.linje.henvisning_id))
        if tildeling is None or tildeling.plass is None or tildeling.plass.beholdning_id != self.tilbud.beholdning_id:
            raise UgyldigOvergang
        if self.forslag.bekreftet is not None and tildeling.gitt > self.forslag.bekreftet:
            raise UgyldigOvergang
        return tildeling


def _gi(rad: _Rad) -> None:
    gi(rad.henvisning, rad.tilbud, av=rad.av)


def _tilby(rad: _Rad) -> None:
    tilby(rad.henvisning, rad.tilbud, frist_dager=rad.forslag.frist_dager, av=rad.av)


def _venteliste(rad: _Rad) -> None:
    sett_paa_venteliste(rad.henvisning, av=rad.av)


def _avslaa(rad: _Rad) -> None:
    avslaa(rad.henvisning, rad.tillegg.grunn, fritekst=rad.tillegg.fritekst, av=rad.av)


def _tilbake(rad: _Rad) -> None:
    # Also where the consent to read the referral has ended since: the place is the unit's own.
    lever_tilbake_enhet(rad.holdt, Handling.LEVER_TILBAKE, av=rad.av)


def _avslutt(rad: _Rad) -> None:
    tillegg, henvisning = rad.tillegg, rad.holdt.henvisning
    avslutt(henvisning, tillegg.grunn, tillegg.deltar, fritekst=tillegg.fritekst, av=rad.av)


_UTFOER: Mapping[Maate, Callable[[_Rad], None]] = {
    Maate.GI: _gi,
    Maate.TILBY: _tilby,
    Maate.VENTELISTE: _venteliste,
    Maate.AVSLAA: _avslaa,
    Maate.TILBAKE: _tilbake,
    Maate.AVSLUTT: _avslutt,
}
