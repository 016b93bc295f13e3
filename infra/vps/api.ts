import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { cloudName, refusalOf, wordOf } from './failures.ts';
import type { VpsProvider } from './inputs.ts';

/** An HTTP API of a cloud: JSON both ways, the token as a bearer (RFC 6750). */
export interface Api {
  readonly provider: VpsProvider;
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string;
}

const problem = v.object({ error: v.object({ code: v.string(), message: v.string() }) });
const otherProblem = v.object({ id: v.string(), message: v.string() });

/** Undefined: there is no such thing (404). Throws a Refusal, whose sentence has no token in it. */
export async function ask<Schema extends v.GenericSchema>(
  { provider, endpoint, token }: Api,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  schema: Schema,
  body?: object,
): Promise<v.InferOutput<Schema> | undefined> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new Refusal(
      `there is no way through to ${cloudName(provider)} (${wordOf(error)}): look at the network, and run this again to go on`,
      { cause: error },
    );
  }
  if (status === 404) return undefined;
  if (status >= 400) throw refusalOf(provider, [`(${codeOf(text)}) ${status}: ${messageOf(text)}`]);
  const parsed = v.safeParse(schema, text === '' ? {} : json(text));
  if (!parsed.success) {
    throw new Refusal(`${endpoint}${path} answered what is not in its documentation: ${parsed.issues[0].message}`);
  }
  return parsed.output;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const codeOf = (text: string): string => said(text).code;
const messageOf = (text: string): string => said(text).message;

function said(text: string): { readonly code: string; readonly message: string } {
  const body = json(text);
  const one = v.safeParse(problem, body);
  if (one.success) return one.output.error;
  const other = v.safeParse(otherProblem, body);
  return other.success ? { code: other.output.id, message: other.output.message } : { code: '', message: '' };
}

/** Looks until it is so; false when `patience` milliseconds have passed. */
export async function until(isSo: () => Promise<boolean>, every: number, patience: number): Promise<boolean> {
  const end = performance.now() + patience;
  while (true) {
    if (await isSo()) return true;
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
