"""Commands of procurement: the bare flags for outsiders, and what the platform has stored."""
