"""The Go package's constants, from the file that GOSOCKET_CONSTANTS names."""
import json
import os

with open(os.environ["GOSOCKET_CONSTANTS"]) as file:
    CONSTANTS = json.load(file)
