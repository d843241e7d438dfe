"""The public pages, by what they show. All of them are plain pages first; scripts only make some of them quicker."""
