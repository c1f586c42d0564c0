"""What can go wrong; each error knows its HTTP status and the message a user sees."""

from collections.abc import Callable, Iterable, Iterator

from koordinering.tekst import N_


class KoordineringError(Exception):
    """Base of everything this product raises on purpose. The message is bokmål and safe to show."""

    status = 500
    melding = N_("Noe gikk galt. Det du skrev, er ikke lagret. Prøv igjen.")

    def __init__(self, melding: str = "") -> None:
        super().__init__(melding or self.melding)


class ConfigError(KoordineringError):
    """A setting is missing or unsafe; the program refuses to start."""


class DomainError(KoordineringError):
    """A rule of the domain said no. Nothing was changed."""

    status = 422


class UgyldigFelt(DomainError):
    """What was typed breaks a rule; `felt` names the form field the message belongs to."""

    def __init__(self, felt: str, melding: str) -> None:
        super().__init__(melding)
        self.felt = felt
        self.flere: tuple[UgyldigFelt, ...] = ()
        """What else was wrong, to be told together with it."""


def brutt(regel: Callable[..., None], *om: object) -> Iterator[UgyldigFelt]:
    """What the rule says of this, to be told together with what others say."""
    try:
        regel(*om)
    except UgyldigFelt as feil:
        yield feil


def stopp(feilene: Iterable[UgyldigFelt]) -> None:
    """Raise all that is wrong at once, the first with the others beside it; nothing where nothing is wrong."""
    alle = tuple(feilene)
    if alle:
        alle[0].flere = alle[1:]
        raise alle[0]


class UgyldigOvergang(DomainError):
    """The referral is not in a state that allows the action any more."""

    status = 409
    melding = N_("Dette kan ikke gjøres nå. Henvisningen har fått en ny status siden du åpnet siden.")


class Oppbrukt(DomainError):
    """Somebody else took the last one."""

    status = 409
    melding = N_("Det siste er nettopp tatt. Henvisningen er ikke endret.")


class KanIkkeInnvilges(DomainError):
    """The referral cannot be given this now; `grunner` are the reason texts this user may see."""

    status = 409
    melding = N_("Kan ikke innvilges nå.")

    def __init__(self, grunner: tuple[str, ...] = ()) -> None:
        super().__init__(self.melding)
        self.grunner = grunner


class Endret(DomainError):
    """Somebody else changed the same thing after the page was opened."""

    status = 409
    melding = N_("Noen andre har endret dette siden du åpnet siden. Se over og prøv igjen.")


class UlagredeValg(DomainError):
    """The page showed choices that the proposal was not solved with. Nothing was given."""

    status = 409
    melding = N_(
        "Ingenting er gitt eller tilbudt ennå. Valgene på siden er ikke med i forslaget. "
        "Regn ut på nytt, se over forslaget, og bekreft etterpå."
    )


class IngenTilgang(KoordineringError):
    """The user lacks the right. Shown as 404, so that nobody learns what exists."""

    status = 404
    melding = N_("Fant ikke siden.")


class FinnesIkke(KoordineringError):
    """There is no such thing, or the user may not know that there is."""

    status = 404
    melding = N_("Fant ikke siden.")


class ForMangeForsoek(KoordineringError):
    """A limit on attempts is reached; try again later."""

    status = 429
    melding = N_("Du har prøvd mange ganger på kort tid. Vent litt og prøv igjen.")
