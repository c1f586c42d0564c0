"""Register a family: children, consents and referrals in one step, and link silently."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import bindparam, select

from koordinering import audit, crypto, noekkellager
from koordinering.access import enheter, require
from koordinering.audit import Hva, Ting
from koordinering.db import Base, db, i_dag, tilfeldig_id
from koordinering.errors import DomainError, IngenTilgang, UgyldigFelt, brutt, stopp
from koordinering.nye_rader import la_lede, ny_rad, sett_inn_ledig, skriv
from koordinering.objekter import knytt
from koordinering.roles import Rettighet
from koordinering.saker.models import Barn, Henvisning, Oenske, Sak, SakBehov, Sakshendelse, Samtykke
from koordinering.saker.rules import referanse
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.registrering import (
    MAKS_BARN,
    gjelder_familien,
    like,
    sjekk_egen_referanse,
    sjekk_foedselsaar,
    sjekk_oensker,
    sjekk_valgt,
)
from koordinering.saker.services.forsegling import aapne, forsegl
from koordinering.saker.services.kjent import sjekk_ikke_kjent, sjekk_ukjent_kode
from koordinering.saker.services.koblingskode import Koblingskode, bruker_koder, sett_koblingskode
from koordinering.saker.services.kommandoer import NyHenvisning, NySak, NyttBarn
from koordinering.saker.services.overgang import send, send_ny
from koordinering.saker.services.samtykke import nytt_grunnlag
from koordinering.setning import Setning
from koordinering.tekst import N_
from koordinering.tiltak import queries as tiltak_queries
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.queries import Henvisbart, Valgt
from koordinering.tiltak.rules import Kortenhet, Mekanikk
from koordinering.users import User, kommune

_FORSOEK = 20
_INNSENDT = Setning[int](select(Sak.id).where(Sak.innsending == bindparam("innsending")))


class AlleredeRegistrert(DomainError):
    """This form has been sent before; `sak_id` is the case it made."""

    status = 409
    melding = N_("Familien er allerede registrert med dette skjemaet.")

    def __init__(self, sak_id: int) -> None:
        super().__init__()
        self.sak_id = sak_id


def registrer(kommando: NySak, *, av: User) -> int:
    """Make a case with children, consents and referrals, and send what can be sent; tell its key.

    The session knows nothing of the rows (nye_rader.py): whoever goes on with the case reads it. Known and unknown
    children take the same queries. Raises UgyldigFelt, KjentIEgenEnhet, AlleredeRegistrert.
    """
    require(av, Rettighet.SAK_REGISTRER)
    if kommando.enhet_id not in enheter(av, Rettighet.SAK_REGISTRER):
        raise IngenTilgang
    tiltak = tiltak_queries.valgte({ny.tiltak_id for ny in kommando.henvisninger})
    stopp(_feil(kommando, tiltak))
    innsending = innsendingsnoekkel(kommando.innsending, av)
    _ikke_to_ganger(innsending)
    kode = kommando.kode if bruker_koder() else None
    if not kommando.likevel:
        sjekk_ikke_kjent(kommando.enhet_id, kommando.barn)
        sjekk_ukjent_kode(kommando.enhet_id, kode)
    sak = _ny_sak(kommando, innsending, av)
    _forsegl(sak, kommando.egen_referanse, kode)
    with audit.together():
        _skriv(sak, kommando, tiltak, av)
    return sak.id


def _skriv(sak: Sak, kommando: NySak, tiltak: Mapping[str, Valgt], av: User) -> None:
    """The case's row first, under a reference of its own, then all that hangs on it."""
    la_lede(sak, samtykker=_samtykkene(sak, kommando, tiltak, av))
    _legg_inn(sak)
    audit.record(Hva.SAK_REGISTRERT, av=av, gjelder=Ting("sak", sak.id, sak.enhet_id))
    oensker = (oenske for barn in sak.barn for oenske in barn.oensker)
    registrert = ny_rad(Sakshendelse, sak_id=sak.id, user_id=av.id, slag="registrert")
    henvist = _henvis(sak, kommando, tiltak, av)
    skriv((*sak.behov, *sak.barn, *oensker, *sak.samtykker, registrert, *henvist))


def _forsegl(sak: Sak, egen_referanse: str | None, kode: Koblingskode | None) -> None:
    if egen_referanse or kode is not None:
        noekkellager.lag(crypto.SAK, [sak.id])
    sett_egen_referanse(sak, egen_referanse)
    sett_koblingskode(sak, kode)


