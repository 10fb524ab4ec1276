"""What the public reads: figures of a period, balanced, with small counts withheld."""
