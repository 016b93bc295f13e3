"""What a request or an answer has, whatever the protocol: each value by the way to it."""

import json
from collections import Counter
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from botocore.utils import parse_timestamp


def leaves(protocol, body, answer=False):
    """Of a document, each value by the way to it."""
    if isinstance(body, dict):
        return {k: str(v) for k, v in body.items()}
    text = body.decode("utf-8", "replace") if isinstance(body, (bytes, bytearray)) else body or ""
    if protocol in ("json", "rest-json"):
        return dict(of_json(json.loads(text), "")) if text.lstrip().startswith("{") else {}
    if protocol == "rest-xml" or answer:
        return dict(of_xml(ElementTree.fromstring(text), "")) if text.lstrip().startswith("<") else {}
    return dict(parse_qsl(text, True))


def of_json(value, at):
    if not isinstance(value, (dict, list)):
        yield at, value
    for key, part in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else []):
        yield from of_json(part, f"{at}.{key}" if isinstance(value, dict) else f"{at}[{key}]")


def of_xml(node, at):
    at = f"{at}.{node.tag.split('}')[-1]}"
    if at.lower().endswith(("requestid", ".responsemetadata")):
        return
    seen = Counter()
    for part in node:
        seen[part.tag] += 1
        yield from of_xml(part, at if seen[part.tag] == 1 else f"{at}[{seen[part.tag]}]")
    if len(node) == 0:
        yield at, node.text or ""


def same(one, other):
    if isinstance(one, str) != isinstance(other, str):
        return False
    if one == other or str(one).lower() == str(other).lower():
        return True
    for read in (float, parse_timestamp):
        try:
            return read(one) == read(other)
        except (TypeError, ValueError):
            pass
    return False
