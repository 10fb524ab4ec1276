"""Finding procedures by the words people use."""
