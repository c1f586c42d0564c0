"""Two people at the same form: what the other saved stands beside what was typed, and the next try counts."""

from wtforms import HiddenField

from koordinering.web.skjema import BaseForm, i_ord


def til_det_nye(form: BaseForm, naa: BaseForm, *, merke: str = "versjon") -> None:
    """Keep what was typed, show what is saved now where that is something else, and let the next try count.

    `naa` is the same form as it would be opened now; `merke` is the field that says what the page showed. Without the
    new mark the form could never be saved; without what is saved now, the other's work would go unseen.
    """
    form[merke].data = naa[merke].data
    par = [(felt, naa[felt.short_name]) for felt in form if not isinstance(felt, HiddenField)]
    ordene = [(felt.label.text, i_ord(felt, felt.data), i_ord(lagret, lagret.data)) for felt, lagret in par]
    form.staar_naa = [(navn, lagret) for navn, skrevet, lagret in ordene if _linjer(skrevet) != _linjer(lagret)]


def _linjer(tekst: str) -> list[str]:
    """A browser ends its lines in another way than what is saved."""
    return tekst.strip().splitlines()
