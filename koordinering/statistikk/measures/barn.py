"""Questions about children and families: each is counted once a year in each table."""

from collections.abc import Callable

import numpy as np

from koordinering.saker.rules.overganger import Status
from koordinering.statistikk.disclosure import Noekkel
from koordinering.statistikk.measures import klasser
from koordinering.statistikk.measures.grunnlag import Grunnlag
from koordinering.statistikk.measures.kolonner import Klasser, Tallrekke, hvert_par, rekke
from koordinering.statistikk.measures.lest import DELTAR, KJOENN, Kjennetegn
from koordinering.statistikk.measures.rutenett import Delt, Personer, plasser
from koordinering.statistikk.measures.spoersmaal import Sammenheng, Spoersmaal


def _samlet(klasse: Klasser, hos: Tallrekke, antall: int, flere: int) -> Tallrekke:
    """One class for each of so many: its own, or `flere` where it has more than one. `hos` tells whose each is."""
    foerst, sist = np.full(antall, flere), np.full(antall, -1)
    np.minimum.at(foerst, hos, klasse)
    np.maximum.at(sist, hos, klasse)
    return np.where(foerst == sist, foerst, flere)


def _tjenestene(g: Grunnlag, hos: Personer, antall: int) -> Delt:
    """By service; `hos` is each case and whose it is."""
    kategorier = klasser.tjenester(g.lest.tjenester)
    i_sak = np.zeros(g.antall_saker, dtype=np.int64)
    i_sak[g.sak] = g.klassene(kategorier, lambda k: k.enhet)[g.henvist.kjenn]
    flere = plasser(kategorier)[klasser.FLERE]
    return Delt(kategorier, _samlet(i_sak[hos.enhet], hos.person, antall, flere))


def _tjeneste(g: Grunnlag) -> Delt:
    return _tjenestene(g, g.i_sak, g.antall_barn)


def _alder(g: Grunnlag) -> Delt:
    gruppe = [plasser(klasser.ALDER)[klasser.GRUPPE_AV_ALDER[alder]] for alder in sorted(klasser.GRUPPE_AV_ALDER)]
    return Delt(klasser.ALDER, rekke(gruppe)[g.alder])


def _kjoenn(g: Grunnlag) -> Delt:
    plass = plasser(klasser.KJOENN)
    return Delt(klasser.KJOENN, rekke([plass[kode or klasser.UKJENT] for kode in KJOENN])[g.kjoenn])


def foerste_henvisning(alt: Sammenheng) -> Spoersmaal:
    """Children by the quarter in which they were first referred."""
    g = alt.grunnlag
    foerst = np.full(g.antall_barn, len(klasser.KVARTAL))
    np.minimum.at(foerst, g.par.person, g.kvartal[g.par.enhet])
    return Spoersmaal(g.barna, (Delt(klasser.KVARTAL, foerst),), ikke_begynt(alt))


def familier_kvartal(alt: Sammenheng) -> Spoersmaal:
    """Families by the quarter in which any of their children was first referred."""
    g = alt.grunnlag
    foerst = np.full(g.antall_familier, len(klasser.KVARTAL))
    np.minimum.at(foerst, g.familie[g.sak], g.kvartal)
    return Spoersmaal(g.familiene, (Delt(klasser.KVARTAL, foerst),), ikke_begynt(alt))


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
    hos = Personer(np.arange(g.antall_saker), g.familie)
    return Spoersmaal(g.familiene, (_tjenestene(g, hos, g.antall_familier),))


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


_FOERSTE, _UKJENT, _KJENT = 0, 1, 2
_GANG = rekke([plasser(klasser.FOERSTE)[kode] for kode in ("foerste", klasser.UKJENT, "kjent")])


def _gang(g: Grunnlag) -> Tallrekke:
    """For each child, what outweighs the others in a family coming last."""
    return np.where(g.lenket, np.where(g.kjent, _KJENT, _FOERSTE), _UKJENT)


