"""The questions of the chapter that one run cannot answer, asked of many seeds.

A file for each question: what it runs is the code of a page, with another seed. ``make studies``
runs what is missing and writes the tables that the pages read.
"""
