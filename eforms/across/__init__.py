"""What several answers of a form say together: answers made of others, and checks between them."""
