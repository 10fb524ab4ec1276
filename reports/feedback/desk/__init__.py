"""Pages of the officers who handle feedback."""
