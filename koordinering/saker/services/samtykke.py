"""Consents and statutory authorities: given, and withdrawn with effect at once."""

from collections.abc import Collection, Iterator

from sqlalchemy import select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag, now, tilfeldig_id
from koordinering.errors import UgyldigFelt, UgyldigOvergang, brutt, stopp
from koordinering.nye_rader import ny_rad
from koordinering.roles import Rettighet
from koordinering.saker.models import Barn, Henvisning, Hjemmel, Sak, Sakshendelse, Samtykke
from koordinering.saker.rules.behov import Grunnlag
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.registrering import sjekk_gitt
from koordinering.saker.rules.samtykke import FAMILIEN, hvem_kan_samtykke, sjekk_hvem
from koordinering.saker.services.kommandoer import NyttGrunnlag
from koordinering.saker.services.laas import laas_sak
from koordinering.saker.services.overgang import har_grunnlag, send
from koordinering.tekst import N_
from koordinering.users import Enhet, User, kommune


def nytt_grunnlag(sak: Sak, nytt: NyttGrunnlag, henvist: Collection[int | None], *, av: User) -> Samtykke:
    """A row of consent or authority, for the children that `henvist` are the keys of (`gjelder_i_saken`).

    Raises UgyldigFelt.
    """
    barna = gjelder_i_saken(sak, henvist, alle=nytt.alle)
    stopp(grunnlagsfeil(nytt, [barn.foedselsaar for barn in barna]))
    familien = [FAMILIEN] if nytt.alle or not henvist or None in henvist else []
    samtykke = ny_rad(
        Samtykke,
        id=tilfeldig_id(),
        sak_id=sak.id,
        mottaker_id=nytt.mottaker_id,
        grunnlag=nytt.grunnlag,
        hjemmel_id=nytt.hjemmel_id if nytt.grunnlag is Grunnlag.HJEMMEL else None,
        maate=nytt.maate if nytt.grunnlag is Grunnlag.SAMTYKKE else None,
        fra=nytt.fra if nytt.grunnlag is Grunnlag.SAMTYKKE else None,
        opplysninger=[o.value for o in nytt.opplysninger],
        gjelder=[*familien, *(str(barn.id) for barn in barna)] if nytt.grunnlag is Grunnlag.SAMTYKKE else None,
        gitt=nytt.gitt or i_dag(),
        gyldig_til=nytt.gyldig_til,
        registrert_av=av.id,
    )
    audit.record(Hva.SAMTYKKE_REGISTRERT, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id), detalj=nytt.grunnlag.value)
    return samtykke


def grunnlagsfeil(nytt: NyttGrunnlag, foedselsaar: Collection[int]) -> list[UgyldigFelt]:
    """All that is wrong with a consent or authority for these children: at most one thing for each field."""
    return list(_samtykkefeil(nytt, foedselsaar) if nytt.grunnlag is Grunnlag.SAMTYKKE else _hjemmelfeil(nytt))


def _hjemmelfeil(nytt: NyttGrunnlag) -> Iterator[UgyldigFelt]:
    hjemmel = db.session.get(Hjemmel, nytt.hjemmel_id) if nytt.hjemmel_id else None
    dag = i_dag()
    if hjemmel is None or hjemmel.gyldig_fra > dag or (hjemmel.gyldig_til is not None and hjemmel.gyldig_til < dag):
        yield UgyldigFelt("hjemmel", N_("Velg hjemmelen fra listen."))


def _samtykkefeil(nytt: NyttGrunnlag, foedselsaar: Collection[int]) -> Iterator[UgyldigFelt]:
    if nytt.maate is None:
        yield UgyldigFelt("maate", N_("Velg hvordan samtykket er gitt."))
    alder = kommune().samtykkealder
    if nytt.fra is None:
        yield UgyldigFelt("fra", N_("Velg hvem som har gitt samtykket."))
    else:
        yield from brutt(sjekk_hvem, "fra", nytt.fra, hvem_kan_samtykke(foedselsaar, i_dag().year, alder))
    if not nytt.opplysninger:
        yield UgyldigFelt("opplysninger", N_("Velg hva samtykket omfatter."))
    yield from brutt(sjekk_gitt, "gitt", nytt.gitt or i_dag(), i_dag())
    if nytt.gyldig_til is not None and nytt.gyldig_til < i_dag():
        yield UgyldigFelt("gyldig_til", N_("Datoen må være i dag eller senere."))


