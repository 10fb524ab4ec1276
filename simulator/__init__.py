"""A gateway, a bank and a postal service to try the portal with: their protocols, none of their money.

A process of its own with a database of its own; it shares no code with the portal, so that neither hides the other's
mistakes. ``/_sim/`` is its control interface.
"""
