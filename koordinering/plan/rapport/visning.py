"""The overview and the report as their pages show them: figures in words, and pictures of our own as markup."""

from dataclasses import dataclass

from markupsafe import Markup

from koordinering.plan.bilder import Bilde, gnist, kan_tegnes
from koordinering.plan.rapport.rules.aarstall import Aarstall
from koordinering.plan.rapport.rules.innhold import Bildedel
from koordinering.plan.serier.rules import Punkt
from koordinering.plan.serier.visning import Oversett, endringstekst, verditekst
from koordinering.tekst import N_

_MINST = 2


@dataclass(frozen=True)
class Tallvisning:
    """A leading figure on the overview."""

    serie_id: str
    hva: str
    enhet: str
    naa: str
    fjor: str
    endring: str
    """In words; why there is none, where something is a break."""
    gnist: Bilde | None


def tallvisning(tall: Aarstall | None, merke: str, oversett: Oversett) -> Tallvisning | None:
    """What the page shows of a figure; None where the measure has no series. `merke` makes the picture's ids unique."""
    if tall is None:
        return None
    serie = tall.serie
    endret = endringstekst(serie, tall.endring, oversett)
    bilde = gnist(serie, oversett, merke) if kan_tegnes(serie) and len(serie.punkter) >= _MINST else None
    return Tallvisning(
        serie_id=serie.id,
        hva=serie.navn.partition(":")[0],
        enhet=serie.enhet,
        naa=_verdi(tall, tall.naa, oversett),
        fjor=_verdi(tall, tall.fjor, oversett),
        endring=endret or (oversett(N_("brudd")) if tall.brudd is not None else ""),
        gnist=bilde,
    )


def _verdi(tall: Aarstall, punkt: Punkt | None, oversett: Oversett) -> str:
    return "" if punkt is None else verditekst(tall.serie, punkt, oversett)


def tegning(bilde: Bildedel) -> Markup:
    """A picture of a report as markup. It was drawn by us, and a frozen one is what its checksum says."""
    return Markup(bilde.svg)  # noqa: S704
