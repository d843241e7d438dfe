"""What is right with a delivered row, and what is wrong with it? Pure, vectorised."""
