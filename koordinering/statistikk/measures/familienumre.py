"""The rule of saker.rules.familier over all cases of a year at once, in arrays."""

import numpy as np

from koordinering.statistikk.measures.kolonner import Tallrekke, hvert_par, nummerert, rekke


def familier_av(sak: Tallrekke, person: Tallrekke, antall: int) -> Tallrekke:
    """The family of each of so many cases, numbered from 0, as `familier` groups them.

    `sak` and `person` are each case and each child in it, once. Only cases that share children are compared: each
    with the next one of the same child, then with the one after that, until no child has so many cases.
    """
    stoerrelse = np.bincount(sak, minlength=antall)
    i_flere = (np.bincount(person) > 1)[person]
    person, sak = hvert_par(person[i_flere], sak[i_flere])
    par = []
    for avstand in range(1, int(np.bincount(person).max(initial=0))):
        felles = np.flatnonzero(person[avstand:] == person[:-avstand])
        en, annen = sak[felles], sak[felles + avstand]
        par.append(np.minimum(en, annen) * antall + np.maximum(en, annen))
    par_nr, delte = np.unique(np.concatenate(par) if par else rekke([]), return_counts=True)
    en, annen = np.divmod(par_nr, max(antall, 1))
    hoerer_sammen = 2 * delte > np.minimum(stoerrelse[en], stoerrelse[annen])
    return nummerert(_grupper(en[hoerer_sammen], annen[hoerer_sammen], antall), antall)[0]


def _grupper(en: Tallrekke, annen: Tallrekke, antall: int) -> Tallrekke:
    """The lowest of each connected group: each takes the lowest of its neighbours until nothing changes."""
    leder = np.arange(antall)
    while True:
        forrige = leder.copy()
        lavest = np.minimum(leder[en], leder[annen])
        for ende in (en, annen):
            np.minimum.at(leder, leder[ende], lavest)
            np.minimum.at(leder, ende, lavest)
        leder = leder[leder]
        if (leder == forrige).all():
            return leder
