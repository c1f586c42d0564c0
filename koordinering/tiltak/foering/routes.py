"""What pages show of corrected counts. No address of its own."""

from koordinering.tekst import N_
from koordinering.tiltak.foering.models import Retting
from koordinering.web.side import tidspunkt
from koordinering.web.sprak import gettext


def rettingslinje(retting: Retting, hva: str, hvem: str) -> dict[str, str]:
    """One line of the history: when, who, what, old, new, why."""
    ikke_foert = gettext(N_("ikke ført"))
    fra, til = (ikke_foert if tall is None else str(tall) for tall in (retting.fra, retting.til))
    return {
        "tid": tidspunkt(retting.tid),
        "iso": retting.tid.isoformat(),
        "hvem": hvem,
        "tittel": f"{hva}: {fra} → {til}",
        "tekst": gettext(retting.grunn.tekst),
    }
