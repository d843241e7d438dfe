"""operator: serving, health, the doctor."""
