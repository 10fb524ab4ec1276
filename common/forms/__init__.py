"""Form fields, widgets and checks that every package shares."""
