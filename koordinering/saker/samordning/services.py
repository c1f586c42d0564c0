"""A consent to coordinate given and withdrawn, and what the units do together: notes, meetings, who follows up."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now, own_transaction, tilfeldig_id
from koordinering.errors import FinnesIkke, UgyldigFelt, brutt, stopp
from koordinering.roles import Rettighet
from koordinering.saker.models import Sak, Sakshendelse
from koordinering.saker.rules.registrering import sjekk_fritekst, sjekk_gitt
from koordinering.saker.rules.samtykke import hvem_kan_samtykke, sjekk_hvem
from koordinering.saker.samordning import queries
from koordinering.saker.samordning.models import (
    Samordning,
    SamordningBarn,
    SamordningEnhet,
    Samordningsavtale,
    Samordningsnotat,
)
from koordinering.saker.samordning.queries import Adgang
from koordinering.saker.samordning.rules import (
    Avtaleslag,
    IkkeDittNotat,
    NotaterStengt,
    NySamordning,
    SamtykketGjelderIkke,
    gjelder,
    kan_slette,
    sjekk_moetetid,
    sjekk_varighet,
)
from koordinering.saker.services import laas_sak
from koordinering.saker.services.forsegling import aapne_alle, forsegl_for
from koordinering.tekst import N_
from koordinering.users import User, kommune

_STED = ("samordningsnotat", "tekst")


# --- The consent -----------------------------------------------------------------------------------------


def registrer(sak: Sak, ny: NySamordning, *, av: User) -> Samordning:
    """Register the family's consent; the case's own unit is one of those that coordinate.

    Raises UgyldigFelt. One stands on a case at a time, so that it is plain what holds.
    """
    require(av, Rettighet.SAK_REGISTRER, sak)
    laas_sak(sak)
    stopp(_feil(sak, ny))
    naa = now()
    samordning = Samordning(
        id=tilfeldig_id(),
        sak_id=sak.id,
        maate=ny.maate,
        fra=ny.fra,
        gitt=ny.gitt,
        gyldig_til=ny.gyldig_til,
        registrert=naa,
        registrert_av=av.id,
        enheter=[
            SamordningEnhet(enhet_id=enhet_id, registrert=naa) for enhet_id in (sak.enhet_id, *sorted(ny.enheter))
        ],
        barn=[SamordningBarn(barn_id=barn_id) for barn_id in sorted(ny.barn)],
    )
    db.session.add(samordning)
    db.session.add(Sakshendelse(sak_id=sak.id, user_id=av.id, slag="samordning"))
    audit.record(Hva.SAMORDNING_REGISTRERT, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id))
    db.session.flush()
    return samordning


def _feil(sak: Sak, ny: NySamordning) -> Iterator[UgyldigFelt]:
    """All that is wrong with the consent."""
    dag = i_dag()
    if any(gjelder(s.gitt, s.gyldig_til, s.trukket, dag) for s in queries.registrerte(sak)):
        yield UgyldigFelt("", N_("Et samtykke til samordning gjelder allerede. Trekk det før du registrerer nytt."))
    if not ny.enheter or not set(ny.enheter) <= {enhet.id for enhet in queries.kan_nevnes(sak)}:
        yield UgyldigFelt("enheter", N_("Velg minst én enhet familien har nevnt."))
    barna = [barn for barn in sak.barn if barn.id in ny.barn]
    if not barna or len(barna) != len(set(ny.barn)):
        yield UgyldigFelt("barn", N_("Velg barna samtykket gjelder."))
    else:
        fylte = [barn.foedselsaar for barn in barna]
        yield from brutt(sjekk_hvem, "fra", ny.fra, hvem_kan_samtykke(fylte, dag.year, kommune().samtykkealder))
    yield from brutt(sjekk_gitt, "gitt", ny.gitt, dag)
    yield from brutt(sjekk_varighet, "gyldig_til", ny.gyldig_til, dag)


def trekk(samordning: Samordning, *, av: User) -> None:
    """End the consent: from this moment nobody but the unit that registered it sees that it ever was."""
    sak = samordning.sak
    require(av, Rettighet.SAK_REGISTRER, sak)
    _les_paa_nytt(samordning)
    if samordning.trukket is not None:
        raise SamtykketGjelderIkke
    samordning.trukket = now()
    db.session.add(Sakshendelse(sak_id=sak.id, user_id=av.id, slag="samordning_trukket"))
    audit.record(Hva.SAMORDNING_TRUKKET, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id))
    db.session.flush()


def glem(sak_id: int) -> None:
    """Erase what the case has of coordination: the consents that stand on it, and what was written from it."""
    db.session.execute(delete(Samordningsnotat).where(Samordningsnotat.fra_sak_id == sak_id))
    db.session.execute(delete(Samordningsavtale).where(Samordningsavtale.fra_sak_id == sak_id))
    db.session.execute(delete(Samordning).where(Samordning.sak_id == sak_id))


# --- What the units do -----------------------------------------------------------------------------------


def skriv_notat(adgang: Adgang, tekst: str, *, av: User) -> Samordningsnotat:
    """A short note to the other units, sealed with the key of the case that the consent stands on.

    Raises NotaterStengt for a health unit, UgyldigFelt("tekst", …) for a text that is empty, long or tells who.
    """
    _krev(adgang, av)
    if not adgang.notater:
        raise NotaterStengt
    tekst = tekst.strip()
    if not tekst:
        raise UgyldigFelt("tekst", N_("Skriv et kort notat."))
    sjekk_fritekst("tekst", tekst)
    sak_id = adgang.samordning.sak_id
    notat = Samordningsnotat(
        id=tilfeldig_id(),
        samordning_id=adgang.samordning.id,
        fra_sak_id=adgang.sak_id,
        enhet_id=adgang.deltaker.enhet_id,
        user_id=av.id,
    )
    notat.tekst = forsegl_for(sak_id, *_STED, notat.id, tekst)
    db.session.add(notat)
    _logg(Hva.SAMORDNING_NOTAT, adgang, av)
    return notat


def slett_notat(adgang: Adgang, notat_id: int, *, av: User) -> None:
    """Delete one's own note within the ten minutes; a second click finds it gone. Raises IkkeDittNotat."""
    _krev(adgang, av)
    if not adgang.notater:
        raise NotaterStengt
    notat = db.session.get(Samordningsnotat, notat_id)
    if notat is None or notat.samordning_id != adgang.samordning.id:
        return
    if not kan_slette(notat.user_id, notat.tid, av.id, now()):
        raise IkkeDittNotat
    db.session.delete(notat)
    _logg(Hva.SAMORDNING_NOTAT, adgang, av, "slettet")


