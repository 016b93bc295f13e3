"""moto, whose hosted zones have ids as those of Route 53 are: they begin with Z, and our configuration takes no others."""

from moto.route53 import models
from moto.server import main

whole = models.create_route53_zone_id


def with_first_letter(*given, **named):
    return "Z" + whole(*given, **named)[1:]


models.create_route53_zone_id = with_first_letter

if __name__ == "__main__":
    main()
