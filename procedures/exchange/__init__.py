"""Procedures as files (docs/exchange.md): out as JSON and Excel, in after a dry run."""
