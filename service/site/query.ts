import { type PortName, portNames } from './view.ts';

/*
 * The query of a page that has one. Each parameter at most once, its value in the one form it has, nothing decoded: a
 * query that is anything else is malformed, and answered with 400.
 */

export const parameters = ['before', 'limit', 'port', 'category'] as const;
export type Parameter = (typeof parameters)[number];

export interface Query {
  readonly before?: number;
  /** 1 to `mostRows`. */
  readonly limit?: number;
  readonly port?: PortName;
  /** In the form of a key; whether there is such a category, the page knows. */
  readonly category?: string;
}

/** What a list gives at most at once: a page costs little. */
export const mostRows = 100;

const positive = /^[1-9][0-9]{0,14}$/;
const key = /^[a-z0-9_]{1,32}(?:\.[a-z0-9_]{1,32}){0,2}$/;

export function parseQuery(text: string | undefined, allowed: readonly Parameter[]): Query | undefined {
  let query: Query = {};
  for (const part of text === undefined ? [] : text.split('&')) {
    const [name = '', value = '', ...rest] = part.split('=');
    const parameter = allowed.find((each) => each === name);
    if (parameter === undefined || rest.length > 0 || query[parameter] !== undefined) return undefined;
    const parsed = parseValue(parameter, value);
    if (parsed === undefined) return undefined;
    query = { ...query, ...parsed };
  }
  return query;
}

function parseValue(parameter: Parameter, value: string): Query | undefined {
  switch (parameter) {
    case 'before':
      return positive.test(value) ? { before: Number(value) } : undefined;
    case 'limit':
      return positive.test(value) && Number(value) <= mostRows ? { limit: Number(value) } : undefined;
    case 'port': {
      const port = portNames.find((each) => each === value);
      return port === undefined ? undefined : { port };
    }
    case 'category':
      return key.test(value) ? { category: value } : undefined;
  }
}

/** The one way to write a query: the parameters in their order. Empty, or with the question mark. */
export function queryText(query: Query): string {
  const parts = parameters.flatMap((name) => (query[name] === undefined ? [] : [`${name}=${query[name]}`]));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
