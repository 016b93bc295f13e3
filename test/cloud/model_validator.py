"""A value held against a shape of a service model, each fault a sentence with the member and the value."""

import functools

import regex
from botocore.validate import ParamValidator, ValidationErrors


class Faults(ValidationErrors):
    """Sentences, where botocore's have no words for a maximum, an enumeration and a pattern."""

    def _format_error(self, error):
        kind, name, more = error
        return f"{self._get_name(name)}: {more['words']}" if kind == "of ours" else super()._format_error(error)

    def sentences(self):
        return [shorten(self._format_error(error), 400) for error in self._errors]

    def without_required(self):
        self._errors = [error for error in self._errors if error[0] != "missing required field"]


class Strict(ParamValidator):
    """botocore's own, which leaves maximum, enumeration and pattern to the service."""

    def __init__(self, is_part=False):
        self.is_part = is_part

    def _shape_has_constraints(self, shape):
        return True

    def validate(self, params, shape):
        errors = Faults()
        if shape is not None:
            self._validate(params, shape, errors, "")
        elif params:
            errors.report("", "of ours", words=f"{params} is given, and the model has nothing there")
        if self.is_part:
            errors.without_required()
        return errors.sentences()

    def _validate(self, params, shape, errors, name):
        super()._validate(params, shape, errors, name)
        for words in self._beyond(params, shape):
            errors.report(name, "of ours", words=words)

    def _beyond(self, value, shape):
        rules = shape.metadata
        length = len(value) if hasattr(value, "__len__") else value
        if "max" in rules and not isinstance(value, bool) and isinstance(length, (int, float)) and length > rules["max"]:
            yield f"{shorten(value)} is {length}, and at most {rules['max']} is allowed"
        if not isinstance(value, str):
            return
        if rules.get("enum") and value not in rules["enum"]:
            yield f'"{shorten(value)}" is none of {", ".join(rules["enum"])}'
        if "pattern" in rules and not compiled(rules["pattern"]).search(value):
            yield f'"{shorten(value)}" is not of the pattern {rules["pattern"]}'


def shorten(value, most=200):
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}..."


@functools.cache
def compiled(pattern):
    return regex.compile(pattern)
