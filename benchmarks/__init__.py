"""What writes `results/`: three families, and `records` under them.

A family imports the package and `records`, never another family.
"""
