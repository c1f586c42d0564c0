"""How a secret is drawn: a QR code as one path, so that no style and no picture is needed."""


def qr_sti(innhold: str) -> tuple[int, str]:
    """The size in modules, quiet zone included, and the path of the dark ones."""
    import segno

    rader = [list(rad) for rad in segno.make(innhold, error="m", micro=False).matrix_iter(border=4)]
    streker = []
    for y, rad in enumerate(rader):
        x = 0
        while x < len(rad):
            lengde = 1
            while x + lengde < len(rad) and rad[x + lengde] == rad[x]:
                lengde += 1
            if rad[x]:
                streker.append(f"M{x} {y}h{lengde}v1h-{lengde}z")
            x += lengde
    return len(rader), "".join(streker)
