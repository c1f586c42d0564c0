"""How much work waits: counts for the start pages, few queries a panel, each count stopped where it is only «many»."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from koordinering.access import enheter, vilkaar
from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, db, i_dag, now
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.konto import queries as konto
from koordinering.konto.queries import Rettighetsfilter
from koordinering.personvern.krav.models import Krav, Kravdel
from koordinering.personvern.krav.rules.frist import Kravslag
from koordinering.plan.evaluering import queries as evaluering
from koordinering.plan.evaluering.rules import Evalueringsfilter
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Aapning
from koordinering.saker.queries import Saksfilter
from koordinering.saker.samordning import queries as samordning
from koordinering.sider import tellbar
from koordinering.statistikk import queries as publisert
from koordinering.statistikk.models import Oeyeblikksbilde, Publisering
from koordinering.tildeling import queries as tildeling
from koordinering.tildeling.queries import Innboksfilter
from koordinering.tiltak.midler import queries as penger
from koordinering.tiltak.models import Kortaar, Plass, Tilbud, Tiltak, TiltakMekanikk
from koordinering.tiltak.rules import Mekanikk, Plasstilstand
from koordinering.users import User


def _tell(spoerringer: Mapping[str, Select[Any] | Sequence[Select[Any]]]) -> dict[str, int]:
    """All counts in one query; each stops one past TELLES_TIL, so that it costs the same in a large town.

    What is in parts is counted together, each part in its own index.
    """
    deler = ([en] if isinstance(en, Select) else en for en in spoerringer.values())
    rad = db.session.execute(select(*(tellbar(*en) for en in deler))).one()
    return dict(zip(spoerringer, rad, strict=True))


def henviser(user: User) -> dict[str, int]:
    """What waits for a referrer: own unit's referrals, what came to the unit, and this year's cards.

    `behandler` and `deler_ut`: measures that the unit handles, and those of them that are cards.
    """
    behandler = select(Tiltak.id).where(
        Tiltak.mottaker_id.in_(sorted(enheter(user, Rettighet.HENVISNING_MOTTA))), ~Tiltak.utgaatt
    )
    return _tell(
        {
            "behandler": behandler,
            "deler_ut": behandler.join(TiltakMekanikk).where(TiltakMekanikk.mekanikk == Mekanikk.KORT),
            **{f.value: saker.merkede(user, f, Rettighet.HENVISNING_REGISTRER) for f in saker.VENTENDE},
            "nye": tildeling.mottatt_i(user, Innboksfilter.NYE),
            "kort": _ledige_kort(user),
            **_krav(user),
            **samordning.venter(user),
        }
    )


def mottaker(user: User) -> dict[str, int]:
    """What waits for a receiver, and the places its unit has left."""
    return _tell(
        {
            "nye": tildeling.mottatt_i(user, Innboksfilter.NYE),
            "behandles": tildeling.mottatt_i(user, Innboksfilter.UNDER_BEHANDLING),
            "paa_vent": tildeling.mottatt_i(user, Innboksfilter.PAA_VENT),
            "venteliste": tildeling.mottatt_i(user, Innboksfilter.VENTELISTE),
            "plasser": _ledige_plasser(user),
            **samordning.venter(user),
        }
    )


def _ledige_kort(user: User) -> Select[Any]:
    """This year's cards that are left, of the measures that the user's unit hands out."""
    gir = sorted(enheter(user, Rettighet.TILDELING_GI))
    aarets = select(Kortaar.beholdning_id).join(Tiltak, Tiltak.id == Kortaar.tiltak_id)
    return _ledige(aarets.where(Kortaar.aar == i_dag().year, Kortaar.stengt.is_(None), Tiltak.mottaker_id.in_(gir)))


def _ledige_plasser(user: User) -> Select[Any]:
    """Places left in the unit's offers whose season has not ended."""
    return _ledige(
        select(Tilbud.beholdning_id).where(
            Tilbud.enhet_id.in_(sorted(enheter(user, Rettighet.TILDELING_GI))),
            Tilbud.trukket.is_(None),
            Tilbud.sesong_til >= i_dag(),
        )
    )


def _ledige(beholdninger: Select[Any]) -> Select[Any]:
    """What is left of these stocks: found from the stocks, and not among all places that anybody has."""
    return select(Plass.id).where(Plass.beholdning_id.in_(beholdninger), Plass.tilstand == Plasstilstand.LEDIG)


