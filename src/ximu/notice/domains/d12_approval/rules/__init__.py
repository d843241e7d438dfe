"""What does the catalogue say, is an approval in time, was something asked for that is not listed? Pure."""
