"""What the owner of a dossier and the office say to each other about it: writing, reading, telling."""
