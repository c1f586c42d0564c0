"""Utstyrsbanken: equipment that anybody may borrow. Knows a telephone number for a while, and no family, ever."""
