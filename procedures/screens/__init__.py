"""What the publishers' screens ask and show; the views are in ``views/manage_*.py``."""
