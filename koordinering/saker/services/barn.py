"""Add, correct and remove the children of a case."""

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db
from koordinering.errors import UgyldigFelt, stopp
from koordinering.roles import Rettighet
from koordinering.saker.models import Barn, Henvisning, Oenske, Sak
from koordinering.saker.rules.behov import Rettegrunn
from koordinering.saker.rules.registrering import MAKS_BARN, like, sjekk_oensker
from koordinering.saker.services.kjent import sjekk_ikke_kjent
from koordinering.saker.services.koblingskode import Koblingskode, koble_barna
from koordinering.saker.services.kommandoer import NyttBarn
from koordinering.saker.services.laas import laas_sak
from koordinering.saker.services.registrering import barnefeil, nytt_barn
from koordinering.saker.services.sak import beroer, ingenting_gitt, koder, meld_fra, sjekk_versjon, skriv_hendelse, ting
from koordinering.tekst import N_
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User, kommune


def legg_til_barn(
    sak: Sak,
    nytt: NyttBarn,
    *,
    av: User,
    versjon: int | None = None,
    likevel: bool = False,
    kode: Koblingskode | None = None,
) -> Barn:
    """Add a child; linked silently where it has a number, or the case a code. `kode`: klar_kode, made ready before.

    Raises KjentIEgenEnhet where another case of the unit has the child, unless `likevel`; Endret when the case is
    another than `versjon`, as when the same page is sent twice.
    """
    require(av, Rettighet.SAK_REGISTRER, sak)
    sjekk_versjon(sak, versjon)
    if len(sak.barn) >= MAKS_BARN:
        raise UgyldigFelt("foedselsaar", N_("En sak kan ha høyst 20 barn."))
    stopp([*barnefeil("", nytt), *like("fnr", [*(b.blindindeks for b in sak.barn), nytt.blindindeks])])
    if not likevel:
        sjekk_ikke_kjent(sak.enhet_id, [nytt], unntatt=sak)
    barn = nytt_barn(1 + max((b.lopenummer for b in sak.barn), default=0), nytt)
    sak.barn.append(barn)
    koble_barna(sak, kode)
    skriv_hendelse(sak, "barn_lagt_til", "barn", None, str(barn.lopenummer), None, av=av)
    audit.record(Hva.BARN_LAGT_TIL, av=av, gjelder=ting(sak))
    beroer(sak)
    db.session.flush()
    db.session.expire(sak, ["tillegg"])
    return barn


def rett_barn(
    barn: Barn,
    nytt: NyttBarn,
    grunn: Rettegrunn,
    *,
    av: User,
    versjon: int | None = None,
    likevel: bool = False,
    kode: Koblingskode | None = None,
) -> None:
    """Correct a child. A number typed again relinks silently; without one the link stays as it was.

    Where the case has a code, another birth year relinks its children. `kode`: klar_kode, made ready before.

    Raises KjentIEgenEnhet where another case of the unit has the number's child, unless `likevel`.
    """
    sak = barn.sak
    require(av, Rettighet.SAK_REGISTRER, sak)
    sjekk_versjon(sak, versjon)
    andres = (b.blindindeks for b in sak.barn if b is not barn)
    stopp([*barnefeil("", nytt), *like("fnr", [*andres, nytt.blindindeks])])
    if not likevel:
        sjekk_ikke_kjent(sak.enhet_id, [nytt], unntatt=sak)
    aar = barn.foedselsaar
    _rett_felter(barn, nytt, grunn, av=av)
    sett_oensker(barn, nytt.oensker, grunn, av=av)
    if nytt.blindindeks is not None:
        # the same event whether or not the number was another: the history tells nothing about the link
        skriv_hendelse(sak, "rettet", f"barn {barn.lopenummer} nummer", None, None, grunn, av=av)
        barn.blindindeks = nytt.blindindeks
    if aar != nytt.foedselsaar:
        koble_barna(sak, kode)
    audit.record(Hva.BARN_RETTET, av=av, gjelder=ting(sak))
    beroer(sak)
    db.session.flush()


def _rett_felter(barn: Barn, nytt: NyttBarn, grunn: Rettegrunn, *, av: User) -> None:
    """Change the child's own fields; the age is known to receivers, so those that work on it are told."""
    nr = f"barn {barn.lopenummer}"
    verdier = {"foedselsaar": nytt.foedselsaar, "deltar": nytt.deltar, "spurt": nytt.spurt}
    if kommune().registrer_kjoenn:
        verdier["kjoenn"] = nytt.kjoenn
    for felt, ny in verdier.items():
        gammel = getattr(barn, felt)
        if gammel != ny:
            fra, til = _kode(gammel), _kode(ny)
            skriv_hendelse(barn.sak, "rettet", f"{nr} {felt}", fra, til, grunn, av=av)
            setattr(barn, felt, ny)
            if felt == "foedselsaar":
                meld_fra(_henvisninger_for(barn), felt, fra, til, grunn, av=av)


def sett_oensker(barn: Barn, oensker: tuple[Aktivitet, ...], grunn: Rettegrunn, *, av: User) -> None:
    """Change what the child wishes for, in order, and tell the open referrals that were sent.

    Raises UgyldigFelt for too many, or the same twice.
    """
    sjekk_oensker("oenske1", oensker)
    gamle = tuple(o.aktivitet for o in barn.oensker)
    if gamle == oensker:
        return
    barn.oensker.clear()
    db.session.flush()  # the old rows hold the keys that the new ones take
    barn.oensker.extend(Oenske(rekkefoelge=nr, aktivitet=oenske) for nr, oenske in enumerate(oensker, 1))
    fra, til = koder(gamle), koder(oensker)
    skriv_hendelse(barn.sak, "rettet", f"barn {barn.lopenummer} oensker", fra, til, grunn, av=av)
    meld_fra(_henvisninger_for(barn), "oensker", fra, til, grunn, av=av)
    beroer(barn.sak)


def fjern_barn(barn: Barn, *, av: User, kode: Koblingskode | None = None) -> None:
    """Remove a child that was registered by mistake, with its referrals. Not where something has been given.

    `kode`: klar_kode for those that stay, made ready before.
    """
    sak = barn.sak
    require(av, Rettighet.SAK_REGISTRER, sak)
    laas_sak(sak)
    if len(sak.barn) == 1:
        raise UgyldigFelt("barn", N_("En sak må ha minst ett barn. Slett saken hvis hele registreringen er feil."))
    henvisninger = _henvisninger_for(barn)
    ingenting_gitt(henvisninger)
    for henvisning in henvisninger:
        audit.record(Hva.HENVISNING_SLETTET, av=av, gjelder=Ting("henvisning", henvisning.id, sak.enhet_id))
        sak.henvisninger.remove(henvisning)
    skriv_hendelse(sak, "barn_fjernet", "barn", str(barn.lopenummer), None, Rettegrunn.FEIL, av=av)
    audit.record(Hva.BARN_SLETTET, av=av, gjelder=ting(sak))
    for samtykke in sak.samtykker:
        if samtykke.gjelder is not None:
            samtykke.gjelder = [hvem for hvem in samtykke.gjelder if hvem != str(barn.id)]
    db.session.flush()
    sak.barn.remove(barn)
    koble_barna(sak, kode)
    beroer(sak)
    db.session.flush()


def _henvisninger_for(barn: Barn) -> list[Henvisning]:
    return [h for h in barn.sak.henvisninger if h.barn_id == barn.id]


def _kode(verdi: object) -> str | None:
    return None if verdi is None else str(verdi)
