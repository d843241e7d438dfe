"""Console pages of the registry: pages read, acts write."""