def midler(user: User) -> dict[str, int]:
    """What waits for whoever handles the money, or approves it."""
    return _tell(penger.venter(user))


def _krav(user: User) -> dict[str, Select[Any]]:
    """Requests about the unit's own cases: open, and past their deadline."""
    aapne = select(Krav.id).where(
        vilkaar(Krav, user, Rettighet.KRAV_BEHANDLE), Krav.slag != Kravslag.SAMLET, Krav.ferdig.is_(None)
    )
    return {"krav": aapne, "krav_forfalt": aapne.where(Krav.frist < i_dag())}


def _deler(user: User) -> Select[Any]:
    """Parts of joint answers that the unit's leader can still approve."""
    query = select(Kravdel.id).join(Kravdel.krav).where(vilkaar(Kravdel, user, Rettighet.KRAV_GODKJENN))
    return query.where(Kravdel.svar.is_(None), Krav.ferdig.is_(None), Krav.svarfrist > now())


def enhetsleder(user: User) -> dict[str, int]:
    """The unit's cases in which something is still open, families' requests, and parts to approve."""
    aapne = saker.merkede(user, Saksfilter.AAPNE)
    rettigheter = konto.rettighetsvalg(user, Rettighetsfilter.MINE)
    return _tell({"aapne": aapne, "deler": _deler(user), "rettigheter": rettigheter, **_krav(user)})


def siste_telling() -> date | None:
    """The day of the newest snapshot."""
    return db.session.scalar(select(func.max(Oeyeblikksbilde.dato)))


def koordinator(user: User) -> dict[str, int]:
    """Drafts to check, drafts that the user may release, own jobs that are not done, and assessments."""
    i_gang = Jobb.status.in_((Jobbstatus.VENTER, Jobbstatus.I_ARBEID))
    stander = evaluering.stand(user, i_dag())
    vurderinger = {
        "vurderinger": sum(en.passer(Evalueringsfilter.SENDT) for en in stander),
        "forfalt": sum(en.forfalt for en in stander),
    }
    return vurderinger | _tell(
        {
            "utkast": select(Publisering.id).where(publisert.til_kontroll()),
            "klare": select(Publisering.id).where(publisert.kan_publiseres(user)),
            "jobber": select(Jobb.id).where(Jobb.bestilt_av == user.id, i_gang),
        }
    )


def tiltaksansvarlig(user: User) -> dict[str, int]:
    """Assessments that the user's unit is to write: over the date, soon, and sent back."""
    stander = evaluering.mine(user, i_dag())
    skal_skrive = [en for en in stander if not en.passer(Evalueringsfilter.SENDT)]
    return {
        "forfalt": sum(en.forfalt for en in skal_skrive),
        "snart": sum(en.passer(Evalueringsfilter.SNART) for en in skal_skrive),
        "returnert": sum(en.passer(Evalueringsfilter.RETURNERT) for en in stander),
    }


def systemforvalter(user: User) -> dict[str, int]:
    """Accounts, those that are locked or never were in, and rights over their date: one's own task and all."""
    return _tell(
        {
            "brukere": select(User.id),
            "laaste": select(User.id).where(User.laast),
            "aldri": select(User.id).where(User.sist_inne.is_(None)),
            "mine": konto.rettighetsvalg(user, Rettighetsfilter.MINE),
            "forfalt": konto.rettighetsvalg(user, Rettighetsfilter.FORFALT),
        }
    )


def personvernombud() -> dict[str, int]:
    """Lines of the access log today; refusals, reasons given and limits reached in the last seven days."""
    midnatt = datetime.combine(i_dag(), time(), tzinfo=OSLO)
    uke = midnatt - timedelta(days=6)
    nektet = or_(Innslag.hva == Hva.NEKTET, Innslag.hva == Hva.INN_NEKTET)
    return _tell(
        {
            "i_dag": select(Innslag.id).where(Innslag.tid >= midnatt),
            "nektet": select(Innslag.id).where(nektet, Innslag.tid >= uke),
            "aapnet": select(Aapning.id).where(Aapning.tid >= uke),
            "krav_forfalt": select(Krav.id).where(Krav.ferdig.is_(None), Krav.frist < i_dag()),
            "stanset": select(Innslag.id).where(Innslag.hva == Hva.OPPSLAG_STANSET, Innslag.tid >= uke),
        }
    )
