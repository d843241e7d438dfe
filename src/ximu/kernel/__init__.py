"""Plain Python, no Django: the words that every storey shares."""
