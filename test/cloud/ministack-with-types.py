"""
ministack, where its CloudFront reads a bucket over TLS, and the types of CloudFormation that it has no provisioner for: each of their resources is made by whoever listens
at PINATA_TYPES_URL (resource-types.ts), with the SDK of AWS. A type that neither has stays what it is in ministack: an error.
"""

import json
import os
import urllib.request

from ministack.core.iam_evaluator import pin_request_origin
from ministack.core.responses import get_account_id, get_region
from ministack.services import s3
from ministack.services.cloudformation import provisioners

address = os.environ["PINATA_TYPES_URL"]


def ask(**request):
    request |= {"region": get_region(), "account": get_account_id()}
    body = json.dumps(request).encode()
    with urllib.request.urlopen(urllib.request.Request(address, body), timeout=60) as response:
        answer = json.load(response)
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["physicalId"], answer["attributes"]


def handlers(kind):
    return {
        "create": lambda logical, given, stack: ask(
            action="create", type=kind, logicalId=logical, stack=stack, properties=given
        ),
        "update": lambda physical, old, given, stack, logical: ask(
            action="update", type=kind, logicalId=logical, stack=stack, physicalId=physical, old=old, properties=given
        ),
        "update_with_logical_id": True,
        "delete": lambda physical, given: ask(action="delete", type=kind, physicalId=physical, properties=given),
    }


for name in os.environ["PINATA_TYPES"].split(","):
    provisioners._RESOURCE_HANDLERS[name] = handlers(name)

from_origin = s3.serve_cloudfront_origin_fetch


def from_origin_by_tls(*given, **named):
    # CloudFront asks S3 as its viewer asked it, and our distribution answers nobody but by TLS. ministack notes how a request
    # came only where it checks signatures; else each of them came in clear, which our bucket's policy denies.
    pin_request_origin("127.0.0.1", True)
    return from_origin(*given, **named)


s3.serve_cloudfront_origin_fetch = from_origin_by_tls

if __name__ == "__main__":
    from ministack.app import main

    main()