def les_notater(adgang: Adgang, notater: Collection[Samordningsnotat]) -> Mapping[int, str]:
    """The texts, by note; one whose key has been destroyed is left out. The key store is asked once."""
    sak_id = adgang.samordning.sak_id
    return aapne_alle(*_STED, [(sak_id, notat.id, notat.tekst) for notat in notater])


@dataclass(frozen=True)
class Samordnet:
    """What there is of coordination about a case: for the family that asks (GDPR art. 15)."""

    samtykker: Sequence[Samordning]
    notater: Sequence[tuple[Samordningsnotat, str]]
    avtaler: Sequence[Samordningsavtale]


def om_saken(sak: Sak) -> Samordnet:
    """The consents that stand on the case, and what was written under them or from the case; the oldest first."""

    def om(modell: type[Samordningsnotat] | type[Samordningsavtale]) -> Any:
        vilkaar = or_(Samordning.sak_id == sak.id, modell.fra_sak_id == sak.id)
        query = select(modell, Samordning.sak_id).join(Samordning, Samordning.id == modell.samordning_id)
        return db.session.execute(query.where(vilkaar).order_by(modell.tid, modell.id)).all()

    notater = om(Samordningsnotat)
    tekster = aapne_alle(*_STED, [(sak_id, en.id, en.tekst) for en, sak_id in notater])
    aapne = [(en, tekster[en.id]) for en, _ in notater if en.id in tekster]
    return Samordnet(queries.registrerte(sak), aapne, [en for en, _ in om(Samordningsavtale)])


