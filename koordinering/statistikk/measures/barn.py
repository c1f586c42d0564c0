"""Questions about children and families: each is counted once a year in each table."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime

from koordinering.saker.rules.overganger import Status
from koordinering.statistikk.disclosure import Noekkel
from koordinering.statistikk.measures import klasser
from koordinering.statistikk.measures.grunnlag import Grunnlag
from koordinering.statistikk.measures.spoersmaal import Delt, Sammenheng, Spoersmaal


def _samlet(par: Iterable[tuple[int, str]], antall: int) -> list[str]:
    """One class for each of so many: its own, or that of several where it has more than one."""
    av: dict[int, str] = {}
    for nr, klasse in par:
        av[nr] = klasse if av.setdefault(nr, klasse) == klasse else klasser.FLERE
    return [av[nr] for nr in range(antall)]


def _tjeneste(g: Grunnlag) -> Delt:
    par = ((nr, g.enhet[sak]) for sak, barn in g.barn_i_sak.items() for nr in barn)
    return Delt(klasser.tjenester(g.lest.tjenester), _samlet(par, len(g.barn)))


def _alder(g: Grunnlag) -> Delt:
    return Delt(klasser.ALDER, [klasser.GRUPPE_AV_ALDER[barn.alder] for barn in g.barn])


def _kjoenn(g: Grunnlag) -> Delt:
    return Delt(klasser.KJOENN, [barn.kjoenn or klasser.UKJENT for barn in g.barn])


def kvartal(dag: date) -> str:
    """The quarter of a day."""
    return klasser.maanedens_kvartal(dag.month)


def foerste_henvisning(alt: Sammenheng) -> Spoersmaal:
    """Children by the quarter in which they were first referred."""
    g = alt.grunnlag
    foerst: dict[int, str] = {}
    for h, barn in zip(g.henvist, g.barn_av, strict=True):
        for nr in barn:
            foerst.setdefault(nr, kvartal(g.dag(h)))
    delt = Delt(klasser.KVARTAL, [foerst[nr] for nr in range(len(g.barn))])
    return Spoersmaal(g.barna, (delt,), ikke_begynt(alt))


def familier_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Families by the quarter in which any of their children was first referred."""
    g = alt.grunnlag
    foerst: dict[int, str] = {}
    for h in g.henvist:  # in the order they were sent
        foerst.setdefault(g.familie[h.sak], kvartal(g.dag(h)))
    enheter = g.familiene
    delt = Delt(klasser.KVARTAL, [foerst[nr] for nr in range(enheter.antall)])
    return Spoersmaal(enheter, (delt,), ikke_begynt(alt))


def ikke_begynt(alt: Sammenheng, plass: int = 0) -> Callable[[Noekkel], bool]:
    """Quarters that had not begun on the day counted have no counts."""
    siste = 4 if alt.dato.year > alt.aar else (alt.dato.month + 2) // 3
    kommende = frozenset(k.kode for k in klasser.KVARTAL[siste:])

    def strukturell(noekkel: Noekkel) -> bool:
        return noekkel[plass] in kommende

    return strukturell


def tjeneste(alt: Sammenheng) -> Spoersmaal:
    """Children by the service that referred them."""
    return Spoersmaal(alt.grunnlag.barna, (_tjeneste(alt.grunnlag),))


def tjeneste_familier(alt: Sammenheng) -> Spoersmaal:
    """Families by the service that referred any of their children."""
    g = alt.grunnlag
    familier = g.familiene
    par = ((g.familie[sak], g.enhet[sak]) for sak in g.barn_i_sak)
    return Spoersmaal(familier, (Delt(klasser.tjenester(g.lest.tjenester), _samlet(par, familier.antall)),))


def alder(alt: Sammenheng) -> Spoersmaal:
    """Children by age."""
    return Spoersmaal(alt.grunnlag.barna, (_alder(alt.grunnlag),))


def kjoenn(alt: Sammenheng) -> Spoersmaal:
    """Children by gender."""
    return Spoersmaal(alt.grunnlag.barna, (_kjoenn(alt.grunnlag),))


def tjeneste_alder(alt: Sammenheng) -> Spoersmaal:
    """Children by service and age."""
    return Spoersmaal(alt.grunnlag.barna, (_tjeneste(alt.grunnlag), _alder(alt.grunnlag)))


def alder_kjoenn(alt: Sammenheng) -> Spoersmaal:
    """Children by age and gender."""
    return Spoersmaal(alt.grunnlag.barna, (_alder(alt.grunnlag), _kjoenn(alt.grunnlag)))


def _gang(g: Grunnlag, indeks: bytes | None) -> str:
    if indeks is None:
        return klasser.UKJENT
    return "kjent" if indeks in g.lest.kjente else "foerste"


def foerste_gang(alt: Sammenheng) -> Spoersmaal:
    """Children reached for the first time, and those known from earlier years."""
    g = alt.grunnlag
    return Spoersmaal(g.barna, (Delt(klasser.FOERSTE, [_gang(g, barn.indeks) for barn in g.barn]),))


def familier_foerste_gang(alt: Sammenheng) -> Spoersmaal:
    """Families that come back: one known child is enough; one that cannot be told hides that it is the first."""
    g = alt.grunnlag
    enheter = g.familiene
    barn_i: dict[int, set[str]] = defaultdict(set)
    for sak, barn in g.barn_i_sak.items():
        barn_i[g.familie[sak]].update(_gang(g, g.barn[nr].indeks) for nr in barn)
    rang = ("kjent", klasser.UKJENT, "foerste")
    av = [next(klasse for klasse in rang if klasse in barn_i[nr]) for nr in range(enheter.antall)]
    return Spoersmaal(enheter, (Delt(klasser.FOERSTE, av),))


def antall_tiltak(alt: Sammenheng) -> Spoersmaal:
    """Children by how many different measures they were given."""
    g = alt.grunnlag
    faatt: dict[int, set[str]] = defaultdict(set)
    for h, barn in zip(g.henvist, g.barn_av, strict=True):
        if h.id in g.lest.gitt:
            for nr in barn:
                faatt[nr].add(h.tiltak)
    av = [f"t{min(len(faatt[nr]), 3)}" if nr in faatt else klasser.UTEN_GITT for nr in range(len(g.barn))]
    return Spoersmaal(g.barna, (Delt(klasser.ANTALL_TILTAK, av),))


def deltakelse(alt: Sammenheng) -> Spoersmaal:
    """Whether children took part regularly: when first registered, and when their last referral was closed."""
    g = alt.grunnlag
    foer: dict[int, str] = {}
    etter: dict[int, tuple[datetime, int, str]] = {}
    for h, barn in zip(g.henvist, g.barn_av, strict=True):
        for nr in barn:
            foer.setdefault(nr, g.deltar[h.sak, nr])
        if h.deltar_ved_slutt and h.status == Status.AVSLUTTET and h.barn is not None:
            svar = (h.endret, h.id, h.deltar_ved_slutt)
            etter[barn[0]] = max(etter.get(barn[0], svar), svar)
    alle = range(len(g.barn))
    start = Delt(klasser.DELTAR, [foer[nr] for nr in alle])
    slutt = Delt(klasser.DELTAR_SLUTT, [etter[nr][2] if nr in etter else klasser.IKKE_SPURT for nr in alle])
    return Spoersmaal(g.barna, (start, slutt))


def kobling(alt: Sammenheng) -> Spoersmaal:
    """Cases in which a counted child stands unlinked."""
    g = alt.grunnlag
    return Spoersmaal(g.saker, (Delt(klasser.KOBLING, ["mangler" if mangler else "alle" for mangler in g.ulenkede]),))
