"""How much the portal's pages cost, compared with a bare Django app in the same minute."""
