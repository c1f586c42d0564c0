"""Another municipality's plan, small and whole, and ways to break it."""

ANNEN_KOMMUNE = """\
metadata:
  tittel: Plan for like muligheter
  kommune: Nabo kommune
  kommunenummer: 9999
  periode: 2025–2028
  vedtak: Vedtatt 2025
  delmaal:
  - id: M1
    navn: Mål 1
    tekst: Alle barn er med.
enheter:
- id: oppvekst
  navn: Oppvekst
- id: nav
  navn: Nav Nabo
  henviser: true
strategier:
- id: 1
  hovedstrategi: 1
  strategi: Alle skal med.
  tiltak:
  - id: 1-1
    navn: Fritidskort
    ansvar:
    - enhet: oppvekst
      rolle: hovedansvar
    - enhet: nav
      rolle: samarbeid
    mottaker: nav
    evalueres: Hvert år
    kadens: aarlig
    mekanikk:
    - KORT
  - id: 1-2
    navn: Åpen hall
    ansvar:
    - enhet: oppvekst
      rolle: hovedansvar
    evalueres: Fortløpende
    kadens: fortloepende
    mekanikk:
    - MOETEPLASS
indikatorer:
- id: T1
  navn: Barn med kort
  enhet: barn
  aar: 2024
  verdi: 10
  type: tall
  tiltak:
  - 1-1
"""


def bytt(gammel: str, ny: str, tekst: str = ANNEN_KOMMUNE) -> str:
    """The plan with one thing changed."""
    assert gammel in tekst
    return tekst.replace(gammel, ny, 1)


def linje(bit: str, tekst: str) -> int:
    """Number of the first line that holds `bit`."""
    return next(nr for nr, en in enumerate(tekst.splitlines(), 1) if bit in en)
