"""What may be asked, answered and refused, and how long it may take; the document that answers."""
