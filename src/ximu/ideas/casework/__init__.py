"""One engine for every procedure: states, holders, limits in working days, files, outcomes, and what a record set in motion."""
