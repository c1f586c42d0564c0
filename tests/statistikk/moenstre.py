"""Patterns that give something away, each for a reason of its own, and patterns that do not."""

from typing import NamedTuple

from koordinering.statistikk.disclosure import Regler
from tests.statistikk.tegnet import Par, tegn

NULLER = Regler(nuller_vises=True)


class Moenster(NamedTuple):
    """What is published, and the count in the audit that must see it."""

    navn: str
    funn: str
    tabeller: tuple[Par, ...]
    regler: Regler = Regler()
    tidligere: tuple[Par, ...] = ()


EKSAKT, SMAA, SMAL, INNSIDER, VIST, ENDRING = (
    "kjent_noeyaktig", "kjent_smaa", "for_smale", "kjent_for_innsider", "primaere_vist", "for_smaa_endringer",
)  # fmt: skip

FIRE_HJOERNER = """
|     b0  b1  b2  Total
a0    4*  6*  9   +
a1    6*  4*  8   +
a2    9   9   7   +
Total +   +   +   +
"""

ETT_TALL = (
    Moenster("a small cell is printed", VIST, (tegn("| antall\na 2\nb 20\nTotal +"),)),
    Moenster("many children of two families are printed", VIST, (tegn("| antall\na 12/2\nb 20/9\nTotal +"),)),
    Moenster("a zero is printed where zeros are hidden", VIST, (tegn("| antall\na 0\nb 20\nTotal +"),)),
    Moenster("a table about eight people is printed", VIST, (tegn("| antall\na 8\nTotal +"),)),
    Moenster("a table about three families is printed", VIST, (tegn("| antall\na 14/3\nTotal +"),)),
    Moenster("kroner of three families are printed", VIST, (tegn("| antall\na 9000\nTotal +", bak=3),)),
    Moenster("one of many has nearly all the kroner", VIST, (tegn("| antall\na 9000\nTotal +", bak=9, stoerste=8000),)),
    Moenster("a lone cell is the total less the others", EKSAKT, (tegn("| antall\na 2*\nb 20\nc 30\nTotal +"),)),
    Moenster("a lone zero", EKSAKT, (tegn("| antall\na 0*\nb 20\nc 30\nTotal +"),)),
    Moenster("a pair with a known small remainder", SMAA, (tegn("| antall\na 1*\nb 2*\nc 30\nTotal +"),)),
    Moenster("a pair of zeros: nothing is left for them", EKSAKT, (tegn("| antall\na 0*\nb 0*\nc 30\nTotal +"),)),
    Moenster("two cannot hide in a remainder of two", SMAL, (tegn("| antall\na 0*\nb 2*\nc 30\nTotal +"),)),
    Moenster("under a threshold of ten a remainder of nine is small", SMAA,
             (tegn("| antall\na 6*\nb 3*\nc 30\nTotal +"),), Regler(terskel=10)),
    Moenster("a cell that cannot have a count protects nothing", EKSAKT,
             (tegn("| antall\na 2*\nb .\nc 30\nTotal +"),)),
    Moenster("printed zeros: two hidden cells of two in all", EKSAKT,
             (tegn("| antall\na 1*\nb 1*\nc 30\nTotal +"),), NULLER),
    Moenster("printed zeros: at least one is left for the other", SMAA,
             (tegn("| antall\na 2*\nb 3*\nc 30\nTotal +"),), NULLER),
    Moenster("kroner that another's remainder nearly gives", SMAL,
             (tegn("| antall\na 9000*\nb 300*\nTotal +", bak=3),)),
)  # fmt: skip

FLATE = (
    Moenster("a lone cell in a row and a column", EKSAKT,
             (tegn("|  b0 b1 Total\na0 2* 9 +\na1 9 8 +\nTotal + + +"),)),
    Moenster("a lone pair: the row hides it, the columns do not", EKSAKT,
             (tegn("|  b0 b1 Total\na0 2* 9* +\na1 9 8 +\nTotal + + +"),)),
    Moenster("a zero row: its hidden sum is given by the total", EKSAKT,
             (tegn("|  b0 b1 Total\na0 0* 0* +*\na1 9 8 +\na2 7 9 +\nTotal + + +"),)),
    Moenster("a hidden total beside its shown parts", EKSAKT,
             (tegn("|  b0 b1 Total\na0 2* 9 +*\na1 9 8 +\na2 7 9 +\nTotal + + +"),)),
    Moenster("stairs that end in a lone cell", EKSAKT,
             (tegn("|  b0 b1 b2 Total\na0 2* 6* 9 +\na1 9 6* 3* +\na2 8 9 9* +\nTotal + + + +"),)),
    Moenster("four corners whose remainders are small", SMAA,
             (tegn("|  b0 b1 b2 Total\na0 1* 1* 9 +\na1 1* 1* 8 +\na2 7 6 9 +\nTotal + + + +"),)),
    Moenster("four corners with two zeros in a row", EKSAKT,
             (tegn("|  b0 b1 b2 Total\na0 0* 0* 9 +\na1 3* 9* 8 +\na2 7 6 9 +\nTotal + + + +"),)),
    Moenster("few families behind many children, both alone", EKSAKT,
             (tegn("|  b0 b1 Total\na0 9/2* 9/6 +\na1 9/5 8/7 +\nTotal + + +"),)),
    Moenster("families hidden and children shown", VIST,
             (tegn("| antall\na 9/2\nb 3/3*\nTotal +"),)),
)  # fmt: skip

