"""What may be recorded and used? The yearly lists of data, behaviours and applications, as an executable gate."""
