import { readCredentials } from '../credentials.ts';
import { substitute } from '../substitute.ts';
import { harvest, type Tally, timeMethods } from '../timed/clock.ts';

/*
 * A process of its own for G4 (`handshake-profile.ts <credentials> <handshakes>`): the engine with a clock on each of its primitives.
 * The modules that hold the primitives are substituted before the engine is loaded, hence the imports in the body.
 */

/** Of one server-side handshake, microseconds. */
export interface HandshakeProfile {
  readonly total: number;
  readonly primitives: Readonly<Record<string, Tally>>;
}

const glue = { hkdf: 'tls/hkdf', 'named-group': 'tls/named-group', signature: 'x509/signature' };
for (const [name, module] of Object.entries(glue)) {
  substitute(new URL(`../../service/${module}.ts`, import.meta.url), new URL(`../timed/${name}.ts`, import.meta.url));
}
const { beginHash } = await import('../../service/tls/hkdf.ts');
const { chaCha20Poly1305 } = await import('../../service/tls/aead.ts');
const { handshakeInMemory } = await import('../in-memory.ts');
const { clientConfig, serverConfig } = await import('../our-credentials.ts');

const [path, count] = process.argv.slice(2);
const { p256, ...rest } = readCredentials(path);
const ours = serverConfig({ p256, ...rest });
const theirs = clientConfig(p256.authority, p256.client);
const [certified] = ours.certifiedKeys;
if (certified === undefined) {
  throw new Error('the server has no certified key');
}
timeMethods('sign', Object.getPrototypeOf(certified.key), ['sign']);
timeMethods('aead', Object.getPrototypeOf(chaCha20Poly1305(new Uint8Array(32))), ['sealInPlace', 'open']);
timeMethods('transcript', Object.getPrototypeOf(beginHash('sha256')), ['with', 'digest']);

/** A busy machine makes a run coarser and not longer. */
const deadline = performance.now() + 20_000;
const profiles: HandshakeProfile[] = [];
while (profiles.length < Number(count) && (profiles.length < 30 || performance.now() < deadline)) {
  profiles.push(profile());
}
process.send?.(profiles.slice(Math.floor(profiles.length / 2))); // the first half is warm-up

/** The client's calls are noted too, and thrown away between its steps and the server's. */
function profile(): HandshakeProfile {
  const primitives = new Map<string, Tally>();
  const { server } = handshakeInMemory(ours, theirs, (side) => {
    for (const [name, { calls, microseconds }] of harvest()) {
      if (side === 'server') {
        const sum = primitives.get(name) ?? { calls: 0, microseconds: 0 };
        primitives.set(name, { calls: sum.calls + calls, microseconds: sum.microseconds + microseconds });
      }
    }
  });
  return { total: server, primitives: Object.fromEntries(primitives) };
}
