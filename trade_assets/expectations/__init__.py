"""What a publication should be: expectations of Great Expectations, judged by what was known before, and their Data Docs."""
