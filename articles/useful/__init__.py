"""Whether a page was of use: one to five, summed by page and day, nothing about the reader."""
