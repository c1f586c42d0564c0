"""The rules of evaluation: the next date of each cadence, the steps, the plan's words, the calendar's file."""

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koordinering.errors import UgyldigFelt
from koordinering.plan.aktiviteter.rules import (
    Aktivitetsopplysninger,
    Aktivitetsslag,
    Foert,
    Per,
    kravdeler,
    sjekk_aktivitet,
)
from koordinering.plan.evaluering.export import Kalenderdag, til_ics
from koordinering.plan.evaluering.rules import (
    HANDLINGER,
    OVERGANGER,
    REGLER_I_ORD,
    Evalueringsregler,
    Handling,
    UgyldigSteg,
    Vurderingsinnhold,
    Vurderingsstatus,
    fristdato,
    krev_hel,
    neste_vurdering,
    sjekk_innhold,
    ta_steg,
)
from koordinering.plan.organer.rules import organer_i
from koordinering.tiltak.rules import Kadens

I_DAG = date(2026, 11, 28)
FRA_2024 = Evalueringsregler(foerste_aar=2024)
S = Vurderingsstatus


def neste(*ord_: Any, **kw: Any) -> date | None:
    """The date alone."""
    forfall = neste_vurdering(*ord_, **kw)
    return forfall.dato if forfall else None


def _slutten(aar: int | None) -> date | None:
    return date(aar, 12, 31) if aar else None


@pytest.mark.parametrize(
    ("kadens", "sist", "frist", "ventet"),
    [
        *((k, None, None, date(2025, 3, 1)) for k in (Kadens.AARLIG, Kadens.JEVNLIG, Kadens.IKKE_OPPGITT)),
        *((k, 2025, None, date(2027, 3, 1)) for k in (Kadens.AARLIG, Kadens.FORTLOEPENDE, Kadens.KONTINUERLIG)),
        (Kadens.AARLIG, 2023, date(2016, 6, 30), date(2025, 3, 1)),
        (Kadens.HVERT_TREDJE_AAR, None, None, date(2025, 3, 1)),
        (Kadens.HVERT_TREDJE_AAR, 2024, None, date(2028, 3, 1)),
        (Kadens.ENGANG, None, date(2016, 6, 30), date(2025, 3, 1)),
        (Kadens.ENGANG, 2024, date(2016, 6, 30), None),
        (Kadens.ENGANG, None, date(2028, 12, 31), date(2028, 12, 31)),
        (Kadens.ENGANG, 2027, date(2028, 12, 31), date(2028, 12, 31)),
        (Kadens.ENGANG, 2028, date(2028, 12, 31), None),
        (Kadens.ENGANG, None, None, date(2025, 3, 1)),
        (Kadens.ENGANG, 2024, None, None),
        (Kadens.VED_RULLERING, None, None, None),
        (Kadens.VED_GJENNOMFOERING, None, None, None),
        (Kadens.VED_GJENNOMFOERING, None, date(2027, 6, 30), date(2027, 6, 30)),
    ],
)
def test_each_cadence_has_its_next_date(kadens: Kadens, sist: int | None, frist: date | None, ventet: date) -> None:
    assert neste(kadens, _slutten(sist), frist, I_DAG, regler=FRA_2024) == ventet
    assert kadens in REGLER_I_ORD


def test_what_happens_decides_the_cadences_that_wait_for_it() -> None:
    rulleres = Evalueringsregler(foerste_aar=2024, rulleres=date(2027, 5, 10))
    rullering = Kadens.VED_RULLERING
    assert neste(rullering, _slutten(2025), None, I_DAG, regler=rulleres) == date(2027, 5, 10)
    assert neste(rullering, _slutten(2027), None, I_DAG, regler=rulleres) is None
    gjort = Kadens.VED_GJENNOMFOERING

    def etter(sist: int | None, *aar: int) -> date | None:
        return neste(gjort, _slutten(sist), None, I_DAG, regler=FRA_2024, aktivitetsaar=aar)

    assert etter(None, 2025, 2026) == date(2026, 3, 1), "the first that nobody has assessed"
    assert etter(2025, 2025, 2026) == date(2027, 3, 1)
    assert etter(2026, 2025, 2026) is None
    assert etter(None, 2019) == date(2025, 3, 1), "never before the first evaluation date"


@given(
    st.sampled_from(Kadens), st.none() | st.integers(2020, 2040), st.none() | st.dates(date(2010, 1, 1)),
    st.sets(st.integers(2015, 2040), max_size=4), st.integers(1, 12), st.integers(1, 28), st.integers(2020, 2030),
)  # fmt: skip
def test_an_assessment_always_moves_the_date_on(
    kadens: Kadens, sist: int | None, frist: date | None, aktive: set[int], maaned: int, dag: int, foerste: int
) -> None:
    regler = Evalueringsregler(maaned, dag, foerste, frist)
    funnet = neste_vurdering(kadens, _slutten(sist), frist, I_DAG, regler=regler, aktivitetsaar=aktive)
    if funnet is not None:
        assert funnet.dato >= regler.dato(foerste), "the floor holds for all"
        etter = neste_vurdering(kadens, _slutten(funnet.aar), frist, I_DAG, regler=regler, aktivitetsaar=aktive)
        assert etter is None or etter.dato > funnet.dato, "assessing what is due leaves something later, or nothing"


