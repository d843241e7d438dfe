"""Pages of the room: the door (log-in, second factor, password) and the desk of the administrators."""
