import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Connection } from '../../service/tls/connection.ts';
import type { Machine } from '../../service/tls/dispatch.ts';
import { HandshakeType } from '../../service/tls/handshake-type.ts';
import { recordHeader } from '../../service/tls/record.ts';
import { transitions } from '../../service/tls/states.ts';
import { dispatch, momentAt } from './lockstep.ts';
import { joined } from './pair.ts';
import { clientConfig, serverConfig, world } from './pki.ts';

/*
 * The whole (state × message) matrix. A Connection is put into each state that a real handshake passes, and given each
 * type of message there is: whatever the table does not allow is unexpected_message, at the first byte of the message.
 */
const of = world();
const retried = { choices: { groups: ['secp256r1'] } };
const { certifiedKey: _, ...withoutKey } = clientConfig(of);
const courses = {
  mutual: [serverConfig(of), clientConfig(of)],
  'with HelloRetryRequest': [serverConfig(of, retried), clientConfig(of, { choices: { shareGroups: ['x25519'] } })],
  'server authentication alone': [serverConfig(of, { clientAuthentication: 'none' }), withoutKey],
  'TLS 1.2': [serverConfig(of), clientConfig(of, { choices: { versions: ['1.2'] } })],
  'TLS 1.2, server authentication alone': [
    serverConfig(of, { clientAuthentication: 'none' }),
    { ...withoutKey, choices: { versions: ['1.2'] } },
  ],
} as const;

interface Moment {
  readonly course: keyof typeof courses;
  readonly index: number;
  readonly key: string;
}

const moments: Moment[] = [];
for (const course of Object.keys(courses) as (keyof typeof courses)[]) {
  for (let index = 0; ; index++) {
    const moment = momentAt(courses[course][0], courses[course][1], index);
    if (moment === undefined) break;
    moments.push({
      course,
      index,
      key: `${moment.machine.role} ${moment.machine.state.name} <- ${moment.message.name}`,
    });
  }
}
const at = ({ course, index }: Moment) => {
  const moment = momentAt(courses[course][0], courses[course][1], index);
  if (moment === undefined) throw new Error('this handshake was longer a moment ago');
  return moment;
};
const distinct = moments.filter((moment, index) => moments.findIndex(({ key }) => key === moment.key) === index);

const clear = (bytes: Uint8Array): Uint8Array => joined(recordHeader(22, bytes.length), bytes);

const faultOf = (connection: Connection): string | undefined =>
  connection.harvest().events.flatMap((event) => (event.type === 'fault' ? [event.fault.reason] : []))[0];

const allowedIn = ({ role, state }: Machine): readonly string[] => {
  const table: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = transitions[role];
  return Object.keys(table[state.name] ?? {});
};

describe('the (state × message) matrix', () => {
  it('real handshakes pass through every state of the table but connected', () => {
    const passed = new Set(distinct.map(({ key }) => key.split(' <- ')[0]));
    for (const role of ['server', 'client'] as const) {
      for (const state of Object.keys(transitions[role])) {
        if (!state.startsWith('connected')) expect(passed).toContain(`${role} ${state}`);
      }
    }
  });

  for (const moment of distinct) {
    it(`${moment.key}: nothing else is taken`, () => {
      const { machine, message } = at(moment);
      const allowed = new Set(allowedIn(machine));
      for (const [name, type] of Object.entries(HandshakeType)) {
        if (allowed.has(name)) continue;
        const connection = new Connection(machine, 1);
        connection.receive(clear(Uint8Array.of(type, 0, 0, 0)));
        expect([name, faultOf(connection)]).toEqual([name, 'unexpected_message']);
        expect(connection.status).toBe('failed');
      }
      for (const type of [7, 9, 10, 99, 255]) {
        const connection = new Connection(machine, 1);
        connection.receive(clear(Uint8Array.of(type)));
        expect(faultOf(connection)).toBe('unexpected_message');
      }
      const lawful = dispatch(machine, message);
      expect(lawful.ok).toBe(true);
    });
  }
});

describe('no strict prefix and no extension of a message is taken', () => {
  for (const moment of distinct) {
    it(moment.key, () => {
      const { machine, message } = at(moment);
      const { body, name } = message;
      if (name === 'change_cipher_spec') return; // one byte, judged by the record layer (first-bytes.test.ts)
      const verdict = (changed: Uint8Array): boolean => dispatch(machine, { name, body: changed, bytes: changed }).ok;
      // A ClientHello costs a key agreement only where it is taken, and no prefix is.
      for (let length = 0; length < body.length; length++)
        expect([length, verdict(body.slice(0, length))]).toEqual([length, false]);
      for (const byte of [0, 1, 0xff]) expect(verdict(joined(body, Uint8Array.of(byte)))).toBe(false);
    });
  }
});

describe('mutations of real flights', () => {
  it('never throw, and never make a peer without Certificate, CertificateVerify and Finished', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...distinct),
        fc.array(fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 4 }),
        (moment, changes) => {
          const { machine, message } = at(moment);
          const body = message.body.slice();
          if (body.length === 0) return;
          for (const change of changes) body[change.at % body.length] = change.value;
          const result = dispatch(machine, { name: message.name, body, bytes: body });
          if (result.ok !== true) return;
          const connected = 'peer' in result.machine.state;
          const finishedRight = message.name === 'finished' && Buffer.from(body).equals(Buffer.from(message.body));
          // A mutation may leave a byte as it was; and a server that asks for no certificate has no peer even then.
          const anonymous = machine.state.name.endsWith('anonymous');
          expect(connected).toBe(finishedRight && !anonymous);
        },
      ),
      { numRuns: 300 },
    );
  });
});