@pytest.mark.parametrize(
    ("tekst", "dag"),
    [
        ("før sommeren 2016", date(2016, 6, 30)),
        ("innen sommer 2016", date(2016, 6, 30)),
        ("i løpet av 2018", date(2018, 12, 31)),
        ("startes 2016 og avsluttes i 2018", date(2018, 12, 31)),
        ("15.04.2027", date(2027, 4, 15)),
        ("31.02.2027", None),
        ("snart", None),
        (None, None),
    ],
)
def test_the_plans_deadline_is_read_as_a_day(tekst: str | None, dag: date | None) -> None:
    assert fristdato(tekst) == dag


def test_every_step_is_named_and_no_other_is_taken() -> None:
    assert set(OVERGANGER) == set(S)
    assert set(HANDLINGER) == set(Handling)
    lov = {
        (S.UTKAST, Handling.SEND): S.SENDT,
        (S.RETURNERT, Handling.SEND): S.SENDT,
        (S.SENDT, Handling.TREKK): S.UTKAST,
        (S.SENDT, Handling.GODKJENN): S.GODKJENT,
        (S.SENDT, Handling.RETURNER): S.RETURNERT,
        (S.GODKJENT, Handling.GJENAAPNE): S.RETURNERT,
    }
    for par in product(S, Handling):
        if par in lov:
            assert ta_steg(*par) is lov[par]
        else:
            with pytest.raises(UgyldigSteg):
                ta_steg(*par)


def test_a_draft_may_lack_what_is_sent_may_not() -> None:
    tomt = Vurderingsinnhold()
    sjekk_innhold(tomt)
    with pytest.raises(UgyldigFelt, match="hva som er gjort"):
        krev_hel(tomt)
    with pytest.raises(UgyldigFelt, match="konklusjon"):
        krev_hel(Vurderingsinnhold("a", "b", "", "c", "d"))
    for farlig in ("Barnet 01911599968", "ring 41234567", "skriv til a@b.no"):
        with pytest.raises(UgyldigFelt):
            sjekk_innhold(Vurderingsinnhold(medvirkning=farlig))


@pytest.mark.parametrize(
    ("tekst", "navn"),
    [
        ("kommunestyret (Kvalitetsmeldingen)", ("Kommunestyret",)),
        ("NAV-partnerskapet", ("NAV-partnerskapet",)),
        ("idrettsråd og musikkråd", ("Idrettsråd", "Musikkråd")),
        ("fagutvalg, ungdomsrådet og fagutvalg", ("Fagutvalg", "Ungdomsrådet")),
        (None, ()),
    ],
)
def test_the_plans_words_become_bodies(tekst: str | None, navn: tuple[str, ...]) -> None:
    assert organer_i(tekst) == navn


def test_activities_are_counted_in_the_parts_that_the_plan_counts_by() -> None:
    rader = [
        Foert(date(2025, 6, 30), "a", frozenset({"Fagutvalg"})),
        Foert(date(2025, 7, 1), "b", frozenset({"Fagutvalg", "Ungdomsrådet"})),
        Foert(date(2025, 12, 31), "c", frozenset()),
    ]

    def deler(per: Per, *organer: str) -> list[tuple[str, int]]:
        return [(d.navn, d.antall) for d in kravdeler(per, 1, rader, 2025, organer)]

    assert deler(Per.AAR) == [("2025", 3)]
    assert deler(Per.HALVAAR) == [("første halvår", 1), ("andre halvår", 2)]
    assert deler(Per.ORGAN, "Fagutvalg", "Ungdomsrådet") == [("Fagutvalg", 2), ("Ungdomsrådet", 1)]
    assert deler(Per.ORGAN) == [("2025", 3)], "a measure that reports to nobody is counted by the year"


def test_a_small_number_present_is_asked_about() -> None:
    def sjekk(antall: int | None, *, bekreftet: bool = False) -> None:
        opplysninger = Aktivitetsopplysninger(
            I_DAG, Aktivitetsslag.MOETE, "Tema", antall, "6-1", lite_bekreftet=bekreftet
        )
        sjekk_aktivitet(opplysninger, I_DAG, 5)

    for greit in (None, 0, 5, 9999):
        sjekk(greit)
    sjekk(4, bekreftet=True)
    for galt in (1, 4, -1, 10_000):
        with pytest.raises(UgyldigFelt):
            sjekk(galt)


def test_the_calendar_is_what_rfc_5545_asks() -> None:
    tekst = "Frist: 4b-2 Ø, å; \\ og «lange ord» " + "æ" * 80
    fil = til_ics(
        "Planen, 2025", [Kalenderdag("4b-2-2025@x", date(2026, 2, 28), tekst)], datetime(2026, 1, 2, tzinfo=UTC)
    )
    linjer = fil.split(b"\r\n")
    assert linjer[0] == b"BEGIN:VCALENDAR"
    assert linjer[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(linje) <= 75 for linje in linjer)
    assert b"\n" not in fil.replace(b"\r\n", b"")
    ubrettet = fil.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20260228\r\nDTEND;VALUE=DATE:20260301\r\n" in ubrettet
    assert "DTSTAMP:20260102T000000Z" in ubrettet
    assert "X-WR-CALNAME:Planen\\, 2025\r\n" in ubrettet
    assert f"SUMMARY:Frist: 4b-2 Ø\\, å\\; \\\\ og «lange ord» {'æ' * 80}\r\n" in ubrettet
