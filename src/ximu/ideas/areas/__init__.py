"""Key areas: what lies behind each figure of a pack, its warnings, and the pages that every pack has."""
