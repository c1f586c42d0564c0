"""Makes a picture of a page small: a palette of 256 colours is plenty for text on white."""

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

FARGER = 256

_PIKSLER = """async (png) => {
  const bilde = new Image();
  bilde.src = "data:image/png;base64," + png;
  await bilde.decode();
  const lerret = new OffscreenCanvas(bilde.width, bilde.height).getContext("2d");
  lerret.drawImage(bilde, 0, 0);
  const piksler = lerret.getImageData(0, 0, bilde.width, bilde.height).data;
  let tekst = "";
  for (let fra = 0; fra < piksler.length; fra += 8192) {
    tekst += String.fromCharCode(...piksler.subarray(fra, fra + 8192));
  }
  return [bilde.width, bilde.height, btoa(tekst)];
}"""


def i_palett(page: Page, png: bytes) -> bytes:
    """The same picture with at most FARGER colours; the browser of `page` reads the old one."""
    bredde, hoeyde, piksler = page.evaluate(_PIKSLER, base64.b64encode(png).decode())
    rgb = np.frombuffer(base64.b64decode(piksler), dtype=np.uint8).reshape(-1, 4)[:, :3].astype(np.int64)
    farger, av, antall = np.unique(rgb @ (1 << 16, 1 << 8, 1), return_inverse=True, return_counts=True)
    palett = _rgb(farger[np.argsort(-antall)[:FARGER]])
    avstand = ((_rgb(farger)[:, None, :] - palett[None, :, :]) ** 2).sum(axis=2)
    rader = avstand.argmin(axis=1).astype(np.uint8)[av].reshape(hoeyde, bredde)
    uten_filter = np.hstack([np.zeros((hoeyde, 1), dtype=np.uint8), rader])
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _bit(b"IHDR", struct.pack(">IIBBBBB", bredde, hoeyde, 8, 3, 0, 0, 0)),
            _bit(b"PLTE", palett.astype(np.uint8).tobytes()),
            _bit(b"IDAT", zlib.compress(uten_filter.tobytes(), 9)),
            _bit(b"IEND", b""),
        ]
    )


def _rgb(farger: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([farger >> 16, farger >> 8 & 255, farger & 255], axis=1)


def _bit(slag: bytes, innhold: bytes) -> bytes:
    return struct.pack(">I", len(innhold)) + slag + innhold + struct.pack(">I", zlib.crc32(slag + innhold))
