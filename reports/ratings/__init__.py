"""How people rate what was done for them: asked once for each ended dossier, told in sum, read by leaders."""
