import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canBeWithinDnsName, dnsNameMatches, isWithinDnsName, parseDnsName } from '../../service/x509/dns-name.ts';
import { ipAddressText, parseIpAddress } from '../../service/x509/ip-address.ts';

describe('DNS names (RFC 5280 §4.2.1.6)', () => {
  it.each([
    ['example.com', 'example.com'],
    ['EXAMPLE.com', 'example.com'],
    ['localhost', 'localhost'],
    ['xn--nxasmq6b.com', 'xn--nxasmq6b.com'],
    ['3com.com', '3com.com'],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
  ])('%s is one', (text, parsed) => {
    expect(parseDnsName(text, 'reference')).toBe(parsed);
    expect(parseDnsName(text, 'presented')).toBe(parsed);
  });

  it.each([
    '',
    '.',
    '.com',
    'example.com.',
    'a..b',
    '-a.com',
    'a-.com',
    'a_b.com',
    'a b.com',
    'ä.com',
    'a\0.com',
    '127.0.0.1',
    '1.2.3',
    '*',
    'f*.com',
    'a.*.com',
    '**.example.com',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(127)}com`,
  ])('%j is none', (text) => {
    expect(parseDnsName(text, 'reference')).toBeUndefined();
    expect(parseDnsName(text, 'presented')).toBeUndefined();
  });

  it('have a wildcard as presented name alone, for one whole label and with two after it', () => {
    expect(parseDnsName('*.Example.com', 'presented')).toBe('*.example.com');
    for (const text of ['*.com', '*', '*.', '*..com', '*.*.com', '*x.example.com']) {
      expect(parseDnsName(text, 'presented')).toBeUndefined();
    }
    expect(parseDnsName('*.example.com', 'reference')).toBeUndefined();
    expect(parseDnsName('*.example.com', 'constraint')).toBeUndefined();
  });

  it('are every name when a constraint is empty', () => {
    expect(parseDnsName('', 'constraint')).toBe('');
    expect(parseDnsName('.example.com', 'constraint')).toBeUndefined();
  });
});

describe('matching (RFC 9525 §6.3)', () => {
  it.each([
    ['example.com', 'example.com', true],
    ['example.com', 'www.example.com', false],
    ['*.example.com', 'www.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.www.example.com', false],
    ['*.example.com', 'www.example.org', false],
    ['*.example.com', 'wwwexample.com', false],
  ])('%s for %s: %s', (presented, reference, expected) => {
    expect(dnsNameMatches(presented, reference)).toBe(expected);
  });
});

describe('constraints (RFC 5280 §4.2.1.10)', () => {
  it.each([
    ['host.example.com', 'host.example.com', true],
    ['my.host.example.com', 'host.example.com', true],
    ['myhost.example.com', 'host.example.com', false],
    ['example.com', 'host.example.com', false],
    ['anything.test', '', true],
  ])('%s is within "%s": %s', (name, constraint, expected) => {
    expect(isWithinDnsName(name, constraint)).toBe(expected);
  });

  it('a wildcard is within what is excluded if one of its names can be', () => {
    expect(canBeWithinDnsName('*.example.com', 'bar.example.com')).toBe(true);
    expect(canBeWithinDnsName('*.bar.example.com', 'bar.example.com')).toBe(true);
    expect(canBeWithinDnsName('*.example.com', 'a.bar.example.com')).toBe(false);
    expect(canBeWithinDnsName('*.example.com', 'example.org')).toBe(false);
  });
});

describe('IP addresses', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['2001:DB8::8a2e:370:7334', '2001:db8:0:0:0:8a2e:370:7334'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '0:0:0:0:0:ffff:c000:201'],
  ])('%s is %s', (text, long) => {
    const octets = parseIpAddress(text);
    expect(octets === undefined ? undefined : ipAddressText(octets)).toBe(long);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '0x7f.0.0.1',
    '1.2.3.4 ',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    ':1:2:3:4:5:6:7',
    'g::1',
    '12345::',
    '1.2.3.4::',
    'fe80::1%eth0',
  ])('%j is none', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  it('come back from their text, whatever they are', () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(octets, (address) => {
        expect(parseIpAddress(ipAddressText(address))).toEqual(address);
      }),
    );
  });
});
