"""What the levels of online service make possible."""

# Below the second nothing is filed from afar; from the second on an official form is offered.
IN_PERSON_LEVEL = 1
PAPER_LEVEL = 2
# From here on a dossier is submitted on the portal, and at the highest its result is returned there too.
ONLINE_LEVEL = 3
ONLINE_RETURN_LEVEL = 4
