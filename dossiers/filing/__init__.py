"""From a draft to a submitted dossier, and completing one."""
