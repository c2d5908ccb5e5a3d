"""U.S. trade releases as a data product: located figures, proven identities, vintages by release month."""

__version__ = "0.1.0"
