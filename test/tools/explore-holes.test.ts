import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CertificateVerified } from '../../service/tls/certificate-verify.ts';
import type * as Dispatch from '../../service/tls/dispatch.ts';
import { explore } from '../../service/tools/explore.ts';
import { exploreCommand } from '../../service/tools/explore-command.ts';
import { makeWorld } from '../../service/tools/explore-world.ts';
import { conversations } from '../fuzz/conversation.ts';

/*
 * The explorer is a check that can fail: here the machine gets holes, those of SMACK and their like, and each is found.
 * A hole alone makes no peer, for want of a CertificateVerified: each is given one that an earlier handshake left lying about.
 */
type Hole =
  | 'none'
  | 'Finished is taken where Certificate is due'
  | 'Finished is taken where CertificateVerify is due'
  | 'CertificateVerify is not verified'
  | 'a second Certificate replaces the first'
  | 'ChangeCipherSpec is taken before CertificateVerify'
  | 'the client takes Finished where CertificateVerify is due';

const planted = vi.hoisted(() => ({ hole: 'none' as string, proof: {} as Record<string, unknown> }));

vi.mock('../../service/tls/dispatch.ts', async (importOriginal) => {
  const real = await importOriginal<typeof Dispatch>();
  const { clientHandlers } = await import('../../service/tls/client.ts');
  const { serverHandlers } = await import('../../service/tls/server.ts');
  const proof = (role: string) => planted.proof[role] as CertificateVerified;
  const opens = (hole: Hole, role: string, state: string, name: string): boolean => {
    if (planted.hole !== hole) return false;
    switch (hole) {
      case 'Finished is taken where Certificate is due':
        return role === 'server' && state === 'wait_certificate' && name === 'finished';
      case 'Finished is taken where CertificateVerify is due':
        return role === 'server' && state === 'wait_certificate_verify' && name === 'finished';
      case 'CertificateVerify is not verified':
        return role === 'server' && state === 'wait_certificate_verify' && name === 'certificate_verify';
      case 'a second Certificate replaces the first':
        return role === 'server' && state === 'wait_finished' && name === 'certificate';
      case 'ChangeCipherSpec is taken before CertificateVerify':
        return role === 'server' && state === 'wait_client_certificate_verify' && name === 'change_cipher_spec';
      case 'the client takes Finished where CertificateVerify is due':
        return role === 'client' && state === 'wait_certificate_verify' && name === 'finished';
      case 'none':
        return false;
    }
  };
  const isOpen = (role: string, state: string, name: string) => opens(planted.hole as Hole, role, state, name);

  const allows: typeof Dispatch.allows = (machine, name) =>
    isOpen(machine.role, machine.state.name, name) || real.allows(machine, name);

  const dispatchToServer: typeof Dispatch.dispatchToServer = (state, message, context) => {
    if (isOpen('server', state.name, message.name)) {
      const certificate = proof('server');
      switch (state.name) {
        case 'wait_certificate':
        case 'wait_certificate_verify':
          if (message.name === 'finished') {
            return serverHandlers.wait_finished.finished(
              { ...state, name: 'wait_finished', certificate },
              message,
              context,
            );
          }
          return {
            ok: true,
            value: {
              state: { ...state, name: 'wait_finished', transcript: state.transcript.with(message.bytes), certificate },
              outputs: [],
            },
          };
        case 'wait_finished':
          return {
            ok: true,
            value: { state: { ...state, transcript: state.transcript.with(message.bytes) }, outputs: [] },
          };
        case 'wait_client_certificate_verify':
          return serverHandlers.wait_client_change_cipher_spec.change_cipher_spec(
            { ...state, name: 'wait_client_change_cipher_spec', certificate },
            message,
            context,
          );
      }
    }
    const handled = real.dispatchToServer(state, message, context);
    if (handled.ok && 'certificate' in handled.value.state) planted.proof['server'] = handled.value.state.certificate;
    return handled;
  };

  const dispatchToClient: typeof Dispatch.dispatchToClient = (state, message, context) => {
    if (isOpen('client', state.name, message.name) && state.name === 'wait_certificate_verify') {
      const certificate = proof('client');
      return clientHandlers.wait_finished.finished({ ...state, name: 'wait_finished', certificate }, message, context);
    }
    const handled = real.dispatchToClient(state, message, context);
    if (handled.ok && 'certificate' in handled.value.state) planted.proof['client'] = handled.value.state.certificate;
    return handled;
  };

  return { ...real, allows, dispatchToServer, dispatchToClient };
});

/** Lawful handshakes: they leave the proofs that the holes are fed with. */
beforeAll(() => {
  conversations(makeWorld());
  expect(Object.keys(planted.proof)).toEqual(expect.arrayContaining(['server', 'client']));
});

afterEach(() => {
  planted.hole = 'none';
});

const holes = [
  ['server', '1.3', 'Finished is taken where Certificate is due', ['client_hello', 'finished']],
  ['server', '1.3', 'Finished is taken where CertificateVerify is due', ['client_hello', 'certificate', 'finished']],
  [
    'server',
    '1.3',
    'CertificateVerify is not verified',
    ['client_hello', 'certificate', "certificate_verify (a stranger's)", 'finished'],
  ],
  [
    'server',
    '1.3',
    'a second Certificate replaces the first',
    ['client_hello', 'certificate', 'certificate_verify', "certificate (a stranger's)", 'finished'],
  ],
  [
    'server',
    '1.2',
    'ChangeCipherSpec is taken before CertificateVerify',
    ['client_hello', 'certificate', 'client_key_exchange', 'change_cipher_spec', 'finished'],
  ],
  [
    'client',
    '1.3',
    'the client takes Finished where CertificateVerify is due',
    ['server_hello', 'encrypted_extensions', 'certificate_request', 'certificate', 'finished'],
  ],
] as const satisfies readonly (readonly [string, string, Hole, readonly string[]])[];

describe('a hole in the machine is found', () => {
  for (const [role, version, hole, sequence] of holes) {
    it(hole, () => {
      planted.hole = hole;
      const { findings } = explore(role, version, { depth: sequence.length, idle: 0 });
      const accepted = findings.filter(({ kind }) => kind === 'accepted').map((finding) => finding.sequence);
      expect(accepted).toContainEqual(sequence);
    });
  }

  it('and the command says so by its exit status', async () => {
    planted.hole = 'Finished is taken where Certificate is due';
    expect(await exploreCommand(['--role', 'server', '--version', '1.3', '--depth', '2', '--json'])).toBe(1);
  });
});
