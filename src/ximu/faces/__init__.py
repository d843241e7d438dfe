"""How people and programs meet the system."""
