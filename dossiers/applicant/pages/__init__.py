"""What the applicant's pages show, one module a page, prepared so that templates only write it down; reading only.

``language`` is 'vi' or 'en'.
"""
