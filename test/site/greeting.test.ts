import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { greetingText } from '../../service/site/greeting.ts';
import { bytes } from './sample-archive.ts';

/* The guest book: one line that can be printed, of whoever it was and whatever was sent, and no address. */

const shown = (text: string): string => greetingText(bytes(text));

test.each([
  ['please give key\r\n', 'please give key'],
  ['hi give me teh btcs', 'hi give me teh btcs'],
  ['  a  b  ', 'a  b'],
  ['a\r\n\r\nb', 'a·b'],
  ['\u0000\u0001', ''],
  ['\u0016\u0003\u0001x', '·x'],
  ['grüße', 'gr·e'],
  ['', ''],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
])('%j is shown as %j', (text, line) => {
  expect(shown(text)).toBe(line);
});

test('whatever the bytes, it is a line of printable ASCII, and no longer than it may be', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), (sent) => {
      const line = greetingText(Buffer.from(sent).toString('hex'));
      expect(line).toMatch(/^[ -~·]{0,200}…?$/);
      expect(line).toBe(line.trim());
    }),
  );
});

describe('an address is taken out', () => {
  test.each([
    ['Host: 192.0.2.7:10000', 'Host: [address]:10000'],
    ['from 10.0.0.1 to 10.0.0.2.', 'from [address] to [address].'],
    ['[2001:db8::17]', '[[address]]'],
    ['::1', '[address]'],
    ['fe80::1%eth0', '[address]%eth0'],
    ['2001:db8:0:1:2:3:4:5', '[address]'],
    ['::0:0:0:0:0:0:0', '[address]'],
    ['::ffff:192.0.2.7', '[address][address]'],
  ])('%j', (text, line) => {
    expect(shown(text)).toBe(line);
  });

  test('of every kind there is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.constantFrom(' ', ',', '/', '[', '(', '"', '='),
        (address, sign) => {
          expect(shown(`X${sign}${address} x`)).not.toContain(address);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each(['std::string', 'HTTP/1.1', 'version 1.2.3', 'SSH-2.0-OpenSSH_9.9', 'a:b'])('%j is none', (text) => {
    expect(shown(text)).toBe(text);
  });
});
