"""Who sees which field of a case and its referrals: one table, which pages, lists, prints and exports read.

The case's own unit sees its case. A receiving unit sees of a referral sent to it what stands as ALLTID, and a field
that stands under a kind of information when the consent or authority covers that kind. Nobody else sees anything.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType

from koordinering.saker.rules.behov import Opplysning
from koordinering.tekst import N_, Kode


class Seer(Kode):
    """Who sees a field, whatever the consent covers."""

    ALLTID = "alltid", N_("Mottakeren av henvisningen, og enheten som har saken")
    SAKSENHET = "saksenhet", N_("Bare enheten som har saken")
    INGEN = "ingen", N_("Ingen: står ikke på noen side")


TABELL: Mapping[str, Opplysning | Seer] = MappingProxyType(
    {
        "sak.referanse": Opplysning.REFERANSE,
        "sak.enhet_id": Opplysning.AVSENDER,
        "sak_behov.behov": Opplysning.BEHOV,
        "barn.foedselsaar": Opplysning.ALDERSGRUPPE,  # as an age group, never as a year
        "oenske.aktivitet": Opplysning.OENSKE,
        "oenske.rekkefoelge": Opplysning.OENSKE,
        "sak.id": Seer.SAKSENHET,
        "sak.ansvarlig_id": Seer.SAKSENHET,
        "sak.opprettet": Seer.SAKSENHET,
        "sak.i_maalgruppe": Seer.SAKSENHET,
        "sak.begrenset": Seer.SAKSENHET,
        "henvisning.sperret": Seer.SAKSENHET,
        "sak.egen_referanse": Seer.SAKSENHET,
        "sak.koblingskode": Seer.SAKSENHET,
        "sak.holdes_til": Seer.SAKSENHET,
        "sak.holdegrunn": Seer.SAKSENHET,
        "sak.holdetekst": Seer.SAKSENHET,
        "sak.versjon": Seer.SAKSENHET,
        "barn.id": Seer.SAKSENHET,
        "barn.lopenummer": Seer.SAKSENHET,
        "barn.kjoenn": Seer.SAKSENHET,
        "barn.deltar": Seer.SAKSENHET,
        "barn.spurt": Seer.SAKSENHET,
        "henvisning.beskjed_siden": Seer.SAKSENHET,
        "henvisning.beskjed_gitt": Seer.SAKSENHET,
        "henvisning.avsender_id": Opplysning.AVSENDER,
        "hendelse.user_id": Seer.SAKSENHET,
        **dict.fromkeys(
            (
                "henvisning.id",
                "henvisning.barn_id",  # one child or the whole family, not which child
                "henvisning.tiltak_id",
                "henvisning.mottaker_id",
                "henvisning.status",
                "henvisning.opprettet",
                "henvisning.sendt",
                "henvisning.koe",
                "henvisning.svar_innen",
                "henvisning.sammen",
                "henvisning.endret",
                "henvisning.grunn",
                "henvisning.startet",
                "henvisning.spoersmaal",
                "henvisning.deltar_ved_slutt",  # the receiver asks it when it closes the referral
                "henvisning.versjon",
                "hendelse.tid",
                "hendelse.enhet_id",  # as «Henviser» and «Mottaker», not which unit
                "hendelse.slag",
                "hendelse.felt",
                "hendelse.fra",  # of a correction: what the corrected field stands under, see RETTET
                "hendelse.til",
                "hendelse.grunn",
                "hendelse.svar",
                "hendelse.fritekst",  # both sides write it to each other, and the pages say so
            ),
            Seer.ALLTID,
        ),
        **dict.fromkeys(
            (
                "samtykke.id",
                "samtykke.mottaker_id",
                "samtykke.grunnlag",
                "samtykke.hjemmel_id",
                "samtykke.maate",
                "samtykke.fra",
                "samtykke.opplysninger",
                "samtykke.gjelder",
                "samtykke.gitt",
                "samtykke.gyldig_til",
                "samtykke.trukket",
                "sakshendelse.tid",
                "sakshendelse.user_id",
                "sakshendelse.slag",
                "sakshendelse.felt",
                "sakshendelse.fra",
                "sakshendelse.til",
                "sakshendelse.grunn",
            ),
            Seer.SAKSENHET,
        ),
        **dict.fromkeys(
            (
                "sak.innsending",
                "sak.kodeindeks",
                "sak.arkivert",  # that it happened stands in the case's history
                "sak_behov.sak_id",
                "barn.sak_id",
                "barn.blindindeks",
                "oenske.barn_id",
                "samtykke.sak_id",
                "samtykke.registrert_av",
                "henvisning.sak_id",
                "henvisning.synlig",
                "henvisning.lodd",
                "henvisning.videresendt_fra_id",
                "hendelse.id",
                "hendelse.henvisning_id",
                "sakshendelse.id",
                "sakshendelse.sak_id",
            ),
            Seer.INGEN,
        ),
    }
)
"""Every column of a case, by table and name. A test fails for one that does not stand here."""

RETTET: Mapping[str, str] = MappingProxyType({"oensker": "oenske.aktivitet", "behov": "sak_behov.behov"})
"""What a corrected field of a referral's history is of this table; another is the sender's alone."""


def dekkes_av(felt: str) -> Opplysning:
    """The kind of information that a receiver must have been allowed, to see the field."""
    slag = TABELL[felt]
    if not isinstance(slag, Opplysning):
        raise ValueError(f"{felt} does not follow from a kind of information")
    return slag


def mottaker_ser(opplysninger: Collection[Opplysning]) -> frozenset[str]:
    """The fields that a receiver sees when these kinds of information are allowed."""
    return _ser(frozenset(opplysninger))


@lru_cache(maxsize=64)
def _ser(opplysninger: frozenset[Opplysning]) -> frozenset[str]:
    return frozenset(felt for felt, slag in TABELL.items() if slag is Seer.ALLTID or slag in opplysninger)
