"""Derived series, computed from validated tables of one release month; a missing operand gives a missing metric."""
