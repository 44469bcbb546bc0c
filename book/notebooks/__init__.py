"""Notebooks made from the pages."""
