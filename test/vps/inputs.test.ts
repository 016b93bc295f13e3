import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVpsInputs, serverMark, serverName } from '../../infra/vps/inputs.ts';
import { digitalOceanSample, hetznerSample } from './sample-inputs.ts';

test('a server is named by what it is made of: any of it makes another, and nothing else does', () => {
  const of = (more: object) => serverMark(parseVpsInputs({ ...hetznerSample, ...more }));
  const same = of({});
  for (const other of [
    { userData: '#cloud-config\n' },
    { serverType: 'cx33' },
    { image: 'debian-13' },
    { replacement: 1 },
  ]) {
    expect(of(other)).not.toBe(same);
  }
  for (const other of [
    { volumeGigabytes: 20 },
    { reverseName: 'other.example.org' },
    { image: 'debian-12' },
    { name: 'x' },
  ]) {
    expect(of(other)).toBe(same);
  }
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 200 }),
      fc.string({ minLength: 1, maxLength: 200 }),
      (one, two) => {
        expect(of({ userData: one }) === of({ userData: two })).toBe(one === two);
      },
    ),
  );
});

test('the name of a server is a host name (RFC 1123), for the longest name of a deployment', () => {
  const name = serverName(parseVpsInputs({ ...digitalOceanSample, name: 'a23456789012345678901234' }));
  expect(name).toMatch(/^[a-z][a-z0-9-]{0,62}$/);
});

test.each([
  ['a name that no bucket may have', { name: 'Demo' }],
  ['user-data that Hetzner refuses', { userData: 'x'.repeat(32 * 1024 + 1) }],
  ['a volume that Hetzner refuses', { volumeGigabytes: 9 }],
  ['a name for the address without a dot', { reverseName: 'localhost' }],
  ['a port that is none', { ports: { http: 0, https: 443, server: 10_000, dialback: 10_001, reverse: 10_002 } }],
  ['what nobody asked for', { token: 'secret' }],
])('%s is refused', (_what, more) => {
  expect(() => parseVpsInputs({ ...hetznerSample, ...more })).toThrow();
});

test('DigitalOcean has no name for a reserved address', () => {
  const given: object = { ...digitalOceanSample, reverseName: 'a.example.org' };
  expect(() => parseVpsInputs({ ...digitalOceanSample, ...given })).toThrow();
});
