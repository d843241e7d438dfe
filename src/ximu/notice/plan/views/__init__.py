"""Console pages of the plan: the board, and its checks."""
