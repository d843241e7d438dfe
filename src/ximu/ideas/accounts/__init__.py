"""Who may do what? People, programs, roles and their grants over time."""
