"""Looking a dossier up without signing in."""
