import { describe, expect, it } from 'vitest';
import { entropyLength, server } from '../../service/tls/index.ts';
import { transitions, versionOf } from '../../service/tls/states.ts';
import { explore } from '../../service/tools/explore.ts';
import { exploreCommand } from '../../service/tools/explore-command.ts';
import { lawfulForm, lawfulSequences } from '../../service/tools/explore-lawful.ts';
import { defaultDepth, parseExploreOptions } from '../../service/tools/explore-options.ts';
import { choices, engine, fixedBytes, makeWorld, protocol } from '../../service/tools/explore-world.ts';

/** Some ten seconds each of a machine that has nothing else to do. */
const PATIENCE = 1_200_000;

const roles = ['server', 'client'] as const;
const versions = ['1.3', '1.2'] as const;

/** Without client authentication there is no peer to be had: those states belong to another config. */
const statesOf = (role: (typeof roles)[number], version: (typeof versions)[number]) =>
  Object.keys(transitions[role]).filter((state) => versionOf(role, state) === version && !state.endsWith('_anonymous'));

describe('every sequence of messages', () => {
  for (const role of roles) {
    for (const version of versions) {
      it(
        `against the ${role}, TLS ${version}: the lawful ones make a peer, and no other`,
        () => {
          const depth = defaultDepth(role, version);
          const exploration = explore(role, version, { depth, idle: 1 });
          expect(exploration.findings).toEqual([]);
          const lawful = lawfulSequences(role, version).map((sequence) => sequence.join(', '));
          expect(new Set(Object.keys(exploration.accepted))).toEqual(new Set(lawful));
          expect(Object.keys(exploration.states)).toEqual(expect.arrayContaining(statesOf(role, version)));
          // What failed decides all that begins with it: by far the most sequences there are.
          expect(exploration.decided).toBeGreaterThan(0.75 * exploration.moves ** depth);
        },
        PATIENCE,
      );
    }
  }
});

describe('a server that asks for no certificate', () => {
  const world = makeWorld();
  const mutual = engine('server', world);
  const subject = {
    ...mutual,
    begin: () => ({
      ...mutual.begin(),
      session: server(
        {
          certifiedKeys: [world.server],
          alpn: { protocols: [protocol], absent: 'refused' },
          clientAuthentication: 'none',
          choices,
        },
        { now: 1_790_000_000, entropy: fixedBytes('an anonymous session', entropyLength) },
      ),
    }),
  };

  for (const [version, depth, end] of [
    ['1.3', 4, 'connected_anonymous'],
    ['1.2', 5, 'connected_12_anonymous'],
  ] as const) {
    it(`has no peer, whatever is said: TLS ${version}`, () => {
      const exploration = explore('server', version, { depth, idle: 0 }, subject);
      expect(exploration.accepted).toEqual({});
      // As on the website: data is handed on without a peer, and not before Finished.
      const handedOn = exploration.findings.filter(({ kind }) => kind === 'data_before_peer');
      expect(handedOn.length).toBeGreaterThan(0);
      for (const { sequence } of handedOn) {
        expect(sequence.at(-1)).toBe('application_data');
        expect(sequence).toContain('finished');
      }
      const other = exploration.findings.filter(({ kind }) => !['lawful_refused', 'data_before_peer'].includes(kind));
      expect(other).toEqual([]);
      expect(Object.keys(exploration.states)).toContain(end);
    });
  }
});

describe('what is lawful', () => {
  it('allows an idle record where the RFC does, and nothing else', () => {
    const flight = ['client_hello', 'certificate', 'certificate_verify', 'finished'];
    expect(lawfulForm(flight, 'server', '1.3')).toEqual(flight);
    expect(lawfulForm(flight.toSpliced(1, 0, 'change_cipher_spec'), 'server', '1.3')).toEqual(flight);
    expect(lawfulForm(['alert user_canceled', ...flight], 'server', '1.3')).toEqual(flight);
    expect(lawfulForm(['change_cipher_spec', ...flight], 'server', '1.3')).toBeUndefined();
    for (const at of flight.keys()) {
      expect(lawfulForm(flight.toSpliced(at, 1), 'server', '1.3')).toBeUndefined();
      expect(lawfulForm(flight.toSpliced(at, 0, flight[at] ?? ''), 'server', '1.3')).toBeUndefined();
      expect(lawfulForm(flight.with(at, `${flight[at]} (empty)`), 'server', '1.3')).toBeUndefined();
    }
  });
});

describe('btc-pinata explore', () => {
  it('says what it does not understand', async () => {
    expect(parseExploreOptions(['--role', 'king'])).toEqual({
      misuse: '--role is "king"; allowed are server and client',
    });
    expect(parseExploreOptions(['--depth', '0'])).toMatchObject({ misuse: expect.stringContaining('from 1 to 12') });
    expect(parseExploreOptions(['--dept', '6'])).toMatchObject({ misuse: expect.stringContaining('--dept') });
  });

  it('is the same every time', () => {
    const once = explore('client', '1.2', { depth: 3, idle: 1 });
    expect(explore('client', '1.2', { depth: 3, idle: 1 })).toEqual(once);
  });

  it('ends well where nothing is found', async () => {
    expect(await exploreCommand(['--role', 'client', '--version', '1.2', '--depth', '2', '--json'])).toBe(0);
    expect(await exploreCommand(['--depth', 'six'])).toBe(2);
  });
});
