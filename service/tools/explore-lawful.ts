import type { Role, Version } from './explore-world.ts';

/*
 * What the RFCs allow, said here once more and not read from the engine's own table: an explorer that asked the table
 * would prove that the engine does what it does.
 */

/** What the opposite end says in a lawful handshake with mutual authentication, by the names of explore-moves.ts. */
const sequences: Readonly<Record<Role, Readonly<Record<Version, readonly (readonly string[])[]>>>> = {
  server: {
    // RFC 9846 §2, figures 1 and 2.
    '1.3': [
      ['client_hello', 'certificate', 'certificate_verify', 'finished'],
      ['client_hello (without a key share)', 'client_hello', 'certificate', 'certificate_verify', 'finished'],
    ],
    // RFC 5246 §7.3, figure 1.
    '1.2': [
      ['client_hello', 'certificate', 'client_key_exchange', 'certificate_verify', 'change_cipher_spec', 'finished'],
    ],
  },
  client: {
    '1.3': [[], ['server_hello (retry)']].map((retry) => [
      ...retry,
      'server_hello',
      'encrypted_extensions',
      'certificate_request',
      'certificate',
      'certificate_verify',
      'finished',
    ]),
    '1.2': [
      [
        'server_hello',
        'certificate',
        'server_key_exchange',
        'certificate_request',
        'server_hello_done',
        'change_cipher_spec',
        'finished',
      ],
    ],
  },
};

export const lawfulSequences = (role: Role, version: Version): readonly (readonly string[])[] =>
  sequences[role][version];

/**
 * Records that may come in between and mean nothing: in TLS 1.3 a ChangeCipherSpec after the first ClientHello (RFC 9846
 * Appendix E.4), and in both versions a warning that the user cancelled (§6.1).
 */
const isIdle = (name: string, at: number, role: Role, version: Version): boolean =>
  name === 'alert user_canceled' ||
  (name === 'change_cipher_spec' && version === '1.3' && (role === 'client' || at > 0));

/** Which of the lawful sequences this is, apart from what means nothing; undefined for every other. */
export function lawfulForm(sequence: readonly string[], role: Role, version: Version): readonly string[] | undefined {
  const said = sequence.filter((name, at) => !isIdle(name, at, role, version)).join();
  return lawfulSequences(role, version).find((lawful) => lawful.join() === said);
}
