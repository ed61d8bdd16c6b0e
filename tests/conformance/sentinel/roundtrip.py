"""Reads rules and watchlists of ARM templates as Microsoft's own library does, and writes them back.

In (stdin): [resource], as in a template, with texts that ARM has read. Out (stdout): [[difference]], one list a resource. Only what the library declares
is written back, so that a property it does not know is lost, and a value of the wrong type is refused.
"""
import json
import sys

import isodate
from azure.mgmt.securityinsight import models
from azure.mgmt.securityinsight._utils.model_base import Model, SdkJSONEncoder

KINDS = {"Scheduled": models.ScheduledAlertRuleProperties, "NRT": models.NrtAlertRuleProperties}


def declared(value):
    """The value with what its class declares alone, read through its typed attributes."""
    if isinstance(value, Model):
        fields = type(value)._attr_to_rest_field
        return type(value)(**{attr: declared(getattr(value, attr)) for attr in fields if getattr(value, attr) is not None})
    if isinstance(value, list):
        return [declared(v) for v in value]
    return value


DURATIONS = ("queryFrequency", "queryPeriod", "suppressionDuration")


def read(key, value):
    """A duration as the time that it is: PT1H and PT01H00M00S are one."""
    return isodate.parse_duration(value) if key in DURATIONS and value is not None else value


def differences(resource):
    cls = KINDS[resource["kind"]] if "kind" in resource else models.WatchlistProperties
    given = resource["properties"]
    try:
        written = json.loads(json.dumps(declared(cls(given)), cls=SdkJSONEncoder))
        return [f"{key}: {given.get(key)!r} became {written.get(key)!r}" for key in sorted(set(given) | set(written)) if read(key, given.get(key)) != read(key, written.get(key))]
    except Exception as e:
        return [f"{type(e).__name__}: {e}"]


json.dump([differences(r) for r in json.load(sys.stdin)], sys.stdout)
