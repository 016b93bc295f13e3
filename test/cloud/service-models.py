"""
Holds what was said to AWS, and what a stand-in of ours said in the place of AWS, against the service models that botocore has. A line of JSON each on stdin:

  {"service", "method", "path", "headers", "body", "answer" or "part": {"status", "headers", "body"}}   as it went over HTTP, bodies in base64
  {"service", "operation", "input", "output" or "error"?}                                              as a client of the SDK has it

Of a "part" nothing is required: an emulator said it, and has left out what it left out.

`service` is the name that requests are signed for. For each a line on stdout: {"operation", "faults": [sentence]}.
"""

import base64
import functools
import json
import sys
from urllib.parse import parse_qsl, urlsplit

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp
from documents import leaves, same
from model_validator import Strict, shorten
from moto.core.model import ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_router_class
from moto.core.serialize import get_serializer_class
from werkzeug.exceptions import NotFound

# Where botocore's folder is not called as requests are signed for.
FOLDERS = {"servicequotas": "service-quotas", "monitoring": "cloudwatch"}

# "Common Error Types" of the API references: any service says them, and they are in the model of none. Without "Exception": as the
# older protocols (query, REST with XML) say them.
COMMON = set(
    """AccessDenied AccessDeniedException ExpiredToken ExpiredTokenException IncompleteSignature InternalFailure
    InvalidClientTokenId MissingAuthenticationToken NotAuthorized OptInRequired RequestExpired ServiceUnavailable
    SignatureDoesNotMatch Throttling ThrottlingException UnrecognizedClientException ValidationError""".split()
)
# Their models have no errors, or but a few: the codes are in the words of their references alone.
WITHOUT_ERRORS = {"ec2", "s3"}
# What any error has, whatever the protocol.
OF_ERRORS = set("__type code message Code Message Type Detail Resource RequestId HostId".split())

TRANSPORT = set(
    """x-amz-content-sha256 x-amz-date x-amz-decoded-content-length x-amz-sdk-checksum-algorithm x-amz-security-token x-amz-trailer
    x-amz-user-agent""".split()
)


class AsGiven:
    """Before a parser: what is no number and no date is left as it was given, for the validator to name."""

    def _as_given(name):
        def parse(self, *given):
            try:
                return getattr(super(AsGiven, self), name)(*given)
            except ValueError:
                raw = self._default_handle(*given)
                return getattr(raw, "text", raw)

        return parse

    _parse_integer = _as_given("_parse_integer")
    _parse_long = _as_given("_parse_long")
    _parse_float = _as_given("_parse_float")
    _parse_double = _as_given("_parse_double")
    _parse_timestamp = _as_given("_parse_timestamp")


@functools.cache
def parser_of(protocol):
    return type("Parser", (AsGiven, PROTOCOL_PARSERS[protocol]), {})


@functools.cache
def model(name):
    folder = FOLDERS.get(name, name)
    return ServiceModel(Loader().load_service_model(folder, "service-2"), folder)


@functools.cache
def router(name, protocol):
    return get_router_class(model(name).service_name, protocol)(model(name))


def exchange(seen):
    name = seen["service"]
    body = base64.b64decode(seen["body"]["bytes"]) if "bytes" in seen["body"] else bytes(seen["body"]["length"])
    address = f"http://127.0.0.1{seen['path']}"
    request = Request.from_primitives(seen["method"], address, seen["headers"], body)
    protocol = determine_request_protocol(model(name), request.content_type)
    try:
        operation, labels = router(name, protocol).match(request)
    except NotFound:
        return f"{name}: {seen['method']} {seen['path']}", ["the model has no such operation"]
    faults = requested(request, operation, labels, protocol, body)
    for kind in ("answer", "part"):
        if kind in seen:
            faults += answered(operation, protocol, seen[kind], Strict(is_part=kind == "part"))
    return f"{name}:{operation.name}", faults


def requested(request, operation, labels, protocol, body):
    parts = {"method": request.method, "values": request.values, "headers": request.headers, "body": body}
    parser = parser_of(protocol)(operation, timestamp_parser=parse_timestamp)
    faults = []
    try:
        given = parser.parse(parts | {"url_path": request.path, "url_params": labels})
        faults = Strict().validate(given, operation.input_shape)
        again = create_serializer(protocol, include_validation=False).serialize_to_request(given, operation)
    except Exception as error:
        return faults or [f"the request cannot be read: {error!r}"]
    # What the model has no place for was passed over as it was read, and is not there when it is written again.
    for place, was, now in (
        ("body", leaves(protocol, b"" if streamed(operation.input_shape) else body), leaves(protocol, again["body"])),
        ("query", {key: value for key, value in request.args.items(multi=True) if key != "x-id"}, written(again)),
        ("header", headers(request.headers, operation), headers(again["headers"], operation)),
    ):
        faults += [f"{place}: {at} = {shorten(value)} is not in the model" for at, value in was.items() if at not in now]
        faults += [
            f"{place}: {at} = {shorten(repr(value))} is read as {shorten(repr(now[at]))}"
            for at, value in was.items()
            if at in now and not same(value, now[at])
        ]
    return faults


