"""Reading a plan: what is shipped is whole, and every fault is told with its line, all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.plan.rules.linjer import MAKS_TEGN, PlanFeil
from koordinering.plan.rules.planlesing import les_enheter, les_plan
from koordinering.plan.services import DATA, MEDFOELGENDE
from koordinering.tiltak.rules import FORMIDLES, Mekanikk
from tests.plan.eksempel import ANNEN_KOMMUNE, bytt, linje


def test_the_shipped_plan_is_whole() -> None:
    fil = les_plan(MEDFOELGENDE.read_text(encoding="utf-8"))
    assert (len(fil.delmaal), len(fil.strategier), len(fil.tiltak), len(fil.indikatorer)) == (3, 11, 40, 22)
    assert {strategi.hovedstrategi for strategi in fil.strategier} == {1, 2, 3, 4, 5, 6}
    assert len(fil.enheter) == 17
    assert {enhet.id for enhet in fil.enheter if enhet.henviser} == {"nav", "to_helsestasjon", "to_kultur_fritid"}
    assert {enhet.id for enhet in fil.enheter if enhet.helse} == {"to_helsestasjon"}


def test_who_handles_referrals() -> None:
    fil = les_plan(MEDFOELGENDE.read_text(encoding="utf-8"))
    mottaker = {tiltak.id: tiltak.mottaker for tiltak in fil.tiltak if tiltak.mottaker}
    assert mottaker == {
        "2a-2": "ungdomsbasen",
        "4a-3": "inkluderingskonsulent",
        "4a-5": "inkluderingskonsulent",
        "4a-6": "inkluderingskonsulent",
        "4b-2": "nav",
        "4b-5": "inkluderingskonsulent",
        "4b-9": "inkluderingskonsulent",
        "4b-11": "to_kulturskole",
        "4b-12": "nav",
    }
    for tiltak in fil.tiltak:
        assert bool(tiltak.mottaker) == bool(FORMIDLES & set(tiltak.mekanikker)), tiltak.id
        assert tiltak.kortnavn


def test_broken_and_ended_series_say_why() -> None:
    for indikator in les_plan(MEDFOELGENDE.read_text(encoding="utf-8")).indikatorer:
        assert bool(indikator.brudd_grunn) == indikator.brudd
        assert bool(indikator.avsluttet_grunn) == indikator.avsluttet


def test_the_extra_units() -> None:
    enheter = les_enheter((DATA / "enheter.yaml").read_text(encoding="utf-8"))
    assert [enhet.id for enhet in enheter] == ["fretex", "oekonomi", "ikt", "personvern"]


def test_another_municipality_needs_no_change_of_code() -> None:
    fil = les_plan(ANNEN_KOMMUNE)
    assert [tiltak.id for tiltak in fil.tiltak] == ["1-1", "1-2"]
    assert fil.hode.kommunenummer == "9999"
    assert fil.tiltak[0].kortnavn == "Fritidskort", "the plan's own words where nobody gave a shorter name"
    assert fil.tiltak[1].mottaker is None


def test_the_main_unit_handles_referrals_when_none_is_named() -> None:
    assert les_plan(bytt("    mottaker: nav\n", "")).tiltak[0].mottaker == "oppvekst"


@pytest.mark.parametrize(
    ("gammel", "ny", "sted", "melding"),
    [
        ("enhet: nav\n", "enhet: nawv\n", "nawv", "ukjent enhet «nawv»"),
        ("mottaker: nav", "mottaker: navv", "navv", "ukjent enhet «navv»"),
        ("id: 1-2", "id: 1-1", "Åpen hall", "id «1-1» er brukt før"),
        ("- id: nav\n", "- id: oppvekst\n", "Nav Nabo", "id «oppvekst» er brukt før"),
        ("    evalueres: Hvert år\n", "", "id: 1-1", "feltet «evalueres» mangler"),
        ("  - 1-1\n", "  - 1-9\n", "1-9", "ukjent tiltak «1-9»"),
        ("hovedstrategi: 1", "hovedstrategi: en", "hovedstrategi: en", "feltet «hovedstrategi» skal være et helt tall"),
        ("verdi: 10", "verdi: ti", "verdi: ti", "feltet «verdi» skal være et tall"),
        ("henviser: true", "henviser: kanskje", "kanskje", "feltet «henviser» skal være true eller false"),
        ("    mottaker: nav\n", "    mottakar: nav\n", "mottakar", "ukjent felt «mottakar»"),
        ("rolle: samarbeid", "rolle: venn", "venn", "ukjent verdi: rolle «venn» (kan være hovedansvar, samarbeid)"),
        ("navn: Fritidskort", "navn: [Fritidskort]", "[Fritidskort]", "feltet «navn» skal være en tekst"),
        ("navn: Fritidskort", "navn: yes", "navn: yes", "feltet «navn» skal være en tekst"),
        ("id: M1", "id: 'M 1'", "M 1", "ugyldig id «M 1»: bruk bokstaver a–z, tall, bindestrek og understrek"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line(gammel: str, ny: str, sted: str, melding: str) -> None:
    tekst = bytt(gammel, ny)
    with pytest.raises(PlanFeil) as feil:
        les_plan(tekst)
    nummer = linje(sted, tekst)
    # a double id is told at the id, one line above the name by which the line is found here
    assert f"{melding}" in str(feil.value)
    assert any(abs(en.linje - nummer) <= 1 for en in feil.value.feil)


def test_unknown_cadence_and_mechanism_say_what_there_is() -> None:
    tekst = bytt("kadens: aarlig", "kadens: månedlig", bytt("- KORT", "- KORTT"))
    with pytest.raises(PlanFeil) as feil:
        les_plan(tekst)
    assert [en.linje for en in feil.value.feil] == [linje("månedlig", tekst), linje("KORTT", tekst)]
    assert "hvert_tredje_aar" in str(feil.value)
    assert all(mekanikk.value in str(feil.value) for mekanikk in Mekanikk)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    tekst = bytt("navn: Fritidskort\n", "navn:\n", bytt("enhet: nav\n", "enhet: x\n", bytt("aar: 2024", "aar: nå")))
    with pytest.raises(PlanFeil) as feil:
        les_plan(tekst)
    linjer = [en.linje for en in feil.value.feil]
    assert len(linjer) == 3
    assert linjer == sorted(linjer)
    assert str(feil.value).count("\n") == 2


def test_a_measure_needs_somebody_with_the_main_responsibility() -> None:
    with pytest.raises(PlanFeil, match="ingen enhet har hovedansvar"):
        les_plan(bytt("rolle: hovedansvar", "rolle: samarbeid"))


def test_a_measure_that_is_not_given_has_no_receiver() -> None:
    with pytest.raises(PlanFeil, match="skal ikke ha mottaker"):
        les_plan(bytt("- KORT", "- MOETEPLASS"))


@pytest.mark.parametrize(
    ("tekst", "melding"),
    [
        ("a: &x [1]\nb: *x\n", "linje 2: henvisninger med * er ikke tillatt"),
        ("[" * 5_000, "linje 1: for mange nivåer inni hverandre"),
        ("a: [1\nb: 2", "filen er ikke gyldig YAML"),
        ("a: 1\n---\nb: 2", "filen er ikke gyldig YAML"),
        ("\x07", "filen er ikke gyldig YAML"),
        ("- a", "filen må inneholde felter med navn"),
        ("", "filen må inneholde felter med navn"),
        ("x" * (MAKS_TEGN + 1), "filen er for stor"),
        ("metadata: !!python/object/apply:os.getcwd []", "feltet «metadata» skal ha felter med navn"),
        ("enheter: 1\nenheter: 2", "feltet «enheter» står to ganger"),
    ],
)
def test_what_is_no_plan_at_all(tekst: str, melding: str) -> None:
    with pytest.raises(PlanFeil) as feil:
        les_plan(tekst)
    assert melding in str(feil.value)


@given(
    st.lists(
        st.tuples(st.integers(0, len(ANNEN_KOMMUNE)), st.sampled_from(["", ":", "- ", "\n", "  ", "[", "{", "'", "0"])),
        min_size=1,
        max_size=5,
    )
)
def test_a_damaged_plan_is_read_or_refused_and_nothing_else(skader: list[tuple[int, str]]) -> None:
    tekst = ANNEN_KOMMUNE
    for sted, bit in skader:
        tekst = tekst[:sted] + bit + tekst[sted + 1 :]
    linjer = _feillinjer(tekst)
    assert linjer is None or linjer
    assert all(1 <= linje <= tekst.count("\n") + 1 for linje in linjer or ())


def _feillinjer(tekst: str) -> list[int] | None:
    try:
        les_plan(tekst)
    except PlanFeil as feil:
        return [en.linje for en in feil.feil]
    return None
