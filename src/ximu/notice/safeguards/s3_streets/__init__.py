"""S3: streets and towns. Public pledges measured the same way everywhere, credit benefits, demonstration by evidence."""
