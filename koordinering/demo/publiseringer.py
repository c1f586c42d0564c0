"""The town's releases: the years that are over, and a draft of this year that waits for the second coordinator."""

from collections.abc import Sequence
from datetime import date

from koordinering.db import db, i_dag, transaction
from koordinering.demo.brukere import demobrukere
from koordinering.demo.grunnlag import Framdrift
from koordinering.jobb.arbeider import arbeid
from koordinering.roles import Rolle
from koordinering.statistikk import queries, services
from koordinering.statistikk.aapne import services as aapne
from koordinering.statistikk.aapne.rules import Lisens, Opplysninger
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.rules import Publiseringsstatus
from koordinering.tekst import N_
from koordinering.users import User

TIL_NESTE = ("tjeneste", "alder", "foerste_gang", "tjeneste_alder")
"""Tables of the draft that waits."""
_SVARER = Opplysninger("945578564", "Kultur og fritid", "apne-data@kommunen.example", Lisens.CC_BY)
"""Who answers for the open data: an office that is not, with the town's own organisation number."""
_PERSONER = 2
"""One makes a release and another lets it out."""


def publiser_aarene(framdrift: Framdrift, *, dag: date | None = None) -> None:
    """Release every year that is over, by the services and two coordinators; the first time also a draft of this one.

    Safe to repeat: a year with a release is left alone, and what a stop left half is gone on with. A transaction for
    each step, and the check by the worker as everybody's. What is not found safe stays a draft.
    """
    i_aar = (dag or i_dag()).year
    mangler = [aar for aar in sorted(queries.siste()) if aar < i_aar and not queries.siste_nummer(aar)]
    koordinatorer = [user for user in demobrukere() if Rolle.KOORDINATOR in user.roller]
    if not mangler or len(koordinatorer) < _PERSONER:
        return
    foerste, andre = koordinatorer[:_PERSONER]
    alle = [kode for kode, _ in services.katalog()]
    av_alt = len(mangler) + 1
    for nr, aar in enumerate(mangler):
        framdrift(N_("Kontrollerer og publiserer tall"), nr, av_alt)
        _publiser(_kontrollert(aar, alle, av=foerste), av=andre)
    _gjoer_aapen(max(mangler), av=andre)
    framdrift(N_("Kontrollerer og publiserer tall"), len(mangler), av_alt)
    if i_aar in queries.siste():
        _kontrollert(i_aar, TIL_NESTE, av=foerste)
    framdrift(N_("Kontrollerer og publiserer tall"), av_alt, av_alt)


def _gjoer_aapen(aar: int, *, av: User) -> None:
    """The newest year that is over is open data, so that the demo has some to show."""
    with transaction():
        aapne.lagre_opplysninger(_SVARER, av=av)
        for publisering in services.publiserte():
            if publisering.aar == aar and publisering.status is Publiseringsstatus.PUBLISERT:
                aapne.gjoer_aapen(publisering, av=av)


def _kontrollert(aar: int, koder: Sequence[str], *, av: User) -> int:
    """The draft of a year, checked: the one that a stop left, or a new one."""
    utkast = queries.utkast(aar, av.id)
    if utkast is None:
        with transaction():
            utkast = services.lag_utkast(aar, koder, av=av)
    publisering_id = utkast.id
    with transaction():
        services.bestill_kontroll(queries.publisering(av, publisering_id), av=av)
    arbeid(en_runde=True)
    db.session.rollback()
    return publisering_id


def _publiser(publisering_id: int, *, av: User) -> None:
    with transaction():
        publisering: Publisering = queries.publisering(av, publisering_id)
        if publisering.status is Publiseringsstatus.KONTROLLERT:
            services.publiser(publisering, av=av)
