"""Rules of a case at their very limits: consent, who sees which field, codes, families and coordination."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from koordinering.errors import UgyldigFelt
from koordinering.saker.rules import innboks, innsyn, koblingskode, overganger
from koordinering.saker.rules.behov import Opplysning, SamtykkeFra
from koordinering.saker.rules.familier import familier
from koordinering.saker.rules.samtykke import VARSLES, Tilstand, foerste, hvem_kan_samtykke, sjekk_hvem, tilstand
from koordinering.saker.samordning import rules as samordning
from koordinering.tekst import Kode

DAG = date(2026, 3, 10)
NAA = datetime(2026, 3, 10, 12, tzinfo=UTC)
MIKRO = timedelta(microseconds=1)


def om(dager: int) -> date:
    return DAG + timedelta(days=dager)


def feltet(regel: Any, *args: Any) -> str | None:
    """The field at which the rule refuses; None where it does not."""
    try:
        regel(*args)
    except UgyldigFelt as feil:
        return feil.felt
    return None


# --- Consent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fra", "til", "ventet"),
    [
        (0, None, Tilstand.STAAR),
        (1, None, Tilstand.IKKE_ENNAA),
        (0, 31, Tilstand.STAAR),
        (0, 30, Tilstand.GAAR_UT),
        (-9, 0, Tilstand.GAAR_UT),  # the last day is included
        (-9, -1, Tilstand.UTLOEPT),
        (1, 40, Tilstand.IKKE_ENNAA),
    ],
)
def test_where_a_consent_stands(fra: int, til: int | None, ventet: Tilstand) -> None:
    dager: dict[str, Any] = {"fra": om(fra), "til": None if til is None else om(til), "dag": DAG}
    assert tilstand(trukket=False, **dager) is ventet
    assert tilstand(trukket=True, **dager) is Tilstand.TRUKKET


def test_what_a_state_allows() -> None:
    assert {en for en in Tilstand if en.tillater} == {Tilstand.STAAR, Tilstand.GAAR_UT}
    assert all(en.value == en.name.lower() for en in Tilstand)
    assert timedelta(days=30) == VARSLES


@pytest.mark.parametrize(
    ("foedt", "hvem"),
    [
        ([2009], {SamtykkeFra.UNGDOM}),  # 17
        ([2010], {SamtykkeFra.UNGDOM, SamtykkeFra.FORESATT}),  # 16 this year
        ([2011], {SamtykkeFra.FORESATT}),
        ([2009, 2011], {SamtykkeFra.BEGGE}),
        ([2009, 2010], {SamtykkeFra.UNGDOM, SamtykkeFra.BEGGE}),
        ([2010, 2011], {SamtykkeFra.FORESATT, SamtykkeFra.BEGGE}),
        ([2010, 2010], set(SamtykkeFra)),
        ([], {SamtykkeFra.FORESATT}),
    ],
)
def test_who_can_consent(foedt: list[int], hvem: set[SamtykkeFra]) -> None:
    assert hvem_kan_samtykke(foedt, 2026, 16) == hvem
    for en in SamtykkeFra:
        assert feltet(sjekk_hvem, "fra", en, hvem) == (None if en in hvem else "fra")


def test_no_age_at_all_is_a_child_whatever_the_limit() -> None:
    assert hvem_kan_samtykke([], 2026, 0) == {SamtykkeFra.FORESATT, SamtykkeFra.UNGDOM}
    assert hvem_kan_samtykke([], 2026, 1) == {SamtykkeFra.FORESATT}


@pytest.mark.parametrize(
    ("foedt", "fra", "ord_"),
    [
        ([2011], SamtykkeFra.UNGDOM, "^Barnet er for ungt"),
        ([2011, 2012], SamtykkeFra.BEGGE, "^Barnet er for ungt"),
        ([2009], SamtykkeFra.FORESATT, "^Ungdommen er gammel nok"),
        ([2008, 2009], SamtykkeFra.BEGGE, "^Ungdommen er gammel nok"),
        ([2010], SamtykkeFra.BEGGE, "ett barn"),
        ([2009, 2011], SamtykkeFra.FORESATT, "^En av ungdommene er gammel nok .*«Både foresatt og ungdommen selv»"),
        ([2009, 2010], SamtykkeFra.FORESATT, "^En av ungdommene er gammel nok .*«Både foresatt og ungdommen selv»"),
        ([2009, 2011], SamtykkeFra.UNGDOM, "^Et av barna er for ungt .*«Både foresatt og ungdommen selv»"),
        ([2010, 2011], SamtykkeFra.UNGDOM, "^Et av barna er for ungt .*«Både foresatt og ungdommen selv»"),
    ],
)
def test_it_is_told_why_somebody_cannot_consent(foedt: list[int], fra: SamtykkeFra, ord_: str) -> None:
    with pytest.raises(UgyldigFelt, match=ord_):
        sjekk_hvem("fra", fra, hvem_kan_samtykke(foedt, 2026, 16))


@pytest.mark.parametrize(
    ("kan", "en"),
    [
        (set(SamtykkeFra), SamtykkeFra.FORESATT),
        ({SamtykkeFra.UNGDOM, SamtykkeFra.BEGGE}, SamtykkeFra.UNGDOM),
        ({SamtykkeFra.BEGGE}, SamtykkeFra.BEGGE),
    ],
)
def test_one_is_chosen_where_several_can_consent(kan: set[SamtykkeFra], en: SamtykkeFra) -> None:
    assert foerste(kan) is en


# --- Who sees which field --------------------------------------------------------------------------------

FELT = {
    Opplysning.REFERANSE: "sak.referanse",
    Opplysning.AVSENDER: "sak.enhet_id henvisning.avsender_id",
    Opplysning.BEHOV: "sak_behov.behov",
    Opplysning.ALDERSGRUPPE: "barn.foedselsaar",
    Opplysning.OENSKE: "oenske.aktivitet oenske.rekkefoelge",
    innsyn.Seer.ALLTID: """
        henvisning.id henvisning.barn_id henvisning.tiltak_id henvisning.mottaker_id henvisning.status
        henvisning.opprettet henvisning.sendt henvisning.koe henvisning.svar_innen henvisning.sammen henvisning.endret
        henvisning.grunn henvisning.startet henvisning.spoersmaal henvisning.deltar_ved_slutt henvisning.versjon
        hendelse.tid hendelse.enhet_id hendelse.slag hendelse.felt hendelse.fra hendelse.til hendelse.grunn
        hendelse.svar hendelse.fritekst""",
    innsyn.Seer.SAKSENHET: """
        sak.id sak.ansvarlig_id sak.opprettet sak.i_maalgruppe sak.begrenset sak.egen_referanse sak.koblingskode
        sak.holdes_til sak.holdegrunn sak.holdetekst sak.versjon henvisning.sperret henvisning.beskjed_siden
        henvisning.beskjed_gitt barn.id barn.lopenummer barn.kjoenn barn.deltar barn.spurt hendelse.user_id
        samtykke.id samtykke.mottaker_id samtykke.grunnlag samtykke.hjemmel_id samtykke.maate samtykke.fra
        samtykke.opplysninger samtykke.gjelder samtykke.gitt samtykke.gyldig_til samtykke.trukket sakshendelse.tid
        sakshendelse.user_id sakshendelse.slag sakshendelse.felt sakshendelse.fra sakshendelse.til
        sakshendelse.grunn""",
    innsyn.Seer.INGEN: """
        sak.innsending sak.kodeindeks sak.arkivert sak_behov.sak_id barn.sak_id barn.blindindeks oenske.barn_id
        samtykke.sak_id samtykke.registrert_av henvisning.sak_id henvisning.synlig henvisning.lodd
        henvisning.videresendt_fra_id hendelse.id hendelse.henvisning_id sakshendelse.id sakshendelse.sak_id""",
}
"""The table once more, the other way round: whoever moves a field says it twice."""


def test_each_field_is_seen_by_those_it_is_written_for() -> None:
    assert {felt: slag for slag, felter in FELT.items() for felt in felter.split()} == innsyn.TABELL
    assert innsyn.RETTET == {"oensker": "oenske.aktivitet", "behov": "sak_behov.behov"}
    assert all(en.value == en.name.lower() for en in innsyn.Seer)


@pytest.mark.parametrize("slag", Opplysning)
def test_a_receiver_sees_what_is_always_seen_and_what_was_allowed(slag: Opplysning) -> None:
    alltid = set(FELT[innsyn.Seer.ALLTID].split())
    assert innsyn.mottaker_ser([]) == alltid
    assert innsyn.mottaker_ser([slag]) == alltid | set(FELT.get(slag, "").split())


def test_a_kind_of_information_covers_a_field_or_there_is_none_to_ask_for() -> None:
    assert innsyn.dekkes_av("barn.foedselsaar") is Opplysning.ALDERSGRUPPE
    with pytest.raises(ValueError, match=r"sak\.id"):
        innsyn.dekkes_av("sak.id")


# --- Need to know, and codes ------------------------------------------------------------------------------


def test_limits_of_need_to_know() -> None:
    assert (timedelta(hours=12), 60, 10) == (innboks.GJELDER, innboks.OPPSLAG_PER_DAG, innboks.MAKS_TREFF)
    assert all(en.value == en.name.lower() for en in innboks.Aapningsgrunn)
    assert (innboks.TrengerGrunn.status, innboks.ForMangeOppslag.status) == (403, 429)
    feil = innboks.TrengerGrunn(7)
    assert (feil.sak_id, str(feil.melding)) == (7, str(innboks.TrengerGrunn.melding))


class Foerste:
    """Draws the same sign each time, and counts."""

    antall = 0

    def choice(self, tegn: str) -> str:
        """The first sign."""
        self.antall += 1
        return tegn[0]


def test_a_linking_code_has_three_groups_of_four() -> None:
    rng: Any = Foerste()
    kode = koblingskode.ny(rng)
    assert (kode[:14], len(kode), rng.antall) == ("K-0000-0000-00", 16, 11)
    assert koblingskode.normaliser(kode.lower().replace("-", " ")) == kode
    assert koblingskode.normaliser(f"F{kode[1:]}") is None
    assert koblingskode.ny() != koblingskode.ny()
    assert all(en.value == en.name.lower() for en in koblingskode.Kodevalg)


def test_a_child_is_known_by_its_year_and_its_place_in_it() -> None:
    plasser = list(koblingskode.barnas_plass([2015, 2018, 2015, 2015, 2018]))
    assert plasser == [(2015, 1), (2018, 1), (2015, 2), (2015, 3), (2018, 2)]


# --- Families ---------------------------------------------------------------------------------------------


def test_a_family_is_known_by_its_lowest_case_whichever_way_it_was_joined() -> None:
    assert familier({3: "a", 1: "b", 2: "ab"}) == [{1, 2, 3}]
    assert familier({5: "a", 4: "a", 9: "z", 2: "bc", 3: "cb", 1: ""}) == [{1}, {2, 3}, {4, 5}, {9}]
    kjede = {nr: (nr, nr + 1) for nr in (4, 2, 5, 1, 3)}
    assert familier(kjede) == [{1}, {2}, {3}, {4}, {5}], "half of each is not more than half"
    assert familier({nr: (nr // 2,) for nr in (7, 3, 6, 2, 5, 4)}) == [{2, 3}, {4, 5}, {6, 7}]
    assert familier({6: "a", 5: "ab", 4: "b", 3: "bc", 2: "c", 1: "cd"}) == [{1, 2, 3, 4, 5, 6}]


def test_children_without_a_link_count_in_the_size_of_the_case() -> None:
    assert familier({1: "a", 2: "a"}, {1: 1, 2: 0}) == [{1, 2}]
    assert familier({1: "a", 2: "a"}, {1: 1, 2: 1}) == [{1}, {2}]
    assert familier({1: "ab", 2: "ab"}, {1: 1, 2: 1}) == [{1, 2}]
    assert familier({1: "a"}, {2: 3}) == [{1}, {2}]


# --- Coordination -----------------------------------------------------------------------------------------


def test_limits_of_coordination() -> None:
    assert (timedelta(minutes=10), 100) == (samordning.NOTAT_SLETTES, samordning.MAKS_VIST)
    assert all(en.value == en.name.lower() for en in (*samordning.Avtaleslag, *samordning.Samordningsfilter))
    feil = (samordning.NotaterStengt, samordning.IkkeDittNotat, samordning.SamtykketGjelderIkke)
    assert [en.status for en in feil] == [409, 409, 409]


@pytest.mark.parametrize(
    ("gitt", "til", "ja"), [(0, 0, True), (-1, 0, True), (0, 1, True), (1, 2, False), (-2, -1, False)]
)
def test_a_consent_to_coordinate_stands_from_its_first_day_to_its_last(gitt: int, til: int, ja: bool) -> None:
    assert samordning.gjelder(om(gitt), om(til), None, DAG) is ja
    assert samordning.gjelder(om(gitt), om(til), NAA, DAG) is False


@pytest.mark.parametrize(
    ("egen", "andre", "ja"),
    [
        (False, [False], True),
        (False, [True, False], True),
        (False, [True], False),
        (False, [], False),
        (True, [False], False),
        (True, [True], False),
    ],
)
def test_no_notes_from_health_and_none_that_nobody_could_read(egen: bool, andre: list[bool], ja: bool) -> None:
    assert samordning.har_notater(egen, andre) is ja


def test_a_note_is_deleted_by_whoever_wrote_it_within_ten_minutes() -> None:
    ti = timedelta(minutes=10)
    assert samordning.kan_slette(1, NAA - ti, 1, NAA)
    assert not samordning.kan_slette(1, NAA - ti - MIKRO, 1, NAA)
    assert not samordning.kan_slette(1, NAA, 2, NAA)


def test_a_meeting_is_to_come_and_within_a_year_and_a_consent_has_not_ended() -> None:
    aar = timedelta(days=366)
    tider = (NAA, NAA + MIKRO, NAA + aar, NAA + aar + MIKRO)
    assert [feltet(samordning.sjekk_moetetid, "tid", tid, NAA) for tid in tider] == ["tid", None, None, "tid"]
    assert [feltet(samordning.sjekk_varighet, "til", om(n), DAG) for n in (-1, 0, 1)] == ["til", None, None]


# --- Codes of a referral -----------------------------------------------------------------------------------


def test_every_code_of_a_referral_is_its_own_name() -> None:
    """They stand in the database, in files and in the log: a code that is changed is another code."""
    koder = [en for en in vars(overganger).values() if isinstance(en, type) and issubclass(en, Kode) and en is not Kode]
    assert len(koder) >= 8
    assert [kode for en in koder for kode in en if kode.value != kode.name.lower()] == []


def test_what_is_refused_for_want_of_places_says_nothing_of_the_family() -> None:
    grunner = overganger.Avslagsgrunn
    noeytrale = {grunner.INGEN_KAPASITET, grunner.TAK_NAADD}
    assert noeytrale == overganger.NOEYTRALE_AVSLAG
    assert {en for en in grunner if en.for_henviser == overganger.NOEYTRAL_AVSLAGSTEKST} == noeytrale
    assert grunner.UTENFOR_ALDER.for_henviser == grunner.UTENFOR_ALDER.tekst


def test_whoever_is_asked_why_is_told_so_in_words() -> None:
    feil = innboks.TrengerGrunn(7)
    assert (str(feil), feil.sak_id) == (innboks.TrengerGrunn.melding, 7)


@pytest.mark.parametrize(
    ("til", "grunn", "sier"),
    [
        (overganger.Status.UNDER_BEHANDLING, "annet", "Her skal det ikke velges noen grunn."),
        (overganger.Status.AVSLAATT, None, "Velg en grunn."),
        (overganger.Status.AVSLAATT, "tull", "Velg en grunn fra listen."),
    ],
)
def test_a_reason_is_given_where_one_is_asked_for_and_nowhere_else(
    til: overganger.Status, grunn: str | None, sier: str
) -> None:
    fra = overganger.Status.MOTTATT if grunn == "annet" else overganger.Status.UNDER_BEHANDLING
    with pytest.raises(UgyldigFelt) as feil:
        overganger.sjekk(fra, til, overganger.Part.MOTTAKER, enkeltvedtak=False, startet=False, grunn=grunn)
    assert (feil.value.felt, str(feil.value)) == ("grunn", sier)


def test_the_diagram_begins_where_a_referral_does() -> None:
    assert overganger.diagram().startswith("stateDiagram-v2\n    [*] --> utkast\n")
