"""How a dossier is told: its history, its deadline, its declaration, its figures."""
