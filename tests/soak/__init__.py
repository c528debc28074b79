"""Long histories, made by chance: what a short test does not come upon."""
