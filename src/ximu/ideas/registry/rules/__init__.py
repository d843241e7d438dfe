"""Pure decisions of the registry: the book of units, its reforms, names, posts and phrases."""