def avtal_moete(adgang: Adgang, tid: datetime, *, av: User) -> None:
    """Set or move the meeting; what it is about is said elsewhere. Raises UgyldigFelt("dag", …)."""
    _krev(adgang, av)
    sjekk_moetetid("dag", tid, now())
    db.session.add(_steg(adgang, Avtaleslag.MOETE, moete=tid))
    _logg(Hva.SAMORDNING_MOETE, adgang, av)


def avlys_moete(adgang: Adgang, *, av: User) -> None:
    """Cancel the meeting. A second click changes nothing."""
    _krev(adgang, av)
    siste = queries.gjeldende([adgang.samordning.id]).get((adgang.samordning.id, Avtaleslag.MOETE))
    if siste is None or siste.moete is None:
        return
    db.session.add(_steg(adgang, Avtaleslag.MOETE, moete=None))
    _logg(Hva.SAMORDNING_MOETE, adgang, av, "avlyst")


def pek_ut(adgang: Adgang, enhet_id: str, ansvarlig_id: int | None, *, av: User) -> None:
    """Name who follows up: a named unit, and a person only where it is one's own. Raises UgyldigFelt("hvem", …)."""
    _krev(adgang, av)
    egen = enhet_id == adgang.deltaker.enhet_id
    if enhet_id not in {enhet.enhet_id for enhet in adgang.samordning.enheter}:
        raise UgyldigFelt("hvem", N_("Velg hvem som følger opp."))
    if ansvarlig_id is not None and (not egen or ansvarlig_id not in {k.id for k in queries.kolleger(enhet_id)}):
        raise UgyldigFelt("hvem", N_("Velg hvem som følger opp."))
    steg = _steg(adgang, Avtaleslag.OPPFOELGER, ansvarlig_enhet_id=enhet_id, ansvarlig_id=ansvarlig_id)
    db.session.add(steg)
    _logg(Hva.SAMORDNING_OPPFOELGER, adgang, av)


def merk_sett(adgang: Adgang, naar: datetime, *, av: User) -> None:
    """The unit has seen what there was at this moment; a short write of its own beside the reading."""
    require(av, Rettighet.SAMORDNING_DELTA, adgang.deltaker)
    with own_transaction() as session:
        session.execute(update(SamordningEnhet).where(SamordningEnhet.id == adgang.deltaker.id).values(sett=naar))


def _krev(adgang: Adgang, av: User) -> None:
    """The right, and a consent that stands now: whoever withdrew it a moment ago was first."""
    require(av, Rettighet.SAMORDNING_DELTA, adgang.deltaker)
    _les_paa_nytt(adgang.samordning)
    if not adgang.gjelder:
        raise SamtykketGjelderIkke if adgang.samordning.sak_id == adgang.sak_id else FinnesIkke


def _les_paa_nytt(samordning: Samordning) -> None:
    """Lock the consent, and see it as it is."""
    query = select(Samordning).where(Samordning.id == samordning.id).with_for_update(of=Samordning)
    if db.session.scalar(query.execution_options(populate_existing=True)) is None:
        raise FinnesIkke


def _steg(
    adgang: Adgang,
    slag: Avtaleslag,
    *,
    moete: datetime | None = None,
    ansvarlig_enhet_id: str | None = None,
    ansvarlig_id: int | None = None,
) -> Samordningsavtale:
    return Samordningsavtale(
        samordning_id=adgang.samordning.id,
        fra_sak_id=adgang.sak_id,
        enhet_id=adgang.deltaker.enhet_id,
        slag=slag,
        moete=moete,
        ansvarlig_enhet_id=ansvarlig_enhet_id,
        ansvarlig_id=ansvarlig_id,
    )


def _logg(hva: Hva, adgang: Adgang, av: User, detalj: str | None = None) -> None:
    gjelder_ = Ting("samordning", adgang.samordning.id, adgang.deltaker.enhet_id)
    audit.record(hva, av=av, gjelder=gjelder_, detalj=detalj)
    db.session.flush()
