import type { TraceStep } from '../trace/index.ts';
import { type Parameter, parseQuery, type Query, queryText } from './query.ts';
import type { SiteView } from './view.ts';

/*
 * From a path and a query to what is rendered. A path is compared as it was sent: nothing is decoded, joined or looked up
 * anywhere else. Where a path has a part that varies, that is a number or a digest, in the one form it has.
 */

/** What the connection that a request came over has told of its own handshake; undefined over plain HTTP. */
export type OwnHandshake = () => readonly TraceStep[] | undefined;

export interface Context {
  readonly view: SiteView;
  readonly now: number;
  readonly query: Query;
  readonly handshake: OwnHandshake;
}

/** Undefined: there is none here, 404. */
export type Render = (context: Context) => string | undefined;

export interface Answered {
  readonly type: string;
  readonly cacheControl: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface Route extends Answered {
  readonly render: Render;
  /** Of the query. Where there is none, a query is ignored. */
  readonly parameters: readonly Parameter[];
  /** Of the connection it is asked over: nothing that could be shown to another. */
  readonly personal: boolean;
}

/** A route whose path has a part that varies. */
export interface Pattern extends Answered {
  /** As the documentation writes it: `/attempts/N.json`. */
  readonly path: string;
  readonly match: (path: string) => Render | undefined;
}

export interface Resolved extends Answered {
  readonly render: (view: SiteView, now: number, handshake: OwnHandshake) => string | undefined;
  /** The same for the same, however it was asked for. */
  readonly key: string;
  /** `few`: one of a fixed number. `many`: one of any number. `own`: of this connection alone. */
  readonly keep: 'few' | 'many' | 'own';
}

export interface Routes {
  readonly fixed: ReadonlyMap<string, Route>;
  readonly patterns: readonly Pattern[];
}

/** The status of what there is not: 404 of no such path, 400 of a query that is none. */
export function resolve({ fixed, patterns }: Routes, path: string, text: string | undefined): Resolved | 400 | 404 {
  const route = fixed.get(path);
  if (route !== undefined) {
    const query = route.parameters.length === 0 ? {} : parseQuery(text, route.parameters);
    if (query === undefined) return 400;
    const key = path + queryText(query);
    const keep = route.personal ? 'own' : key === path ? 'few' : 'many';
    return { ...answered(route), render: rendering(route.render, query), key, keep };
  }
  for (const pattern of patterns) {
    const render = pattern.match(path);
    if (render !== undefined) return { ...answered(pattern), render: rendering(render, {}), key: path, keep: 'many' };
  }
  return 404;
}

const rendering =
  (render: Render, query: Query): Resolved['render'] =>
  (view, now, handshake) =>
    render({ view, now, query, handshake });

const answered = ({ type, cacheControl, fields }: Answered): Answered => ({ type, cacheControl, fields });

const positive = /^[1-9][0-9]{0,14}$/;
const digest = /^[0-9a-f]{64}$/;

/** What stands between `prefix` and `suffix`. */
function between(path: string, prefix: string, suffix: string): string | undefined {
  if (!path.startsWith(prefix) || !path.endsWith(suffix) || path.length < prefix.length + suffix.length)
    return undefined;
  return path.slice(prefix.length, path.length - suffix.length);
}

/** `/attempts/17.json`: `N` stands for a positive number without leading zeros. */
export function numbered(
  [prefix, suffix]: readonly [prefix: string, suffix: string],
  answered: Answered,
  render: (context: Context, number: number) => string | undefined,
): Pattern {
  return {
    ...answered,
    path: `${prefix}N${suffix}`,
    match: (path) => {
      const part = between(path, prefix, suffix);
      if (part === undefined || !positive.test(part)) return undefined;
      const number = Number(part);
      return (context) => render(context, number);
    },
  };
}

/** `SHA256` stands for 64 lower-case hex digits. */
export function digested(
  [prefix, suffix]: readonly [prefix: string, suffix: string],
  answered: Answered,
  render: (context: Context, sha256: string) => string | undefined,
): Pattern {
  return {
    ...answered,
    path: `${prefix}SHA256${suffix}`,
    match: (path) => {
      const sha256 = between(path, prefix, suffix);
      if (sha256 === undefined || !digest.test(sha256)) return undefined;
      return (context) => render(context, sha256);
    },
  };
}
