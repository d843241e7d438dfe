"""S1: organisation and leadership. The working group decides by numbered resolutions; no duty is without a living owner."""
