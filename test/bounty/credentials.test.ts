import { describe, expect, test } from 'vitest';
import { Credentials } from '../../service/bounty/credentials.ts';
import { roleKeyPurposes, roleNames } from '../../service/bounty/endpoints.ts';
import { type Generation, generationEntropyLength, trustIn } from '../../service/bounty/generation.ts';
import { validatePath } from '../../service/x509/index.ts';
import { Guest, layTable, makeCredentials, now, random, relay } from './table.ts';

const message = Uint8Array.of(1, 2, 3);

describe('a generation', () => {
  test('has a leaf for each role that its own authority vouches for, and no other', () => {
    const { current } = makeCredentials();
    const other = makeCredentials().current;
    for (const role of ['server', 'client'] as const) {
      const chain = [current.bounty[role].certificate];
      expect(validatePath(chain, { ...trustIn(role, current), now }).ok).toBe(true);
      expect(validatePath(chain, { ...trustIn(role === 'server' ? 'client' : 'server', current), now }).ok).toBe(false);
      expect(validatePath(chain, { ...trustIn(role, other), now }).ok).toBe(false);
    }
    const website = { anchor: current.website.authority.certificate, purpose: 'serverAuth', now } as const;
    expect(validatePath([current.website.leaf.certificate], { ...website, dnsName: 'localhost' }).ok).toBe(true);
    expect(validatePath([current.bounty.server.certificate], website).ok).toBe(false);
    expect(validatePath([current.website.leaf.certificate], { ...trustIn('server', current), now }).ok).toBe(false);
  });

  test('has keys, serials and authorities that are all different', () => {
    const { bounty, website } = makeCredentials(true).current;
    const issued = [bounty.authority, bounty.server, bounty.client, bounty.test, website.authority, website.leaf];
    const texts = (of: (certificate: NonNullable<(typeof issued)[number]>['certificate']) => unknown) =>
      new Set(issued.map((one) => JSON.stringify(one && of(one.certificate))));
    expect(texts(({ serialNumber }) => [...serialNumber]).size).toBe(6);
    expect(texts(({ publicKey }) => (publicKey.algorithm === 'ecdsa' ? [...publicKey.point] : [])).size).toBe(6);
    expect(roleNames.server).not.toBe(roleNames.client);
    expect(roleKeyPurposes.server).not.toBe(roleKeyPurposes.client);
  });

  test('begins a day back and ends as long after now as it was told', () => {
    const { certificate } = makeCredentials().current.bounty.server;
    expect([certificate.notBefore, certificate.notAfter]).toEqual([now - 86_400, now + 90 * 86_400]);
  });

  test('spends its entropy, and refuses what was spent', () => {
    const options = {
      lifetimeSeconds: 86_400,
      website: { dnsNames: ['localhost'], ipAddresses: [] },
      testCredentials: false,
    };
    const entropy = random(generationEntropyLength);
    new Credentials(options, entropy, now);
    expect(entropy.every((byte) => byte === 0)).toBe(true);
    expect(() => new Credentials(options, entropy, now)).toThrow(/spent/);
    expect(() => new Credentials(options, random(generationEntropyLength - 1), now)).toThrow(RangeError);
  });
});

describe('rotation', () => {
  test('is due a third of the life before the end', () => {
    expect(makeCredentials().rotationDue).toBe(now + 60 * 86_400);
  });

  test('new sessions begin in the new generation; the old one stays published', () => {
    const credentials = makeCredentials();
    const first = credentials.current;
    const second = credentials.rotate(random(generationEntropyLength), now + 5);
    expect(second.number).toBe(2);
    expect(credentials.lease('server').generation).toBe(second);
    expect(credentials.published).toEqual([second, first]);
  });

  test('old leaf keys die with their last session, and not before', () => {
    const credentials = makeCredentials();
    const held = credentials.lease('server');
    const other = credentials.lease('client');
    credentials.rotate(random(generationEntropyLength), now);
    expect(held.certifiedKey.key.sign(message)).toBeInstanceOf(Uint8Array);
    other.release();
    other.release();
    expect(held.certifiedKey.key.sign(message)).toBeInstanceOf(Uint8Array);
    held.release();
    expect(() => held.certifiedKey.key.sign(message)).toThrow(/destroyed/);
    expect(() => other.certifiedKey.key.sign(message)).toThrow(/destroyed/);
  });

  test('without any session the old keys die at once; the new ones live', () => {
    const credentials = makeCredentials();
    const { certifiedKey, release } = credentials.lease('server');
    release();
    credentials.rotate(random(generationEntropyLength), now);
    expect(() => certifiedKey.key.sign(message)).toThrow(/destroyed/);
    expect(credentials.lease('server').certifiedKey.key.sign(message)).toBeInstanceOf(Uint8Array);
  });

  test('that cannot be made changes nothing', () => {
    const credentials = makeCredentials();
    const { current } = credentials;
    expect(() => credentials.rotate(new Uint8Array(generationEntropyLength), now)).toThrow();
    expect(credentials.current).toBe(current);
    expect(credentials.lease('server').certifiedKey.key.sign(message)).toBeInstanceOf(Uint8Array);
  });

  test('that cannot be published changes nothing, and its keys are gone', () => {
    const refused: Generation[] = [];
    let full = false;
    const credentials = new Credentials(
      {
        lifetimeSeconds: 90 * 86_400,
        website: { dnsNames: ['localhost'], ipAddresses: [] },
        testCredentials: false,
        publish: (next) => {
          if (!full) return;
          refused.push(next);
          throw new Error('no space left');
        },
      },
      random(generationEntropyLength),
      now,
    );
    const { current } = credentials;
    full = true;
    for (let i = 0; i < 2; i += 1) {
      expect(() => credentials.rotate(random(generationEntropyLength), now)).toThrow('no space left');
      expect(credentials.current).toBe(current);
      expect(credentials.published).toEqual([current]);
    }
    expect(refused.map(({ published }) => published.number)).toEqual([2, 2]);
    for (const { certifiedKeys } of refused) {
      for (const { key } of Object.values(certifiedKeys)) expect(() => key.sign(message)).toThrow(/destroyed/);
    }
    expect(credentials.lease('server').certifiedKey.key.sign(message)).toBeInstanceOf(Uint8Array);
    full = false;
    expect(credentials.rotate(random(generationEntropyLength), now).number).toBe(2);
  });

  test('in the middle of a bridge drops nobody: both ends finish in the generation they began in', () => {
    const table = layTable();
    const ends = [new Guest('server', table), new Guest('client', table)] as const;
    ends[0].feed(ends[1].sent());
    table.credentials.rotate(random(generationEntropyLength), now);
    relay(...ends);
    for (const end of ends) expect(end.outcomes).toEqual([{ type: 'released', release: 'short_circuit' }]);
  });

  test('between the two ends of a bridge: it fails, and is no breach', () => {
    const table = layTable();
    const serverEnd = new Guest('server', table);
    const hello = new Guest('client', table);
    table.credentials.rotate(random(generationEntropyLength), now);
    relay(serverEnd, hello);
    for (const end of [serverEnd, hello]) expect(end.outcomes[0]?.type).not.toBe('released');
  });
});
