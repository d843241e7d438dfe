"""Who exists, under which name, at which time? Units, their reforms, their posts and who holds them."""
