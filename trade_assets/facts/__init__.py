"""What a figure says: periods, the series catalogue, and the schemas of all tables."""
