"""Which counts are unusual, how sure is that, and what came of it? Detectors, alarms, quality of deliveries."""
