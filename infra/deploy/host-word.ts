import * as v from 'valibot';
import { decodeStatement, type StatementFields } from '../../service/bitcoin/index.ts';
import { boundedText } from '../../service/tools/bounded-text.ts';
import { bracketed } from '../../service/tools/challenge.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';

const longestAnswer = 128 * 1024;
const attestationSchema = v.object({ statement: v.string() });

type Host = Pick<Deployment, 'host'>;

/** What the host says of itself at this moment; nothing of it is proven. Throws a Refusal where it does not answer. */
export const hostWord = (deployment: Host, signal: AbortSignal): Promise<StatementFields> =>
  hostAnswer(deployment, '/attestation.json', signal, (answer) => {
    const { statement } = v.parse(attestationSchema, answer);
    const fields = decodeStatement(statement)?.fields;
    if (fields === undefined) throw new Error('its statement is none');
    return fields;
  });

/** What `read` makes of a document of its page. Throws a Refusal where there is none, or `read` throws. */
export async function hostAnswer<T>(
  { host }: Host,
  path: string,
  signal: AbortSignal,
  read: (answer: unknown) => T,
): Promise<T> {
  const url = `http://${bracketed(host.address ?? '')}:${host.ports.http}${path}`;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    // A host that is not ours any more sends nobody elsewhere, and fills no memory.
    const text = await boundedText(await fetch(url, { redirect: 'error', signal: limit }), longestAnswer);
    if (text === undefined) throw new Error(`its answer is over ${longestAnswer} bytes`);
    return read(JSON.parse(text));
  } catch (error) {
    signal.throwIfAborted();
    throw new Refusal(`the host does not answer at ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
