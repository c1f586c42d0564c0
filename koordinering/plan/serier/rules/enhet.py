"""What a unit counts: decides what may be divided by what, and which small counts are asked about."""

from koordinering.tekst import N_, Kode


class Enhetsslag(Kode):
    """Kinds of unit. A family here is a linked group of children and never the same as SSB's household."""

    FAMILIER = "familier", N_("Familier")
    BARN = "barn", N_("Barn")
    HUSHOLDNINGER = "husholdninger", N_("Husholdninger")
    PERSONER = "personer", N_("Personer")
    HENVISNINGER = "henvisninger", N_("Henvisninger")
    KORT = "kort", N_("Kort")
    BESOEK = "besoek", N_("Besøk og utlån")
    KRONER = "kroner", N_("Kroner")
    ARRANGEMENTER = "arrangementer", N_("Møter, kurs og seminarer")
    PROSENT = "prosent", N_("Prosent")
    JA_NEI = "ja_nei", N_("Ja eller nei")
    ANNET = "annet", N_("Annet")


TELLER_FOLK = frozenset(
    {
        Enhetsslag.FAMILIER,
        Enhetsslag.BARN,
        Enhetsslag.HUSHOLDNINGER,
        Enhetsslag.PERSONER,
        Enhetsslag.HENVISNINGER,
        Enhetsslag.ANNET,
    }
)
"""A small count of these may point somebody out. A unit that nobody has said what is, is held to be one of them."""

HELE = TELLER_FOLK - {Enhetsslag.ANNET} | {Enhetsslag.KORT, Enhetsslag.BESOEK, Enhetsslag.ARRANGEMENTER}
"""Counted in whole numbers."""

_ORD: tuple[tuple[str, Enhetsslag], ...] = (
    ("ja/nei", Enhetsslag.JA_NEI),
    ("familie", Enhetsslag.FAMILIER),
    ("barn", Enhetsslag.BARN),
    ("hushold", Enhetsslag.HUSHOLDNINGER),
    ("person", Enhetsslag.PERSONER),
    ("elever", Enhetsslag.PERSONER),
    ("mottakere", Enhetsslag.PERSONER),
    ("henvisning", Enhetsslag.HENVISNINGER),
    ("prosent", Enhetsslag.PROSENT),
    ("andel", Enhetsslag.PROSENT),
    ("%", Enhetsslag.PROSENT),
    ("kroner", Enhetsslag.KRONER),
    ("kort", Enhetsslag.KORT),
    ("besøk", Enhetsslag.BESOEK),
    ("utlån", Enhetsslag.BESOEK),
    ("seminar", Enhetsslag.ARRANGEMENTER),
    ("møte", Enhetsslag.ARRANGEMENTER),
    ("kurs", Enhetsslag.ARRANGEMENTER),
)


def enhetsslag(enhet: str) -> Enhetsslag:
    """The kind of a unit in words; «prosent (gjennomsnitt)» is per cent, and so is «prosent av barn»."""
    ord_ = enhet.casefold().strip()
    if ord_.startswith(("prosent", "andel", "%")):
        return Enhetsslag.PROSENT
    return next((slag for del_, slag in _ORD if del_ in ord_), Enhetsslag.ANNET)