def registrer_samtykke(sak: Sak, nytt: NyttGrunnlag, *, av: User) -> list[Henvisning]:
    """Add a consent or authority to a case and send what waited for it; tell which referrals were sent."""
    require(av, Rettighet.SAK_REGISTRER, sak)
    if db.session.get(Enhet, nytt.mottaker_id) is None or nytt.mottaker_id == sak.enhet_id:
        raise UgyldigFelt("mottaker", N_("Velg enheten som skal motta."))
    laas_sak(sak)
    venter = _laast_til(sak, nytt.mottaker_id)
    sak.samtykker.append(nytt_grunnlag(sak, nytt, {h.barn_id for h in venter}, av=av))
    db.session.add(Sakshendelse(sak_id=sak.id, user_id=av.id, slag="samtykke", til=nytt.mottaker_id))
    db.session.flush()
    sendt = [h for h in venter if h.status is Status.VENTER_SAMTYKKE]
    for henvisning in sendt:
        send(henvisning, av=av)
    _vis_igjen(venter)
    db.session.flush()
    return sendt


def henvist_til(sak: Sak, mottaker_id: str) -> set[int | None]:
    """Keys of the children that the case's referrals to the unit are for; None where one is the whole family's."""
    return {h.barn_id for h in sak.henvisninger if h.mottaker_id == mottaker_id}


def gjelder_i_saken(sak: Sak, henvist: Collection[int | None], *, alle: bool) -> list[Barn]:
    """The case's children that a consent is about, where the referrals to its unit are for these.

    All of them where it is given for all, where one of the referrals is the whole family's, or where there is none.
    """
    hele = alle or not henvist or None in henvist
    return [barn for barn in sak.barn if hele or barn.id in henvist]


def _laast_til(sak: Sak, mottaker_id: str) -> list[Henvisning]:
    """The case's referrals to one unit, read anew: whoever ended a consent a moment ago has changed them."""
    query = select(Henvisning).where(Henvisning.sak_id == sak.id, Henvisning.mottaker_id == mottaker_id)
    query = query.order_by(Henvisning.id).with_for_update(of=Henvisning).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def _vis_igjen(henvisninger: Collection[Henvisning]) -> None:
    """What was hidden when an earlier consent was withdrawn, and has been sent, is the receiver's again."""
    for henvisning in henvisninger:
        if henvisning.sendt is not None and henvisning.status is not Status.TRUKKET:
            henvisning.synlig = True


def trekk_samtykke(samtykke: Samtykke, *, av: User) -> list[Henvisning]:
    """End a consent and hide from its receiver what rested on it; tell which referrals that was.

    What follows for each of them is tildeling's: it alone knows what has been given.
    """
    sak = samtykke.sak
    require(av, Rettighet.SAK_REGISTRER, sak)
    laas_sak(sak)
    db.session.refresh(samtykke)
    if samtykke.trukket is not None:
        raise UgyldigOvergang(N_("Samtykket er allerede trukket."))
    samtykke.trukket = now()
    db.session.add(Sakshendelse(sak_id=sak.id, user_id=av.id, slag="samtykke_trukket", til=samtykke.mottaker_id))
    audit.record(Hva.SAMTYKKE_TRUKKET, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id))
    laast = _laast_til(sak, samtykke.mottaker_id)
    rammet = [h for h in laast if h.synlig and not har_grunnlag(sak, samtykke.mottaker_id, h.barn_id)]
    for henvisning in rammet:
        henvisning.synlig = False
    db.session.flush()
    return rammet
