import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claimed, readClaim } from '../../infra/claim/payload.ts';
import { Refusal } from '../../infra/claim/refusal.ts';
import { readPublicDescriptor } from '../../service/bitcoin/descriptor.ts';
import { networkNames, networks } from '../../service/bitcoin/index.ts';
import { ascii, bountySecret, refund, released, secretOf, wifOf } from './wallets.ts';

const nothing = { network: undefined, descriptor: undefined };
const wif = wifOf(bountySecret);
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const read = (claim: string, beside: Parameters<typeof readClaim>[1] = nothing): Claimed =>
  readClaim(ascii(claim), beside);

describe.each(['classic', 'vault'] as const)('what a %s wallet releases', (kind) => {
  const whole = text(released(kind).payload);

  test.each(networkNames)('is read on %s, and its key opens its address', (name) => {
    const { wallet, payload } = released(kind, networks[name]);
    const claimed = readClaim(payload, nothing);
    expect(claimed).toMatchObject({ kind, network: name, refundHeight: kind === 'vault' ? refund.height : undefined });
    expect(claimed.lock.address).toBe(wallet.address);
  });

  test('is read with line ends of the other sort, blanks around it, and with or without the advice', () => {
    const { address } = released(kind).wallet;
    expect(read(whole.replaceAll('\n', '\r\n')).lock.address).toBe(address);
    expect(read(`\n\n  ${whole}  \n`).lock.address).toBe(address);
    expect(read(whole.replaceAll(/^#.*\n/gm, '')).lock.address).toBe(address);
  });

  test('is refused wherever it was cut before its last line', () => {
    const end = whole.indexOf('\n#');
    for (let length = 0; length < end; length += 1) {
      expect(() => read(whole.slice(0, length)), String(length)).toThrow(Refusal);
    }
    expect(read(whole.slice(0, end)).kind).toBe(kind);
  });

  test('is refused whatever character of its lines was changed, and no refusal quotes the key', () => {
    const end = whole.indexOf('\n#');
    const character = fc.constantFrom(...'0aZq8:,# \n');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: end - 1 }), character, (at, other) => {
        fc.pre(whole[at] !== other && !(/\s/.test(other) && /\s/.test(whole[at] ?? '')));
        const changed = whole.slice(0, at) + other + whole.slice(at + 1);
        const message = refusalOf(changed);
        expect(message).not.toContain(wif.slice(1, 20));
        expect(message).not.toContain(wif.slice(-20));
      }),
      { numRuns: 400 },
    );
  });

  test('is refused where a line is missing, there twice, or of the other wallet', () => {
    const lines = whole.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const [index, line] of lines.entries()) {
      if (index === 0) continue;
      const [name] = line.split(': ');
      expect(refusalOf(lines.toSpliced(index, 1).join('\n'))).toContain(`there is no line "${name}:"`);
      expect(refusalOf([...lines, line].join('\n'))).toContain(`the line "${name}:" is there twice`);
    }
    const stranger = kind === 'classic' ? 'leaf: 00' : `electrum: p2wpkh:${wif}`;
    expect(refusalOf([...lines, stranger].join('\n'))).toBe(
      `a ${kind} wallet has no line "${stranger.split(':')[0]}:"`,
    );
  });

  test('of which two lines ran together, or that would paint a terminal, is not quoted', () => {
    expect(refusalOf(whole.replace('network: regtest', `network: regtest wif: ${wif}`))).not.toContain(
      wif.slice(1, 20),
    );
    expect(refusalOf(whole.replace('network: regtest', 'network: \x9b31m'))).toMatch(/^[ -~]+$/);
  });

  test('is refused on another network, or with another key', () => {
    expect(() => read(whole, { ...nothing, network: 'signet' })).toThrow(
      'what was released is of regtest, and --network or --wallet says signet',
    );
    expect(refusalOf(whole.replace('network: regtest', 'network: mainnet'))).toContain('one of a test network');
    expect(refusalOf(whole.replace(`wif: ${wif}`, `wif: ${wifOf(secretOf(9))}`))).toMatch(
      /^this key is not the wallet's: its public key is \w{64,66}, and the descriptor has \w{64,66}$/,
    );
  });
});

describe('a key that comes alone', () => {
  test('is that of a classic wallet', () => {
    const { address } = released('classic').wallet;
    for (const line of [wif, `${wif}\n`, `\r\n ${wif} \r\n`, `p2wpkh:${wif}`])
      expect(read(line, { ...nothing, network: 'regtest' })).toMatchObject({ kind: 'classic', lock: { address } });
  });

  test('is that of the wallet whose descriptor stands beside it', () => {
    const { wallet } = released('vault');
    const descriptor = readPublicDescriptor(wallet.descriptor);
    expect(read(wif, { network: 'regtest', descriptor })).toMatchObject({
      kind: 'vault',
      refundHeight: refund.height,
      lock: { address: wallet.address },
    });
    expect(() => read(wifOf(secretOf(9)), { network: 'regtest', descriptor })).toThrow("this key is not the wallet's");
  });

  test('says its network only on mainnet', () => {
    expect(read(wifOf(bountySecret, 0x80)).lock.address).toBe(released('classic', networks.mainnet).wallet.address);
    expect(() => read(wif)).toThrow('add --network testnet4, signet or regtest');
    expect(() => read(wif, { ...nothing, network: 'mainnet' })).toThrow(
      'this key is one of a test network, and the network is mainnet',
    );
    expect(() => read(wifOf(bountySecret, 0x80), { ...nothing, network: 'signet' })).toThrow(
      'this key is one of mainnet, and the network is signet',
    );
  });

  test.each([
    ['', 'there is nothing to read'],
    [' \n', 'there is nothing to read'],
    ['please give key', 'this is no key in wallet import format'],
    [`${wif}x`, 'this is something else in base 58|the checksum of the key does not fit'],
    [wif.slice(0, -1), 'the checksum of the key does not fit'],
    ['5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ', 'one of the uncompressed sort'],
    ['1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH', 'this is something else in base 58'],
    ['x'.repeat(200), 'this is no key in wallet import format'],
    [`subject=CN=server\n${wif}`, 'the first line is not btc-pinata/payload/v1'],
  ])('is none: %j', (line, refusal) => {
    expect(() => read(line, { ...nothing, network: 'regtest' })).toThrow(new RegExp(refusal));
  });
});

function refusalOf(claim: string): string {
  try {
    readClaim(ascii(claim), nothing);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  throw new Error(`it was taken: ${claim}`);
}
