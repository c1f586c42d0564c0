"""A register of one table, to be right or wrong with."""


def register(linje: str, annet: str = "leses: []") -> str:
    """The file, with this line for the one column and this line more for the table."""
    felles = {"om": "Prøve", "behandling": "b", "leses": "[]"}
    navn, _, verdi = annet.partition(": ")
    tabell = "\n".join(f"    {k}: {v}" for k, v in (felles | {navn: verdi}).items())
    return (
        "foelsomhet: {sak: x}\nvern: {}\ngrunnlag: {g: x}\n"
        "behandlinger:\n  b: {navn: x, formaal: x, om: x, grunnlag: g, mottakere: x}\n"
        f"tabeller:\n  prove:\n{tabell}\n    felt:\n      id: '{linje}'\n"
    )
