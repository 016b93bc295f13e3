import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DialBackPolicy, type DialBackRefusal, dialBackRefusal } from '../../service/bounty/dial-back-policy.ts';
import {
  type IpAddress,
  inRange,
  networkKey,
  parseIpAddress,
  parseIpRange,
  prefixKey,
  unmapped,
} from '../../service/bounty/ip-address.ts';

const address = (text: string): IpAddress => {
  const parsed = parseIpAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
};
const strict: DialBackPolicy = { allowPrivate: false, ownAddresses: [] };
const lenient: DialBackPolicy = { allowPrivate: true, ownAddresses: [] };
const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));

describe('IP addresses', () => {
  test.each([
    ['0.0.0.0', [0, 0, 0, 0]],
    ['192.0.2.255', [192, 0, 2, 255]],
    ['::', new Array(16).fill(0)],
    ['::1', [...new Array(15).fill(0), 1]],
    ['2001:db8::ff00:42:8329', [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0x42, 0x83, 0x29]],
    ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['::ffff:192.0.2.1', [...new Array(10).fill(0), 0xff, 0xff, 192, 0, 2, 1]],
    ['fe80::1%eth0', [0xfe, 0x80, ...new Array(13).fill(0), 1]],
    ['1::', [0, 1, ...new Array(14).fill(0)]],
  ])('%s', (text, bytes) => {
    expect([...address(text).bytes]).toEqual(bytes);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4 ',
    '0x7f.0.0.1',
    '2130706433',
    'localhost',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    '::g',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
    '1.2.3.4::',
    '1:2:3:4:5:6:7::8:9',
    '::1.2.3.4:5',
  ])('%j is none', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  test('are read back from what URL makes of any sixteen bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const groups = Array.from({ length: 8 }, (_, i) =>
          ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
        );
        const canonical = new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
        expect(address(canonical).bytes).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  test('share a prefix by /24 and by /56, whatever clothes IPv4 comes in', () => {
    expect(prefixKey(address('198.51.100.7'))).toBe(prefixKey(address('::ffff:198.51.100.250')));
    expect(prefixKey(address('198.51.100.7'))).not.toBe(prefixKey(address('198.51.101.7')));
    expect(prefixKey(address('2001:db8:1:2ff::1'))).toBe(prefixKey(address('2001:db8:1:200::9')));
    expect(prefixKey(address('2001:db8:1:2ff::1'))).not.toBe(prefixKey(address('2001:db8:1:300::1')));
  });

  test('a network is a /16, or a /32', () => {
    const network = (text: string): string => networkKey(address(text));
    expect(network('198.51.100.7')).toBe(network('::ffff:198.51.3.250'));
    expect(network('198.51.100.7')).not.toBe(network('198.52.100.7'));
    expect(network('2001:db8:1::1')).toBe(network('2001:db8:ffff:ff00::9'));
    expect(network('2001:db8::1')).not.toBe(network('2001:db9::1'));
  });

  test('a range is its own prefix and no more', () => {
    const range = parseIpRange('172.16.0.0/12');
    expect(
      ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'].map((text) => inRange(address(text), range)),
    ).toEqual([false, true, true, false]);
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/8/8', 'x/8', '10.0.0.0/-1']) {
      expect(() => parseIpRange(text)).toThrow(RangeError);
    }
  });
});

describe('a dial-back', () => {
  const refused: readonly [string, DialBackRefusal][] = [
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fec0::1', 'private'],
    ['169.254.1.1', 'link_local'],
    ['fe80::1', 'link_local'],
    ['febf::1', 'link_local'],
    ['169.254.169.254', 'metadata'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['100.64.0.1', 'shared'],
    ['100.127.255.255', 'shared'],
    ['224.0.0.1', 'multicast'],
    ['239.1.1.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['192.0.0.8', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['2001::1', 'reserved'],
    ['3fff::1', 'reserved'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['64:ff9b::a9fe:a9fe', 'metadata'],
    ['64:ff9b:1::1', 'not_global'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a9fe:a9fe::1', 'metadata'],
    ['2002:c0a8:101::1', 'private'],
    ['::7f00:1', 'not_global'],
    ['4000::1', 'not_global'],
    ['100::1', 'not_global'],
  ];
  test.each(refused)('never goes to %s (%s)', (text, reason) => {
    expect(dialBackRefusal(address(text), strict)).toBe(reason);
  });

  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00::1',
    '64:ff9b::101:101',
    '2002:101:101::1',
  ])('goes to %s', (text) => {
    expect(dialBackRefusal(address(text), strict)).toBeUndefined();
  });

  test('goes to loopback and private addresses only where that is allowed, and to metadata and groups never', () => {
    for (const [text, reason] of refused) {
      const allowed = reason === 'loopback' || reason === 'private' || reason === 'shared';
      expect([text, dialBackRefusal(address(text), lenient)]).toEqual([text, allowed ? undefined : reason]);
    }
  });

  test('never goes to an address of our own, in whatever form it is known', () => {
    const own = { allowPrivate: false, ownAddresses: [address('::ffff:1.2.3.4'), address('2606:4700::1')] };
    expect(dialBackRefusal(address('1.2.3.4'), own)).toBe('own_address');
    expect(dialBackRefusal(address('2606:4700::1'), own)).toBe('own_address');
    expect(dialBackRefusal(address('1.2.3.5'), own)).toBeUndefined();
    const inside = { allowPrivate: true, ownAddresses: [address('10.0.0.2'), address('127.0.0.1')] };
    expect(dialBackRefusal(address('10.0.0.2'), inside)).toBe('own_address');
    expect(dialBackRefusal(address('127.0.0.1'), inside)).toBeUndefined();
  });

  test('judges an IPv4 address the same in every way IPv6 can carry it', () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        const plain = dialBackRefusal({ family: 4, bytes: Uint8Array.from(bytes) }, strict);
        const mapped = { family: 6, bytes: Uint8Array.from([...new Array(10).fill(0), 0xff, 0xff, ...bytes]) } as const;
        const nat64 = {
          family: 6,
          bytes: Uint8Array.from([0, 0x64, 0xff, 0x9b, ...new Array(8).fill(0), ...bytes]),
        } as const;
        const sixToFour = { family: 6, bytes: Uint8Array.from([0x20, 2, ...bytes, ...new Array(10).fill(0)]) } as const;
        for (const carried of [mapped, nat64, sixToFour]) expect(dialBackRefusal(carried, strict)).toBe(plain);
        expect(unmapped(mapped)).toEqual({ family: 4, bytes: Uint8Array.from(bytes) });
      }),
    );
  });

  test('goes nowhere outside of global unicast', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const given = { family: 6, bytes: Uint8Array.from(bytes) } as const;
        const routed =
          ((bytes[0] ?? 0) & 0xe0) === 0x20 ||
          inRange(given, parseIpRange('::ffff:0:0/96')) ||
          inRange(given, parseIpRange('64:ff9b::/96'));
        if (!routed) expect(dialBackRefusal(given, strict)).toBeDefined();
      }),
    );
  });
});
