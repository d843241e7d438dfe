"""S2: institutions. Plans, rules and standards of every unit, with versions, days in force and what they cover."""
