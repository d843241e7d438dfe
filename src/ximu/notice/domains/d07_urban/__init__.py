"""City management: whose duty a place was on a day, what was found there, and whether it was put right in time."""