TRINN = (
    Moenster("a part is its group less the other part", EKSAKT,
             (tegn("| antall\na 9\nb 11\n-b0 2*\n-b1 9\nTotal +"),)),
    Moenster("a group is hidden and the total gives it back", EKSAKT,
             (tegn("| antall\na 9\nb 11*\n-b0 2*\n-b1 9\nTotal +"),)),
    Moenster("two parts of a small group that the total gives back", SMAA,
             (tegn("| antall\na 9\nb 3*\n-b0 2*\n-b1 1*\nTotal +"),)),
    Moenster("a pair in different groups, each alone in its own", EKSAKT,
             (tegn("| antall\na 11\n-a0 2*\n-a1 9\nb 12\n-b0 3*\n-b1 9\nTotal +"),)),
)  # fmt: skip

KUBE = """
c0:
|     b0  b1  Total
a0    {}  9*  +
a1    9*  9*  +
Total +   +   +
c1:
|     b0  b1  Total
a0    9*  9*  +
a1    9*  {}  +
Total +   +   +
Total:
|     b0  b1  Total
a0    +   +   +
a1    +   +   +
Total +   +   +
"""

ROM = (
    Moenster("a cycle in three dimensions with a zero at both ends", EKSAKT,
             (tegn(KUBE.format("0*", "0*"), eiere={}),)),
    Moenster("a cycle in three dimensions with little room at both ends", SMAA,
             (tegn(KUBE.format("1*", "1*"), eiere={}),)),
    Moenster("a cycle in three dimensions: whoever fills one cell knows the other", INNSIDER,
             (tegn(KUBE.format("4*", "4*")),)),
    Moenster("a pair along the third dimension only", EKSAKT,
             (tegn(KUBE.replace("9*", "9").format("2*", "9").replace("9   9   +", "9*  9   +", 1)),)),
)  # fmt: skip

BARE_HELE = """
c0:
|     b0  b1  b2  Total
a0    2*  1*  9   +
a1    1*  9   2*  +
a2    9   1*  1*  +
Total +   +   +   +
c1:
|     b0  b1  b2  Total
a0    1*  0*  9   +
a1    2*  2*  9   +
a2    2*  2*  9   +
Total +   +   +   +
c2:
|     b0  b1  b2  Total
a0    1*  2*  9   +
a1    9   2*  2*  +
a2    3*  {}  0*  +
Total +   +   +   +
Total:
|     b0  b1  b2  Total
a0    +   +   +   +
a1    +   +   +   +
a2    +   +   +   +
Total +   +   +   +
"""
"""Linear programming leaves room for one more in two cells; no whole table has it."""

LENKET = (
    Moenster("hidden in two tables, and one of them gives it back", EKSAKT, (
        tegn("| antall\na0 7/2*\na1 9/6*\na2 30/9\nTotal +"),
        tegn("|  b0 b1 Total\na0 7/2* . +*\na1 . 9/6 +\na2 10/6 20/6 +/9\nTotal +/8* +/12 +/17", kode="u"),
    )),
    Moenster("the total is published elsewhere", EKSAKT, (
        tegn("| antall\na0 2*\na1 9\na2 30\nTotal +*"), tegn("| antall\nb0 20\nb1 21\nTotal +", "b", kode="u"),
    )),
    Moenster("a margin of one table is a cell of another", EKSAKT, (
        tegn("|  b0 b1 Total\na0 2* 9 +*\na1 9 8 +\na2 7* 9 +*\nTotal + + +"),
        tegn("| antall\na0 11\na1 17\na2 16\nTotal +", kode="u"),
    )),
)  # fmt: skip

