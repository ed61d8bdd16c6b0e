"""Reads Windows event logs with the public library evtx.

In: {"files": [path]} on standard input. Out: for each file a list of its records in order, each as XML.
"""

import json
import sys

from evtx import PyEvtxParser


def records(path):
    return [record["data"] for record in PyEvtxParser(path, number_of_threads=1).records()]


json.dump([records(path) for path in json.load(sys.stdin)["files"]], sys.stdout)
