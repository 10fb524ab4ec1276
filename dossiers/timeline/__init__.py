"""What pages say of a dossier: its history, its deadline, its declaration, figures."""
