"""Statistics (D15): who reports which figure by when, who reviewed and approved it, what was changed afterwards, what a check found."""
