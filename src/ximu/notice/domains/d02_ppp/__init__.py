"""Row D2, public-private partnership: projects and their stages, what the public side owes, breaches, and who decided."""
