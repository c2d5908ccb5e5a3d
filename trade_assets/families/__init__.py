"""A folder for each family of documents, with all that is declared of it (``facts.families`` says what that is).

Nothing outside of these folders names one of them.
"""
