"""What is reported: the outcomes, their values for the nation and its parts, and a language to ask for them."""
