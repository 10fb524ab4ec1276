"""Forms on paper: blank, or filled in here, printed, signed and sent."""
