"""What a paper is made of, and how it is written out."""
