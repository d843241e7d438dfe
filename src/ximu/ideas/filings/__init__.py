"""Figures that units file period by period: declared tables, three people for each figure, a commitment in the log at each hand-over."""
