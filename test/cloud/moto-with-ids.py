"""
moto, where its ids are of the form that those of AWS have: those of hosted zones begin with Z and have 20 characters, those of
blocks are in the alphabet of base64. Our configuration and the service models take no others.
"""

import uuid

from moto.ebs.models import Block
from moto.route53 import models
from moto.server import main

whole = models.create_route53_zone_id


def with_first_letter(*given, **named):
    return "Z" + whole(*given, **named)[1:20]


models.create_route53_zone_id = with_first_letter

made = Block.__init__


def with_token(self, *given, **named):
    made(self, *given, **named)
    self.block_token = uuid.uuid4().hex


Block.__init__ = with_token

if __name__ == "__main__":
    main()
