"""The kinds of money: what is set aside and used of a budget, and of what it has promised."""

from sqlalchemy import Select, func, select

from koordinering.tekst import N_
from koordinering.tiltak.kapasitet.models import Beloepsslag, meld
from koordinering.tiltak.midler.models.budsjett import Budsjett
from koordinering.tiltak.midler.models.tilsagn import Faktura, Tilsagn
from koordinering.tiltak.midler.models.tilskudd import Tilskudd
from koordinering.tiltak.midler.models.utbetaling import Postering


def _rammer() -> Select[int, int]:
    """What the ledger says that each budget has."""
    sum_av = select(func.sum(Postering.ramme_oere)).where(Postering.budsjett_id == Budsjett.id)
    return select(Budsjett.id, func.coalesce(sum_av.scalar_subquery(), 0))


BUDSJETT = Beloepsslag(
    modell=Budsjett,
    navn=N_("Budsjetter"),
    ramme="ramme_oere",
    holdt=("bundet_oere",),
    brukt=("betalt_oere",),
    beholdning=_rammer,
)
TILSAGN = Beloepsslag(modell=Tilsagn, navn=N_("Tilsagn"), ramme="beloep_oere", holdt=(), brukt=("fakturert_oere",))
FAKTURA = Beloepsslag(
    modell=Faktura,
    navn=N_("Fakturaer"),
    ramme="beloep_oere",
    holdt=("paa_vei_oere",),
    brukt=("betalt_oere", "kreditert_oere"),
)
TILSKUDD = Beloepsslag(
    modell=Tilskudd,
    navn=N_("Tilskudd"),
    ramme="innvilget_oere",
    holdt=("paa_vei_oere",),
    brukt=("betalt_oere",),
    tilbake=("tilbakebetalt_oere",),
)
for _slag in (BUDSJETT, TILSAGN, FAKTURA, TILSKUDD):
    meld(_slag)
