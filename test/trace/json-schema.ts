/* As much of JSON Schema (2020-12) as docs/trace.schema.json is written in. A keyword that is not here fails. */

/** Where a value is not what the schema says; undefined where it is. */
export function against(schema: unknown, value: unknown, path = ''): string | undefined {
  if (!isRecord(schema)) throw new Error(`no schema at ${path}`);
  for (const [keyword, said] of Object.entries(schema)) {
    const problem = judge(keyword, said, value, schema, path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function judge(keyword: string, said: unknown, value: unknown, schema: object, path: string): string | undefined {
  const unless = (holds: boolean): string | undefined => (holds ? undefined : `${path}: ${keyword}`);
  switch (keyword) {
    case '$schema':
    case 'title':
    case 'description':
      return undefined;
    case 'type':
      return unless(typeOf(value) === said || (said === 'number' && typeOf(value) === 'integer'));
    case 'const':
      return unless(value === said);
    case 'enum':
      return unless(Array.isArray(said) && said.includes(value));
    case 'minimum':
      return unless(typeof value !== 'number' || value >= Number(said));
    case 'maximum':
      return unless(typeof value !== 'number' || value <= Number(said));
    case 'minLength':
      return unless(typeof value !== 'string' || [...value].length >= Number(said));
    case 'maxLength':
      return unless(typeof value !== 'string' || [...value].length <= Number(said));
    case 'pattern':
      return unless(typeof value !== 'string' || new RegExp(String(said), 'u').test(value));
    case 'maxItems':
      return unless(!Array.isArray(value) || value.length <= Number(said));
    case 'items':
      return first(Array.isArray(value) ? value : [], (item, index) => against(said, item, `${path}[${index}]`));
    case 'required':
      return unless(!isRecord(value) || (Array.isArray(said) && said.every((name) => Object.hasOwn(value, name))));
    case 'properties':
      return isRecord(value) && isRecord(said)
        ? first(Object.entries(said), ([name, inner]) =>
            Object.hasOwn(value, name) ? against(inner, value[name], `${path}.${name}`) : undefined,
          )
        : undefined;
    case 'additionalProperties': {
      const known = 'properties' in schema && isRecord(schema.properties) ? schema.properties : {};
      return unless(
        said !== false || !isRecord(value) || Object.keys(value).every((name) => Object.hasOwn(known, name)),
      );
    }
    case 'anyOf':
      return unless(matching(said, value) > 0);
    case 'oneOf':
      return unless(matching(said, value) === 1);
    default:
      throw new Error(`${keyword} is a keyword that is not checked here`);
  }
}

const matching = (schemas: unknown, value: unknown): number =>
  Array.isArray(schemas) ? schemas.filter((schema) => against(schema, value) === undefined).length : 0;

function first<T>(items: readonly T[], problemOf: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
