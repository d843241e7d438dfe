"""Commands of warnings: the bare detectors for outsiders, and the alarms of the platform."""
