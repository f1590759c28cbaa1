"""A trained model in use: saved, loaded, asked, explained."""
