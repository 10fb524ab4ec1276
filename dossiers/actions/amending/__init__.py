"""What puts right a step or a dossier that was wrong: recorded acts, none an edit."""