def _samtykkene(sak: Sak, kommando: NySak, tiltak: Mapping[str, Valgt], av: User) -> list[Samtykke]:
    noekler: dict[int | None, int | None] = {None: None, **{nr: barn.id for nr, barn in enumerate(sak.barn)}}
    henvist = {ny.mottaker_id: _henvist(ny.mottaker_id, kommando.henvisninger, tiltak) for ny in kommando.grunnlag}
    return [nytt_grunnlag(sak, ny, {noekler[nr] for nr in henvist[ny.mottaker_id]}, av=av) for ny in kommando.grunnlag]


def _henvis(sak: Sak, kommando: NySak, tiltak: Mapping[str, Valgt], av: User) -> Iterator[Base]:
    """The referrals, each with its event unless it is a draft."""
    for ny in kommando.henvisninger:
        valgt, barn = tiltak[ny.tiltak_id], None if ny.barn is None else sak.barn[ny.barn]
        henvisning = _henvisning(sak, valgt, barn)
        la_lede(henvisning, sak=sak)
        _laget(henvisning, av)
        yield henvisning
        if not kommando.utkast:
            yield send_ny(henvisning, valgt, av=av)


def innsendingsnoekkel(token: str | None, av: User) -> bytes | None:
    """What is stored of a form's token; bound to the user, so that nobody hits another's form."""
    return crypto.token_hash(f"{av.id}:{token}") if token else None


def _feil(kommando: NySak, tiltak: Mapping[str, Valgt]) -> Iterator[UgyldigFelt]:
    """All that is wrong with the family, but for its consents."""
    if not kommando.barn:
        yield UgyldigFelt("barn", N_("Legg til minst ett barn."))
    if len(kommando.barn) > MAKS_BARN:
        yield UgyldigFelt("barn", N_("En sak kan ha høyst 20 barn."))
    for nr, barn in enumerate(kommando.barn):
        yield from barnefeil(f"barn-{nr}-", barn)
    yield from like("barn-{}-fnr", [barn.blindindeks for barn in kommando.barn])
    if kommando.egen_referanse:
        yield from brutt(sjekk_egen_referanse, "egen_referanse", kommando.egen_referanse)
    if not kommando.utkast:
        yield from brutt(sjekk_valgt, "tiltak", kommando.henvisninger)
    if len({(h.tiltak_id, h.barn) for h in kommando.henvisninger}) != len(kommando.henvisninger):
        yield UgyldigFelt("tiltak", N_("Det samme tiltaket er valgt to ganger."))
    for henvisning in kommando.henvisninger:
        yield from brutt(_sjekk_henvisning, henvisning, len(kommando.barn), tiltak)


def barnefeil(foran: str, barn: NyttBarn) -> Iterator[UgyldigFelt]:
    """What is wrong with a child; `foran` is what its field names begin with."""
    yield from brutt(sjekk_foedselsaar, f"{foran}foedselsaar", barn.foedselsaar, i_dag().year)
    yield from brutt(sjekk_oensker, f"{foran}oenske1", barn.oensker)


def _sjekk_henvisning(ny: NyHenvisning, antall_barn: int, tiltak: Mapping[str, Valgt]) -> None:
    if Mekanikk.FRIPLASS in fra_listen(tiltak, ny.tiltak_id).slag and ny.barn is None:
        raise UgyldigFelt("tiltak", N_("Velg hvilket barn henvisningen gjelder."))
    if ny.barn is not None and not 0 <= ny.barn < antall_barn:
        raise UgyldigFelt("tiltak", N_("Velg hvilket barn henvisningen gjelder."))


def fra_listen(tiltak: Mapping[str, Valgt], tiltak_id: str) -> Valgt:
    """The measure. Raises UgyldigFelt unless one can refer to it."""
    if tiltak_id not in tiltak:
        raise UgyldigFelt("tiltak", N_("Velg et tiltak fra listen."))
    return tiltak[tiltak_id]


def er_for_familien(tiltak_id: str, slag: Collection[Mekanikk]) -> bool:
    """Tell whether a referral to the measure is the whole family's; to a card, as this year's cards are counted."""
    kortaar = tiltak_queries.kortaar(tiltak_id, i_dag().year) if Mekanikk.KORT in slag else None
    return gjelder_familien(tiltak_id, slag, kortaar.per if kortaar else Kortenhet.FAMILIE)


def sjekk_hvem(felt: str, tiltak: Valgt | Tiltak, for_barn: bool) -> None:
    """Raise UgyldigFelt where a family's measure is to be one child's, or a child's the whole family's."""
    for_familien = er_for_familien(tiltak.id, tiltak.slag)
    if for_familien and for_barn:
        raise UgyldigFelt(felt, N_("Tiltaket er for hele familien. Velg «Hele familien»."))
    if not for_familien and not for_barn:
        raise UgyldigFelt(felt, N_("Tiltaket er for ett barn. Velg hvilket barn det gjelder."))


