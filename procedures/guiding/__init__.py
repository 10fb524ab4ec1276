"""What leads people to the right door: signposts to other agencies, and the steps of an occasion in life."""
