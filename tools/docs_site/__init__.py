"""The site of the documents: `docs/`, built by Zensical, for any web server and without a CDN."""
