import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import * as v from 'valibot';

/** The node refused a call: its code and its words. */
export class RpcRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The node cannot be asked. */
export class RpcFailure extends Error {}

/** Read anew for every call: a node writes another cookie at each start. */
export type Credentials = () => string;

/** `USER:PASSWORD` as in the cookie of bitcoind. Throws a RpcFailure. */
export const fromCookie =
  (path: string): Credentials =>
  () =>
    read(path).trim();

export const fromPasswordFile =
  (user: string, path: string): Credentials =>
  () =>
    `${user}:${read(path).replace(/\r?\n$/, '')}`;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new RpcFailure(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

const limits = { bytes: 128 * 1024 * 1024, milliseconds: 60_000 } as const;

const answerSchema = v.object({
  result: v.unknown(),
  error: v.nullish(v.object({ code: v.number(), message: v.string() })),
});

/** JSON-RPC of Bitcoin Core and of whatever descends from it. */
export class CoreRpc {
  readonly #url: URL;
  readonly #credentials: Credentials;

  constructor(url: string, credentials: Credentials) {
    this.#url = new URL(url);
    this.#credentials = credentials;
  }

  /** Rejects with a RpcRefusal or a RpcFailure; what does not fit the schema is the latter. */
  async call<Schema extends v.GenericSchema>(
    schema: Schema,
    method: string,
    ...params: readonly unknown[]
  ): Promise<v.InferOutput<Schema>> {
    const answer = v.safeParse(answerSchema, await this.#ask({ jsonrpc: '1.0', id: 0, method, params }));
    if (!answer.success) throw new RpcFailure(`${method}: the node answered what is no answer of JSON-RPC`);
    return judged(schema, method, answer.output);
  }

  /** The same call for each of `lists`, in one request. A refused one is undefined. */
  async batch<Schema extends v.GenericSchema>(
    schema: Schema,
    method: string,
    lists: readonly (readonly unknown[])[],
  ): Promise<readonly (v.InferOutput<Schema> | undefined)[]> {
    if (lists.length === 0) return [];
    const calls = lists.map((params, id) => ({ jsonrpc: '1.0', id, method, params }));
    const answers = v.safeParse(v.array(v.object({ ...answerSchema.entries, id: v.number() })), await this.#ask(calls));
    if (!answers.success) throw new RpcFailure(`${method}: the node answered what is no list of answers`);
    const byId = new Map(answers.output.map((answer) => [answer.id, answer]));
    return calls.map(({ id }) => {
      const answer = byId.get(id);
      return answer === undefined || answer.error ? undefined : judged(schema, method, answer);
    });
  }

  #ask(body: unknown): Promise<unknown> {
    const url = this.#url;
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new RpcFailure(`${url.origin}: ${why}`));
      // A connection for each request: one that the node has closed meanwhile would be an error of nobody's making.
      const options = { method: 'POST', auth: this.#credentials(), agent: false, timeout: limits.milliseconds };
      const call = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (response) => {
        const pieces: Buffer[] = [];
        let length = 0;
        response.on('data', (piece: Buffer) => {
          length += piece.length;
          if (length > limits.bytes) call.destroy(new Error(`its answer is over ${limits.bytes} bytes`));
          else pieces.push(piece);
        });
        response.on('error', (error) => fail(error.message));
        response.on('end', () => {
          if (response.statusCode === 401 || response.statusCode === 403) {
            return fail(`user and password were refused (${response.statusCode})`);
          }
          try {
            resolve(JSON.parse(Buffer.concat(pieces).toString('utf8')));
          } catch {
            fail(`it answered with ${response.statusCode}, and not in JSON`);
          }
        });
      });
      call.on('timeout', () => call.destroy(new Error(`no answer within ${limits.milliseconds} ms`)));
      call.on('error', (error) =>
        fail(
          'code' in error && error.code === 'ECONNREFUSED'
            ? `${error.message}: does the node run, with server=1, and is this its RPC port?`
            : error.message,
        ),
      );
      call.end(JSON.stringify(body));
    });
  }
}

function judged<Schema extends v.GenericSchema>(
  schema: Schema,
  method: string,
  { result, error }: v.InferOutput<typeof answerSchema>,
): v.InferOutput<Schema> {
  if (error) throw new RpcRefusal(error.code, error.message);
  const parsed = v.safeParse(schema, result);
  if (parsed.success) return parsed.output;
  const [{ message }] = parsed.issues;
  throw new RpcFailure(`${method}: ${v.getDotPath(parsed.issues[0]) ?? 'the answer'} is not as expected: ${message}`);
}