def headers(given, operation):
    """Those that an operation can have; what is about the transport, and a checksum where it takes any, is in no model."""
    passing = ("x-amz-checksum-",) if operation.http_checksum else ()
    small = ((key.lower(), str(value)) for key, value in given.items())
    return {
        key: value
        for key, value in small
        if key.startswith("x-amz-") and key not in TRANSPORT and not key.startswith(passing)
    }


def written(again):
    """The parameters in the address, with those that say which operation it is."""
    given = again["query_string"]
    pairs = parse_qsl(given, True) if isinstance(given, str) else [(k, str(v)) for k, v in dict(given).items()]
    return dict(pairs) | dict(parse_qsl(urlsplit(again["url_path"]).query, True))


def streamed(shape):
    """True where the body is bytes that the service looks at no further."""
    payload = shape.serialization.get("payload") if shape is not None else None
    return payload is not None and shape.members[payload].type_name in ("blob", "string")


def answered(operation, protocol, answer, validator):
    status, body = answer["status"], base64.b64decode(answer["body"])
    response = {"status_code": status, "headers": answer["headers"], "body": body}
    parser = create_parser(protocol)
    try:
        parsed = parser.parse(response, operation.output_shape)
        if status >= 301:
            return refused(operation, parser, protocol, response, parsed, validator)
        del parsed["ResponseMetadata"]
        faults = validator.validate(parsed, operation.output_shape)
        if status != operation.http.get("responseCode", 200):
            faults.append(f"it ends with the status {operation.http.get('responseCode', 200)}, not {status}")
        if streamed(operation.output_shape):
            return faults
        was = leaves(protocol, body, answer=True)
        again = get_serializer_class(operation.service_model.service_name, protocol)(operation).serialize(parsed)
    except Exception as error:
        return [f"the answer cannot be read: {error!r}"]
    now = leaves(protocol, again["body"], answer=True)
    return faults + [f"answer: {at} = {shorten(value)} is not in the model" for at, value in was.items() if at not in now]


def refused(operation, parser, protocol, response, parsed, validator):
    code, status = parsed.get("Error", {}).get("Code") or "", response["status_code"]
    shape = modelled(operation, code)
    known = OF_ERRORS | set(shape.members if shape else ())
    names = {at.split("Error.")[-1].lstrip(".").split(".")[0].split("[")[0] for at in leaves(protocol, response["body"], answer=True)}
    faults = [f"{code}: {name} is not in the model" for name in sorted(names - known)]
    if shape is None:
        return faults + unmodelled(operation, code)
    expected = shape.metadata.get("error", {}).get("httpStatusCode", status)
    if status != expected:
        faults.append(f"{code} has the status {expected}, not {status}")
    fields = parser.parse(response, shape)
    said = {name: value for name, value in fields.items() if name in shape.members}
    return faults + [f"{code}: {sentence}" for sentence in validator.validate(said, shape)]


def modelled(operation, code):
    return next((shape for shape in operation.error_shapes if code in (shape.name, shape.error_code)), None)


def unmodelled(operation, code):
    if code and (operation.service_model.service_name in WITHOUT_ERRORS or code in COMMON):
        return []
    return [f'"{code}" is none of its errors: {", ".join(shape.error_code for shape in operation.error_shapes)}']


def command(seen):
    name = f"{seen['service']}:{seen['operation']}"
    if seen["operation"] not in model(seen["service"]).operation_names:
        return name, ["the model has no such operation"]
    operation = model(seen["service"]).operation_model(seen["operation"])
    faults = Strict().validate(revived(seen["input"]), operation.input_shape)
    if "error" in seen:
        return name, faults + ([] if modelled(operation, seen["error"]) else unmodelled(operation, seen["error"]))
    return name, faults + (Strict().validate(revived(seen["output"]), operation.output_shape) if "output" in seen else [])


def revived(value):
    """Bytes of that length, where JSON has but the length."""
    if isinstance(value, dict):
        return bytes(value["$bytes"]) if "$bytes" in value else {key: revived(part) for key, part in value.items()}
    return [revived(part) for part in value] if isinstance(value, list) else value


if __name__ == "__main__":
    for line in sys.stdin:
        seen = json.loads(line)
        try:
            operation, faults = (command if "operation" in seen else exchange)(seen)
        except UnknownServiceError:
            operation, faults = f"{seen['service']}: {seen.get('path')}", ["botocore knows no such service"]
        print(json.dumps({"operation": operation, "faults": faults}))
