"""The demonstration's dossiers: which there are, how each begins, what comes of money, post and books."""
