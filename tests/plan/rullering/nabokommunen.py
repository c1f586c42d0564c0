"""The plan of a municipality that is made up: other aims, strategies, measures, units and figures than the shipped."""

NABOENS_PLAN = """\
metadata:
  tittel: Oppvekstplan for Fjordvik
  kommune: Fjordvik kommune
  kommunenummer: '9998'
  periode: 2026–2029
  vedtak: Kommunestyret 14. juni 2026
  delmaal:
  - {id: M1, navn: Mål 1, tekst: Ingen barn står utenfor på grunn av økonomi.}
  - {id: M2, navn: Mål 2, tekst: Foreldre får hjelp til å komme i arbeid.}
enheter:
- {id: oppvekst, navn: Oppvekst og læring, kortnavn: Oppvekst}
- {id: nav_fjordvik, navn: Nav Fjordvik, kortnavn: Nav Fjordvik, henviser: true}
- {id: barnevern, navn: Barneverntjenesten, kortnavn: Barnevern}
- {id: frivilligsentral, navn: Fjordvik frivilligsentral, kortnavn: Frivilligsentralen}
strategier:
- id: A
  hovedstrategi: 1
  strategi: Alle barn er med på fritiden.
  tiltak:
  - id: A-1
    navn: Fritidskort for barn mellom 6 og 18 år
    kortnavn: Fritidskortet
    ansvar: [{enhet: oppvekst, rolle: hovedansvar}, {enhet: nav_fjordvik, rolle: samarbeid}]
    mottaker: nav_fjordvik
    evalueres: Hvert år i mars
    kadens: aarlig
    rapporteres_til: Levekårsutvalget
    mekanikk: [KORT]
  - id: A-2
    navn: Åpen hall på søndager
    kortnavn: Åpen hall
    ansvar: [{enhet: frivilligsentral, rolle: hovedansvar}]
    evalueres: Fortløpende
    kadens: fortloepende
    usikker: true
    merknad: Ansvaret står på to linjer i planen.
    mekanikk: [MOETEPLASS]
  - id: A-3
    navn: Utstyrslager i gamle meieriet
    kortnavn: Utstyrslageret
    ansvar: [{enhet: frivilligsentral, rolle: hovedansvar}, {enhet: oppvekst, rolle: samarbeid}]
    evalueres: Ved gjennomføring
    kadens: ved_gjennomfoering
    frist: høsten 2027
    mekanikk: [UTSTYR]
- id: B
  hovedstrategi: 2
  strategi: Familiene får samordnet hjelp.
  tiltak:
  - id: B-1
    navn: Los for ungdom
    kortnavn: Ungdomslos
    ansvar: [{enhet: barnevern, rolle: hovedansvar}]
    evalueres: Hvert tredje år
    kadens: hvert_tredje_aar
    enkeltvedtak: true
    mekanikk: [OPPFOELGING]
  - id: B-2
    navn: Fast møte mellom tjenestene
    kortnavn: Tverrfaglig møte
    ansvar: [{enhet: oppvekst, rolle: hovedansvar}, {enhet: barnevern, rolle: samarbeid}]
    evalueres: Ikke oppgitt
    kadens: ikke_oppgitt
    mekanikk: [SYSTEM]
  - id: B-3
    navn: Ferie for alle
    kortnavn: Ferie for alle
    ansvar: [{enhet: nav_fjordvik, rolle: hovedansvar}]
    evalueres: Jevnlig
    kadens: jevnlig
    mekanikk: [FRIPLASS, MIDLER]
indikatorer:
- {id: T1, navn: Barn i husholdninger med lav inntekt, enhet: prosent, aar: 2024, verdi: 9.1, type: tall, tiltak: [A-1]}
- {id: T2, navn: Fritidskort, enhet: kort, verdi: 120, type: ramme, tiltak: [A-1]}
- {id: T3, navn: Ungdom med los, enhet: ungdommer, type: rapporteres, tiltak: [B-1]}
"""
