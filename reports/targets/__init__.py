"""What each unit is to reach in a year, and how far it has come."""
