"""Plain rules of Utstyrsbanken: states, telephone numbers, barcodes, codes at the counter and monthly figures."""
