"""Internet and government service (row D11): promised against real time of each step, ratings that stuffing cannot move, poor ones followed up."""
