"""The screens of officers: clerks, specialists, leaders."""
