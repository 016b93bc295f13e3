import * as v from 'valibot';

/* One setting of the table, before it has a name. */

/** `kind` says how text becomes a value before the schema judges it; a configuration file gives the value itself. */
export interface Setting<Schema extends v.GenericSchema> {
  readonly kind: 'text' | 'list' | 'number' | 'switch';
  readonly schema: Schema;
  /** What a value may be, for people. */
  readonly allowed: string;
  /** False where a value that is not allowed must not be repeated. */
  readonly quoted?: boolean;
  readonly placeholder?: string;
  readonly summary: string;
  readonly group: string;
}

export const setting = <const Schema extends v.GenericSchema>(value: Setting<Schema>): Setting<Schema> => value;

export const absent = <const Schema extends v.GenericSchema>(schema: Schema) => v.optional(schema);

export const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
