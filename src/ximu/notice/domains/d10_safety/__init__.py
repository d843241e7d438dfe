"""Public safety (row D10): supervision duties, inspections on two clocks, accidents, samples, hazards, special supervision."""
