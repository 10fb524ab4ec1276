"""What the portal says of itself beside the catalogue: notices, guides, and whether a page was of use."""
