"""Government procurement (D1): open contracting releases, red flags on bidders and on the government."""
