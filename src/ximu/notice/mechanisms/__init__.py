"""Four working mechanisms (工作机制)."""
