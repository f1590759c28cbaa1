"""What writes `results/`: three families, and `records` under them.

`python -m benchmarks` lists what can be measured. A family imports the package
and `records`, never another family.
"""
