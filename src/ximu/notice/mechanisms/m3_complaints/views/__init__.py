"""Two faces: the reporter's, without a trace, and the handler's."""
