import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { encodeRetirement, type RetirementNotice, signRetirement } from '../../service/attest/retirement-notice.ts';
import { publicDescriptor } from '../../service/bitcoin/descriptor.ts';
import { addressOf, networks, readPublicDescriptor } from '../../service/bitcoin/index.ts';
import { clock, pageDocument } from './page-scene.ts';
import { said, serve } from './status-scene.ts';

/* What the verb makes of a retirement that a status page shows. */

const operator = new Uint8Array(32).fill(7);
const keyOf = (seed: number): string => bytesToHex(schnorr.getPublicKey(new Uint8Array(32).fill(seed)));
const publicKey = keyOf(7);
const bounty = hexToBytes(`02${keyOf(9)}`);
const vault = publicDescriptor(bounty, { height: 5000, publicKey });
const classic = publicDescriptor(bounty, undefined);
const addressIn = (text: string): string => {
  const descriptor = readPublicDescriptor(text);
  if (descriptor === undefined) throw new Error(text);
  return addressOf(descriptor, networks.regtest);
};
const address = addressIn(vault);
const dates = { announcedAt: 1_800_000_000, effectiveAt: 1_800_086_400 };
const notice = { name: 'the one in the tree', address, ...dates, reason: undefined };
const signedBy = (key: Uint8Array, of: RetirementNotice = notice): string =>
  encodeRetirement(signRetirement(of, (digest) => schnorr.sign(digest, key)));

interface Shown {
  readonly document?: string;
  readonly descriptor?: string | null;
  readonly address?: string;
}

/** Exit status, and the line about the notice. */
async function asked({ document = signedBy(operator), descriptor = vault, address: of = address }: Shown) {
  const retirement = { ...dates, text: 'No reason was given.', url: '/retirement.json' };
  const status = pageDocument(clock(), undefined, { address: of, descriptor }, { retirement });
  const page = await serve((path) => {
    if (path === '/status.json') return { status: 200, body: JSON.stringify(status) };
    return path === '/retirement.json' && document !== '' ? { status: 200, body: document } : { status: 404, body: '' };
  });
  const { out } = await said([page, '--no-explorers']);
  const { page: report, contradictions } = JSON.parse((await said([page, '--no-explorers', '--json'])).out);
  return { line: /^notice {6}(.*)$/m.exec(out)?.[1], retirement: report.retirement, contradictions };
}

describe('a retirement that a page shows', () => {
  test('signed by the refund key that the address is made of', async () => {
    expect(await asked({})).toEqual({
      line: 'signed with the refund key of this address',
      retirement: { state: 'signed' },
      contradictions: [],
    });
  });

  test.each<[string, Shown, RegExp]>([
    ['by another key', { document: signedBy(new Uint8Array(32).fill(8)) }, /signature is not of the refund key/],
    [
      'with other dates',
      { document: signedBy(operator, { ...notice, effectiveAt: dates.effectiveAt + 1 }) },
      /its dates are not those/,
    ],
    ['for another address', { document: signedBy(operator, { ...notice, address: addressIn(classic) }) }, /is about/],
    ['in no format', { document: '{}' }, /not in the format/],
    [
      'of a wallet that is made of another key',
      { descriptor: publicDescriptor(bounty, { height: 5000, publicKey: keyOf(8) }) },
      /descriptor is of another address/,
    ],
    ['of a wallet without one', { descriptor: classic, address: addressIn(classic) }, /no refund key/],
  ])('signed %s is refused, and contradicts the page', async (_, shown, why) => {
    const { line, retirement, contradictions } = await asked(shown);
    expect(line).toMatch(/^NOT signed with the refund key of this address: /);
    expect(retirement).toEqual({ state: 'refused', reason: expect.stringMatching(why) });
    expect(contradictions).toEqual([expect.stringMatching(/^The page shows a retirement that the refund key/)]);
  });

  test.each<[string, Shown, RegExp]>([
    ['whose notice is not there', { document: '' }, /answers 404/],
    ['without a descriptor', { descriptor: null }, /no descriptor/],
  ])('%s is said to be unchecked', async (_, shown, why) => {
    const { line, contradictions } = await asked(shown);
    expect(line).toMatch(why);
    expect(contradictions).toEqual([]);
  });
});
