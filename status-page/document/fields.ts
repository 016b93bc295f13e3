import * as v from 'valibot';

/*
 * What the documents are made of. Times are whole seconds since 1970, sums are satoshis, digests are lower-case hex. A field
 * may be added but not changed; what is not known is null or says since when.
 */

export const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const satoshis = v.pipe(v.number(), v.safeInteger());
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Of attest/build-identity.ts: of a bundle, or of source files. */
export const buildHash = v.pipe(v.string(), v.regex(/^(?:source-)?[0-9a-f]{64}$/));
/** In UTC, `2026-11-21`. */
export const day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/));
/** Of the page's own objects, from its root: `/proofs/2026-11-21.json`. */
export const path = v.pipe(v.string(), v.regex(/^\/[0-9A-Za-z._/-]{1,300}$/));
/** What somebody said: escaped wherever it is shown, and short. */
export const text = v.pipe(v.string(), v.maxLength(2000));

/** The doors of a piñata, by the names that the host's own documents use. */
export const doors = ['http', 'https', 'server', 'dialback', 'reverse'] as const;
export type Door = (typeof doors)[number];

export const byDoor = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.object({ http: schema, https: schema, server: schema, dialback: schema, reverse: schema });

/** Categories of docs/failures.md, by their keys. */
export const byCategory = v.record(v.pipe(v.string(), v.regex(/^[a-z0-9_.]{1,64}$/)), count);

/**
 * What was looked at, and may not have been seen. `known` is of this very poll, at `at`; `unknown` says since when and why,
 * and what was seen last. A reader who needs it fresh compares `at` with a clock of his own.
 */
export const observed = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.variant('state', [
    v.object({ state: v.literal('known'), at: seconds, value: schema }),
    v.object({
      state: v.literal('unknown'),
      since: seconds,
      reason: text,
      last: v.nullable(v.object({ at: seconds, value: schema })),
    }),
  ]);

export type Observed<T> =
  | { readonly state: 'known'; readonly at: number; readonly value: T }
  | {
      readonly state: 'unknown';
      readonly since: number;
      readonly reason: string;
      readonly last: { readonly at: number; readonly value: T } | null;
    };

/** The newest that was seen, whatever its age; undefined where nothing ever was. */
export const latest = <T>(of: Observed<T>): { readonly at: number; readonly value: T } | undefined =>
  of.state === 'known' ? of : (of.last ?? undefined);
