"""Several people act for one organisation: who may, for whom somebody acts now, and what was done."""
