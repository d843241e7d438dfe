"""Internet and government service (row D11): promised against real time, ratings that stuffing cannot move, poor ones followed up."""
