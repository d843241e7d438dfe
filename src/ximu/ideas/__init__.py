"""The five ideas and what stands around them."""