TID = (
    Moenster("two safe patterns of one table", EKSAKT, (tegn("| antall\na 2*\nb 9*\nc 30\nTotal +"),),
             tidligere=(tegn("| antall\na 2*\nb 9\nc 30*\nTotal +"),)),
    Moenster("printed now, hidden before", EKSAKT, (tegn("| antall\nb 9\nd 32\nTotal +", kode="u"),),
             tidligere=(tegn("| antall\na 2*\nb 9*\nc 30\nTotal +"),)),
    Moenster("a correction of two", ENDRING, (tegn("| antall\na 22\nb 30\nTotal +*", dag=3),),
             tidligere=(tegn("| antall\na 20\nb 30\nTotal +"),)),
    Moenster("a correction downwards of three", ENDRING, (tegn("| antall\na 17\nb 30\nTotal +*", dag=3),),
             tidligere=(tegn("| antall\na 20\nb 30\nTotal +"),)),
    Moenster("a running total that grew by one, its parts hidden", ENDRING,
             (tegn("| antall\na 3*\nb 9*\nc 30\nTotal +", dag=3),),
             tidligere=(tegn("| antall\na 2*\nb 9*\nc 30\nTotal +"),)),
    Moenster("hidden growth between shown neighbours", ENDRING,
             (tegn("| antall\na 23*\nb 30\nc 40*\nTotal +", dag=3),),
             tidligere=(tegn("| antall\na 20\nb 30\nc 40\nTotal +"),)),
    Moenster("six children more, of one family", ENDRING, (tegn("| antall\na 46/23\nb 30/16\nTotal +/39", dag=3),),
             tidligere=(tegn("| antall\na 40/22\nb 30/16\nTotal +/38"),)),
    Moenster("what one child more was given", ENDRING, (tegn("| antall\na 64350\nb 50000\nTotal +", bak=13, dag=3),),
             tidligere=(tegn("| antall\na 60000\nb 50000\nTotal +", bak=12),)),
    Moenster("what was taken back from one child", ENDRING,
             (tegn("| antall\na 55650\nb 50000\nTotal +", bak=11, dag=3),),
             tidligere=(tegn("| antall\na 60000\nb 50000\nTotal +", bak=12),)),
    Moenster("another amount, and nobody more or fewer", ENDRING,
             (tegn("| antall\na 64350\nb 50000\nTotal +", bak=12, dag=3),),
             tidligere=(tegn("| antall\na 60000\nb 50000\nTotal +", bak=12),)),
)  # fmt: skip

INNSIDERE = (
    Moenster("a lone pair of small cells", INNSIDER, (tegn("| antall\na 4*\nb 3*\nc 30\nTotal +"),)),
    Moenster("siblings in two cells of three", INNSIDER,
             (tegn("| antall\na 2/1*\nb 1/1*\nc 8/2*\nd 30/9\nTotal +/12",
                   eiere={7: frozenset({("a",), ("b",)})}),)),
    Moenster("four corners, one of them a family", INNSIDER, (tegn(FIRE_HJOERNER),)),
    Moenster("a family alone in a row knows the zeros of its row", INNSIDER,
             (tegn("|  b0 b1 Total\na0 4* 0* +*\na1 3* 9* +*\na2 9 9 +\nTotal + + +",
                   eiere={1: frozenset({("a0", "Total")})}),)),
    Moenster("three dimensions: what only whole numbers give away", INNSIDER,
             (tegn(BARE_HELE.format("2*"), eiere={1: frozenset({("a2", "b1", "c2")})}),), Regler(terskel=3)),
    Moenster("one family in two linked tables", INNSIDER, (
        tegn("| antall\na0 3*\na1 4*\na2 20\nTotal +", eiere={1: frozenset({("a0",)})}),
        tegn("| antall\nb0 3*\nb1 20*\nb2 4\nTotal +*".replace("b2 4", "b2 4*"), "b", kode="u",
             eiere={1: frozenset({("b0",)})}),
    )),
)  # fmt: skip

UTRYGGE = (*ETT_TALL, *FLATE, *TRINN, *ROM, *LENKET, *TID, *INNSIDERE)

TRYGGE = (
    Moenster("nothing is small", "", (tegn("|  b0 b1 Total\na0 9 8 +\na1 7 6 +\nTotal + + +"),)),
    Moenster("four corners with room both ways", "", (tegn(FIRE_HJOERNER, eiere={}),)),
    Moenster("few in all, and nothing shown", "", (tegn("| antall\na 2*\nb 3*\nTotal +*", eiere={}),)),
    Moenster("a pair of a small and a large", "", (tegn("| antall\na 2*\nb 20*\nc 30\nTotal +"),)),
    Moenster("printed zeros and room above them", "", (tegn("| antall\na 2*\nb 20*\nc 0\nTotal +"),), NULLER),
    Moenster("two of one family beside many of others", "",
             (tegn("| antall\na 2/1*\nb 20/9*\nc 30/12\nTotal +", eiere={1: frozenset({("a",)})}),)),
    Moenster("nothing has changed since the last release", "", (tegn(FIRE_HJOERNER, eiere={}, dag=3),),
             tidligere=(tegn(FIRE_HJOERNER, eiere={}),)),
    Moenster("enough have come since the last release", "", (tegn("| antall\na 29\nb 31\nTotal +", dag=3),),
             tidligere=(tegn("| antall\na 20\nb 20\nTotal +"),)),
    Moenster("kroner of enough more", "", (tegn("| antall\na 90000\nb 80000\nTotal +", bak=17, dag=3),),
             tidligere=(tegn("| antall\na 60000\nb 50000\nTotal +", bak=12),)),
    Moenster("a cycle in three dimensions with room at both ends", "", (tegn(KUBE.format("4*", "4*"), eiere={}),)),
    Moenster("kroner of many", "", (tegn("| antall\na 9000\nb 20000\nTotal +", bak=9, stoerste=2000),)),
)  # fmt: skip
