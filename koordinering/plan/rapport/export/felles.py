"""The headings and words that the report has in every form, in the order in which it is read."""

from collections.abc import Iterator

from koordinering.plan.rapport.rules.innhold import Rapport, Strategidel, Tallrad
from koordinering.tekst import N_

MATRISE = (N_("Tiltak"), N_("Ansvar"), N_("Planen sier om evaluering"), N_("Evaluering %(aar)s"))
TALL = (
    N_("Tiltak"), N_("Hva som er talt"), N_("Enhet"), "%(aar)s", "%(foer)s", N_("Endring"),
    N_("Tidligere år, talt likt"), N_("Merknad"),
)  # fmt: skip
STATUS = (N_("Strategi"), N_("Tiltak i alt"), N_("Vurdert"), N_("Videreføres"), N_("Endres"), N_("Avsluttes"))
KRAV = (N_("Tiltak"), N_("Aktivitet"), N_("Planen krever"), N_("Antall"), N_("Oppfylt"))
KILDER = (N_("Publisering"), N_("År"), N_("Publisert"), N_("Kontrollsum (SHA-256)"))
DEFINISJONER = (N_("Hva som er talt"), N_("Slik er det telt"))
TEGN = (N_("Tegn"), N_("Betydning"))

UTKAST = N_("Utkast. Rapporten er ikke frosset, og tall og vurderinger kan endres.")
HELE_PLANEN = N_("Planen samlet")
ALLE = N_("Alle")
"""Where a figure is of no measure in particular."""
TEGN_BYTTET = N_("Tegn som ikke kan skrives ut, er byttet med [?].")


def kolonner(navn: tuple[str, ...], aar: int) -> list[str]:
    """The heads of a table's columns in a report of a year."""
    return [en % {"aar": aar, "foer": aar - 1} for en in navn]


def tallceller(tall: Tallrad) -> tuple[str, ...]:
    """A row of figures, in the order of TALL."""
    return (
        tall.tiltak or ALLE, tall.hva, tall.enhet, tall.naa, tall.fjor, tall.endring, tall.tidligere, tall.merknad,
    )  # fmt: skip


def tittel(rapport: Rapport) -> str:
    """What the document is called."""
    return N_("Evaluering av %(tittel)s, %(aar)s") % {"tittel": rapport.tittel, "aar": rapport.aar}


def ingress(rapport: Rapport, nr: int | None) -> list[str]:
    """What stands below the title."""
    linjer = [UTKAST] if nr is None else [N_("Rapport nummer %(nr)s for %(aar)s.") % {"nr": nr, "aar": rapport.aar}]
    kommune = f"{rapport.kommune}." if rapport.kommune else ""
    laget = N_("Laget %(dag)s.") % {"dag": rapport.laget}
    return [*linjer, " ".join(filter(None, (kommune, f"{rapport.planversjon}." if rapport.planversjon else "", laget)))]


def oppsummering(rapport: Rapport) -> str:
    """How many measures there are, and how many are assessed."""
    alle, mangler = len(rapport.tiltak), len(rapport.mangler)
    return N_("Planen har %(alle)s tiltak. %(vurdert)s er vurdert for %(aar)s, og %(mangler)s mangler vurdering.") % {
        "alle": alle, "vurdert": alle - mangler, "mangler": mangler, "aar": rapport.aar,
    }  # fmt: skip


def strategititler(strategi: Strategidel) -> str:
    """The heading of a strategy."""
    return N_("Strategi %(id)s") % {"id": strategi.id}


def statusrader(rapport: Rapport) -> Iterator[tuple[str, ...]]:
    """A row for each strategy: how many measures, and what was concluded."""
    for strategi in rapport.strategier:
        konklusjoner = [t.konklusjon for t in strategi.tiltak if t.vurdert]
        antall = (konklusjoner.count(navn) for navn in (N_("Videreføres"), N_("Endres"), N_("Avsluttes")))
        yield (strategi.id, str(len(strategi.tiltak)), str(len(konklusjoner)), *map(str, antall))