def foerste_gang(alt: Sammenheng) -> Spoersmaal:
    """Children reached for the first time, and those known from earlier years."""
    g = alt.grunnlag
    return Spoersmaal(g.barna, (Delt(klasser.FOERSTE, _GANG[_gang(g)]),))


def familier_foerste_gang(alt: Sammenheng) -> Spoersmaal:
    """Families that come back: one known child is enough; one that cannot be told hides that it is the first."""
    g = alt.grunnlag
    mest = np.full(g.antall_familier, _FOERSTE)
    np.maximum.at(mest, g.familie[g.i_sak.enhet], _gang(g)[g.i_sak.person])
    return Spoersmaal(g.familiene, (Delt(klasser.FOERSTE, _GANG[mest]),))


def antall_tiltak(alt: Sammenheng) -> Spoersmaal:
    """Children by how many different measures they were given."""
    g = alt.grunnlag
    tiltak = g.klassene(klasser.tiltak(g.lest.tiltak), lambda k: k.tiltak)[g.henvist.kjenn]
    gitt = g.har(lambda k: k.gitt)[g.henvist.kjenn][g.par.enhet]
    hvem, _ = hvert_par(g.par.person[gitt], tiltak[g.par.enhet[gitt]])
    faatt = np.bincount(hvem, minlength=g.antall_barn)
    plass = plasser(klasser.ANTALL_TILTAK)
    antall = rekke([plass[kode] for kode in (klasser.UTEN_GITT, "t1", "t2", "t3")])
    return Spoersmaal(g.barna, (Delt(klasser.ANTALL_TILTAK, antall[np.minimum(faatt, 3)]),))


def deltakelse(alt: Sammenheng) -> Spoersmaal:
    """Whether children took part regularly: when first registered, and when their last referral was closed."""
    g = alt.grunnlag
    plass = plasser(klasser.DELTAR_SLUTT)
    foer = np.zeros(g.antall_barn, dtype=np.int64)
    foerst = _den_siste(g, -g.henvist.naar.view(np.int64), -g.henvist.id, np.arange(len(g.par.enhet)))
    foer[g.par.person[foerst]] = rekke([plass[kode] for kode in DELTAR])[g.deltar[foerst]]

    def svart(k: Kjennetegn) -> bool:
        return bool(k.deltar_ved_slutt) and k.status == Status.AVSLUTTET and not k.hele_familien

    svarte = np.flatnonzero(g.har(svart)[g.henvist.kjenn][g.par.enhet])
    sist = _den_siste(g, g.henvist.endret.view(np.int64), g.henvist.id, svarte)
    svar = g.klassene(klasser.DELTAR_SLUTT, lambda k: k.deltar_ved_slutt or klasser.IKKE_SPURT)[g.henvist.kjenn]
    etter = np.full(g.antall_barn, plass[klasser.IKKE_SPURT])
    etter[g.par.person[sist]] = svar[g.par.enhet[sist]]
    return Spoersmaal(g.barna, (Delt(klasser.DELTAR, foer), Delt(klasser.DELTAR_SLUTT, etter)))


def _den_siste(g: Grunnlag, naar: Tallrekke, saa: Tallrekke, blant: Tallrekke) -> Tallrekke:
    """Of each child, which of these pairs has the highest `naar`, and of those the highest `saa`.

    Both are of referrals. Found without putting a million of them in order.
    """
    for verdi in (naar, saa):
        egne, person = verdi[g.par.enhet[blant]], g.par.person[blant]
        hoeyest = np.full(g.antall_barn, np.iinfo(np.int64).min)
        np.maximum.at(hoeyest, person, egne)
        blant = blant[egne == hoeyest[person]]
    return blant


def kobling(alt: Sammenheng) -> Spoersmaal:
    """Cases in which a counted child stands unlinked."""
    g = alt.grunnlag
    plass = plasser(klasser.KOBLING)
    return Spoersmaal(g.saker, (Delt(klasser.KOBLING, np.where(g.ulenkede, plass["mangler"], plass["alle"])),))
