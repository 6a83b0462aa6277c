"""What is put into Resolve's scripts folder."""
