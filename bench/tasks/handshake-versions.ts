import type { Version } from '../../service/tls/index.ts';
import { readCredentials } from '../credentials.ts';
import { handshakeInMemory } from '../in-memory.ts';
import { interleave } from '../interleave.ts';
import { clientConfig, serverConfig } from '../our-credentials.ts';

/* A process of its own for B1 (`handshake-versions.ts <credentials> <handshakes>`): both ends of a handshake at each version. */

export type VersionSamples = Readonly<Record<Version, readonly number[]>>;

const [path, count] = process.argv.slice(2);
const credentials = readCredentials(path);
const { authority, client } = credentials.p256;
const handshakes = Number(count);

/** In TLS 1.2 supported_groups must hold the certificates' curve too (RFC 8422 §5.1.1). */
const groups = ['x25519', 'secp256r1'];

function at(version: Version) {
  const ours = { ...serverConfig(credentials), choices: { versions: [version], groups } };
  const choices = { versions: [version], groups, shareGroups: ['x25519'] };
  const theirs = { ...clientConfig(authority, client), choices };
  return (): number => {
    const before = process.threadCpuUsage();
    for (let i = 0; i < handshakes; i++) handshakeInMemory(ours, theirs);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / handshakes;
  };
}

const sides = { '1.3': at('1.3'), '1.2': at('1.2') };
await interleave(sides, { rounds: 4, budgetMs: 3_000 });
process.send?.((await interleave(sides, { rounds: 20, budgetMs: 12_000 })) satisfies VersionSamples);
