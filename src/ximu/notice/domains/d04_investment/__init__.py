"""Investment promotion (D4): promises and contracts, what they add up to, what is warned of."""
