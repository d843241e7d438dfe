"""Credit-service agencies: who they are, what units buy and use of them, what they warn of and whether they were right, how they leave."""
