"""Who wants to be told when something public changes? Addresses sealed, nothing else kept."""
