"""Forms of the administrators' screens."""
