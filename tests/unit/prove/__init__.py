"""What a house gives out so that others can check it."""
