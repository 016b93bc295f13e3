import * as v from 'valibot';
import { decodeStatement, type StatementFields } from '../../service/bitcoin/index.ts';
import { boundedText } from '../../service/tools/bounded-text.ts';
import { bracketed } from '../../service/tools/challenge.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';

const longestAttestation = 128 * 1024;
const attestationSchema = v.object({ statement: v.string() });

/** What the host says of itself at this moment; nothing of it is proven. Throws a Refusal where it does not answer. */
export async function hostWord({ host }: Pick<Deployment, 'host'>, signal: AbortSignal): Promise<StatementFields> {
  const url = `http://${bracketed(host.address ?? '')}:${host.ports.http}/attestation.json`;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    // A host that is not ours any more sends nobody elsewhere, and fills no memory.
    const text = await boundedText(await fetch(url, { redirect: 'error', signal: limit }), longestAttestation);
    if (text === undefined) throw new Error(`its answer is over ${longestAttestation} bytes`);
    const { statement } = v.parse(attestationSchema, JSON.parse(text));
    const fields = decodeStatement(statement)?.fields;
    if (fields === undefined) throw new Error('its statement is none');
    return fields;
  } catch (error) {
    signal.throwIfAborted();
    throw new Refusal(`the host does not answer at ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