def _ikke_to_ganger(innsending: bytes | None) -> None:
    if innsending is None:
        return
    sak_id = _INNSENDT.verdi({"innsending": innsending})
    if sak_id is not None:
        raise AlleredeRegistrert(sak_id)


def _ny_sak(kommando: NySak, innsending: bytes | None, av: User) -> Sak:
    """The case with its needs and children, not in the database yet."""
    sak = ny_rad(
        Sak,
        id=tilfeldig_id(),
        enhet_id=kommando.enhet_id,
        ansvarlig_id=av.id,
        i_maalgruppe=kommando.i_maalgruppe,
        innsending=innsending,
    )
    barna = [nytt_barn(nr, barn) for nr, barn in enumerate(kommando.barn, 1)]
    for barn in barna:
        barn.sak_id = sak.id
    behov = [ny_rad(SakBehov, sak_id=sak.id, behov=en) for en in sorted(kommando.behov)]
    la_lede(sak, behov=behov, barn=barna)
    return sak


def _legg_inn(sak: Sak) -> None:
    """Write the case's row under a reference nobody has; drawn again where the draw hits one in use.

    Raises AlleredeRegistrert where the other half of a double click came first.
    """
    for _ in range(_FORSOEK):
        sak.referanse = referanse.ny()
        if sett_inn_ledig(sak):
            return
        _ikke_to_ganger(sak.innsending)
    raise RuntimeError("no free reference found")


def sett_egen_referanse(sak: Sak, tekst: str | None) -> None:
    """Seal the unit's own reference with the case's key, or empty it."""
    sak.egen_referanse = forsegl(sak, "egen_referanse", tekst) if tekst else None


def les_egen_referanse(sak: Sak) -> str | None:
    """Open the unit's own reference, None where there is none or its key has been destroyed."""
    return aapne(sak, "egen_referanse")


def nytt_barn(lopenummer: int, barn: NyttBarn) -> Barn:
    """A child's row. Gender is kept only where the municipality has switched it on."""
    rad = ny_rad(
        Barn,
        id=tilfeldig_id(),
        lopenummer=lopenummer,
        foedselsaar=barn.foedselsaar,
        kjoenn=barn.kjoenn if kommune().registrer_kjoenn else None,
        deltar=barn.deltar,
        spurt=barn.spurt,
        blindindeks=barn.blindindeks,
    )
    oensker = enumerate(barn.oensker, 1)
    knytt(rad, oensker=[ny_rad(Oenske, barn_id=rad.id, rekkefoelge=nr, aktivitet=oenske) for nr, oenske in oensker])
    return rad


def ny_henvisning(sak: Sak, tiltak: Valgt, barn: Barn | None, utkast: bool, *, av: User) -> Henvisning:
    """A referral's row with its event, sent at once unless it is a draft."""
    henvisning = _henvisning(sak, tiltak, barn)
    knytt(henvisning, barn=barn, tiltak=db.session.get_one(Tiltak, tiltak.id))
    henvisning.sak = sak
    db.session.add(henvisning)
    _laget(henvisning, av)
    if not utkast:
        send(henvisning, av=av)
    return henvisning


def _henvisning(sak: Sak, tiltak: Valgt, barn: Barn | None) -> Henvisning:
    """The row; the case does not know of it yet."""
    return ny_rad(
        Henvisning,
        id=tilfeldig_id(),
        sak_id=sak.id,
        barn_id=None if barn is None else barn.id,
        tiltak_id=tiltak.id,
        avsender_id=sak.enhet_id,
        mottaker_id=tiltak.mottaker_id,
        status=Status.UTKAST,
        synlig=False,
        sperret=False,
        startet=False,
    )


def _laget(henvisning: Henvisning, av: User) -> None:
    audit.record(Hva.HENVISNING_LAGET, av=av, gjelder=Ting("henvisning", henvisning.id, henvisning.avsender_id))


def gjelder(
    mottaker_id: str,
    henvisninger: Collection[NyHenvisning],
    foedselsaar: Sequence[int],
    tiltak: Mapping[str, Valgt] | Mapping[str, Henvisbart],
) -> list[int]:
    """Birth years of the children that the unit's consent is about, each once; all of them for a family referral."""
    barna = _henvist(mottaker_id, henvisninger, tiltak)
    if not barna or None in barna:
        return list(foedselsaar)
    return [aar for nr, aar in enumerate(foedselsaar) if nr in barna]


def _henvist(
    mottaker_id: str,
    henvisninger: Collection[NyHenvisning],
    tiltak: Mapping[str, Valgt] | Mapping[str, Henvisbart],
) -> set[int | None]:
    """Which of the command's children the referrals to the unit are for; None: the whole family."""
    return {h.barn for h in henvisninger if tiltak[h.tiltak_id].mottaker_id == mottaker_id}
