import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { addressBytes } from '../../service/tools/address-bytes.ts';
import { CapturedConnection, pcapHeader } from '../../service/tools/pcap.ts';
import { required } from '../support/required.ts';

const tshark = required.tool('tshark');

const start = 1_700_000_000_123_456_000n;
const fragment = new Uint8Array(40_000).map((_, index) => index % 251);

function capture(opener: string, accepter: string): Uint8Array {
  const connection = new CapturedConnection({ address: opener, port: 40_100 }, { address: accepter, port: 10_000 });
  return concatBytes(
    pcapHeader(),
    connection.open(start),
    connection.data(start + 1_000_000n, 'opener', Uint8Array.of(1, 2, 3)),
    connection.data(start + 2_000_000n, 'accepter', fragment),
    connection.end(start + 3_000_000n, 'opener'),
    connection.reset(start + 4_000_000n, 'accepter'),
  );
}

function fields(file: Uint8Array, names: readonly string[]): readonly (readonly string[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-'));
  try {
    const path = join(folder, 'bridge.pcap');
    writeFileSync(path, file);
    const strict = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const output = execFileSync(
      tshark.path,
      ['-r', path, ...strict, '-T', 'fields', ...names.flatMap((name) => ['-e', name])],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    return output
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(tshark.missing)('a capture, as Wireshark reads it', () => {
  it.each([
    ['192.0.2.7', '198.51.100.9', 'ip'],
    ['2001:db8::1', 'fe80::2%eth0', 'ipv6'],
    ['::ffff:192.0.2.7', '198.51.100.9', 'ip'],
  ])('%s to %s: addresses, checksums, sequence numbers', (opener, accepter, layer) => {
    const rows = fields(capture(opener, accepter), [
      `${layer}.src`,
      'tcp.flags.str',
      'tcp.seq',
      'tcp.ack',
      'tcp.len',
      'tcp.checksum.status',
      'tcp.analysis.flags',
      '_ws.malformed',
    ]);
    const [from, to] = [opener.replace('::ffff:', ''), accepter.replace('%eth0', '')];
    const good = ['1', '', ''];
    expect(rows.map(([source, flags, ...rest]) => [source, (flags ?? '').replaceAll('·', ''), ...rest])).toEqual([
      [from, 'S', '0', '0', '0', ...good],
      [to, 'AS', '0', '1', '0', ...good],
      [from, 'A', '1', '1', '0', ...good],
      [from, 'AP', '1', '1', '3', ...good],
      [to, 'A', '1', '4', '0', ...good],
      [to, 'AP', '1', '4', '16384', ...good],
      [to, 'AP', '16385', '4', '16384', ...good],
      [to, 'AP', '32769', '4', '7232', ...good],
      [from, 'A', '4', '40001', '0', ...good],
      [from, 'AF', '4', '40001', '0', ...good],
      [to, 'A', '40001', '5', '0', ...good],
      [to, 'AR', '40001', '5', '0', ...good],
    ]);
  });

  it('keeps the bytes and the time', () => {
    const rows = fields(capture('192.0.2.7', '198.51.100.9'), ['frame.time_epoch', 'tcp.payload']);
    expect(rows[3]).toEqual(['1700000000.124456000', '010203']);
    const sent = rows
      .slice(5, 8)
      .map(([, payload]) => payload)
      .join('');
    expect(sent).toBe(bytesToHex(fragment));
  });

  it('has a right checksum over an odd number of bytes', () => {
    const rows = fields(capture('192.0.2.7', '198.51.100.9'), ['ip.checksum.status', 'tcp.len', 'tcp.checksum.status']);
    expect(rows[3]).toEqual(['1', '3', '1']);
  });
});

describe('the bytes of an address', () => {
  it.each([
    ['127.0.0.1', '7f000001'],
    ['::ffff:10.1.2.3', '0a010203'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['2001:db8::', `20010db8${'0'.repeat(24)}`],
    ['fe80::1:2%lo', `fe80${'0'.repeat(20)}00010002`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('%s', (text, hex) => {
    expect(bytesToHex(addressBytes(text))).toBe(hex);
  });
  it.each(['1:2:3', '1:2:3:4:5:6:7:8::9', 'example.org'])('%s is none', (text) => {
    expect(() => addressBytes(text)).toThrow(RangeError);
  });
});
