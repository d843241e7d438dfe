"""Places: which unit answers for an address on a day, through moved boundaries and reforms, and when it last went there."""
