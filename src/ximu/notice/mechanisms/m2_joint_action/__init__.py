"""Rows M2.1 and M2.2 of the notice: joint incentive and punishment, and the rectification of what was found."""
