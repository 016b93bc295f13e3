"""
Holds what CloudFormation said to a type of resource of ours (resource-type.ts), and what that said, against the schemas of CloudFormation's registry, by cfn-lint. A line of
JSON each on stdin:

  {"type", "properties", "made": {"physicalId", "attributes"}}

For each a line on stdout: {"operation", "faults": [sentence]}.
"""

import json
import sys
from collections import defaultdict

import regex
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

REGION = "us-east-1"


def resource(seen):
    # Tags that CloudFormation adds itself are those that no template may have.
    given = seen["properties"]
    if isinstance(given.get("Tags"), list):
        given = given | {"Tags": [tag for tag in given["Tags"] if not tag["Key"].startswith("aws:")]}
    return {"Type": seen["type"], "Properties": given}


def linted(all_seen):
    """By the number of the resource. One template of all of them: cfn-lint takes seconds to begin."""
    template = {"Resources": {f"R{number}": resource(seen) for number, seen in enumerate(all_seen)}}
    faults = defaultdict(list)
    for match in lint(json.dumps(template), config=ManualArgs(regions=[REGION])):
        if match.rule.id.startswith("E"):
            at = ".".join(str(part) for part in match.path[2:])
            faults[int(match.path[1][1:])].append(f"{at}: {match.message[:300]}")
    return faults


def said(kind, properties, made):
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind)
    known, (identifier, *more) = schema.get_atts, schema.schema["primaryIdentifier"]
    for name, value in made["attributes"].items():
        if name not in known:
            yield f"GetAtt {name}: it has no such attribute"
        elif isinstance(value, str) != (schema.resolver.resolve_cfn_pointer(known[name])["type"] == "string"):
            yield f"GetAtt {name}: {value} is not of its type"
    values = properties | made["attributes"]
    name = identifier.removeprefix("/properties/")
    if not more and name in values and values[name] != made["physicalId"]:
        yield f"Ref: {made['physicalId']} is not {name}, {values[name]}"
    if not regex.search(schema.ref.get("pattern", ""), made["physicalId"]):
        yield f"Ref: {made['physicalId']} is not of the pattern {schema.ref['pattern']}"


def main(all_seen):
    faults = linted(all_seen)
    for number, seen in enumerate(all_seen):
        kind = seen["type"]
        try:
            own = faults[number] + list(said(kind, seen["properties"], seen["made"]))
        except ResourceNotFoundError:
            own = faults[number] + ["CloudFormation's registry has no such type"]
        print(json.dumps({"operation": kind, "faults": own}))


if __name__ == "__main__":
    main([json.loads(line) for line in sys.stdin])
