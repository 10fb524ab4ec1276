"""Dossiers that citizens filed at the national portal: in from a file of ours, their statuses out as another."""
