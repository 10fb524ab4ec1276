"""The wording of procedures: drafted, checked, compared, published, retired."""
