"""Commands of assessment: the bare engine for outsiders, and the runs of the platform."""
