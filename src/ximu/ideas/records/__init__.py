"""Records: facts about government bodies and civil servants, added in versions, never changed."""
