"""The town's next plan: a draft that a coordinator has begun on, to see and to go on with."""

from dataclasses import replace
from typing import Any

from koordinering.db import transaction
from koordinering.demo.brukere import demobrukere
from koordinering.plan.rules.planfil import Tiltakslinje
from koordinering.plan.rullering import queries
from koordinering.plan.rullering.rules import Plandel, Versjonsstatus
from koordinering.plan.rullering.rules.dokument import fra_innhold
from koordinering.plan.rullering.rules.endring import avtrykk
from koordinering.plan.rullering.rules.forskjell import finn
from koordinering.plan.rullering.services import rediger, versjoner
from koordinering.roles import Rolle
from koordinering.tiltak.rules import Kadens, Mekanikk
from koordinering.users import User

_MAL, _NYTT = "4b-1", "4b-13"
_ENDRES: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "1a-1",
        {"evalueres": "Årlig: barnefamilier som har fått bolig eller lånetilsagn", "kadens": Kadens.AARLIG},
        "Planen sa ikke hvor ofte",
    ),
    ("4b-3", {"rapporteres_til": "ungdomsrådet"}, "Ungdomsrådet har bedt om det"),
)
_AVSLUTTES = ("2a-3", "Ordningen er etablert og går av seg selv")
_GRUNN_NYTT = "Flere ba om det da planen ble vurdert"


def lag_utkast() -> None:
    """Begin a draft with a measure that is new, one that ends and two that change. Safe to repeat.

    Only where the plan that is shipped is in force and nobody has begun a draft.
    """
    koordinator = next((user for user in demobrukere() if Rolle.KOORDINATOR in user.roller), None)
    gjelder = queries.gjeldende()
    if koordinator is None or gjelder is None or gjelder.nr != 1 or queries.utkast(koordinator) is not None:
        return
    fil = fra_innhold(gjelder.innhold)
    if not all(finn(fil, Plandel.TILTAK, en) for en in (_MAL, _AVSLUTTES[0], *(id_ for id_, *_ in _ENDRES))):
        return
    with transaction():
        versjoner.start_utkast(av=koordinator)
        _endre(koordinator)


def _endre(koordinator: User) -> None:
    gjelder = queries.gjeldende()
    if gjelder is None:
        return
    fil = fra_innhold(gjelder.innhold)
    for tiltak_id, felter, grunn in _ENDRES:
        sett = avtrykk(finn(fil, Plandel.TILTAK, tiltak_id))
        rettelse = rediger.Rettelse(Plandel.TILTAK, tiltak_id, felter, sett, grunn)
        rediger.endre(Versjonsstatus.UTKAST, rettelse, av=koordinator)
    mal: Tiltakslinje = next(en for en in fil.tiltak if en.id == _MAL)
    nytt = replace(
        mal,
        id=_NYTT,
        navn="Sommerklubb de to første ukene av ferien, med lunsj",
        kortnavn="Sommerklubb",
        mekanikker=(Mekanikk.MOETEPLASS,),
        merknad=None,
        usikker=False,
    )
    rediger.legg_til(Plandel.TILTAK, nytt, _GRUNN_NYTT, av=koordinator)
    rediger.fjern(Plandel.TILTAK, *_AVSLUTTES, av=koordinator)
