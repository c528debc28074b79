"""What can go wrong with a bundle, in words for the person at the terminal."""


class BundleError(Exception):
    """The bundle can't be made; the message says why and what to do about it."""
