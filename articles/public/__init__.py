"""Notices and guides as everybody reads them."""
