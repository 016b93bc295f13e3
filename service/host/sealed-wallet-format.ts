import { base64 } from '@scure/base';
import * as v from 'valibot';
import {
  addressOf,
  bip21Uri,
  isRecovery,
  isRefundHeight,
  networkNames,
  networks,
  type PublicWallet,
  readPublicDescriptor,
  readRefundKey,
  type WalletTerms,
} from '../bitcoin/index.ts';

/*
 * wallet.sealed: three lines of ASCII, each ended by LF.
 *
 *   btc-pinata/sealed-wallet/v1
 *   {...}     the head: what everybody may know of the wallet, and how it is sealed; authenticated with the key
 *   BASE64    the key, sealed
 */

const magic = 'btc-pinata/sealed-wallet/v1';
export const longestSealedFile = 16_384;

const bytes = (length: number) =>
  v.pipe(
    v.string(),
    v.maxLength(128),
    v.check((text) => decoded(text)?.length === length),
  );

/** What reading may cost is bounded here: 2^18 is 256 MiB and a few seconds. */
export const scryptBounds = { log2N: { least: 10, most: 18 }, r: 8, p: { least: 1, most: 4 } } as const;

const passphraseSeal = v.strictObject({
  method: v.literal('passphrase'),
  kdf: v.literal('scrypt'),
  log2N: v.pipe(v.number(), v.integer(), v.minValue(scryptBounds.log2N.least), v.maxValue(scryptBounds.log2N.most)),
  r: v.literal(scryptBounds.r),
  p: v.pipe(v.number(), v.integer(), v.minValue(scryptBounds.p.least), v.maxValue(scryptBounds.p.most)),
  salt: bytes(32),
  /** Tells a wrong passphrase from a file that was changed. */
  check: bytes(16),
  aead: v.literal('xchacha20-poly1305'),
  nonce: bytes(24),
});
const systemdSeal = v.strictObject({
  method: v.literal('systemd-creds'),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/)),
});
const sealSchema = v.variant('method', [passphraseSeal, systemdSeal]);

const refundSchema = v.strictObject({
  height: v.pipe(v.number(), v.check(isRefundHeight)),
  publicKey: v.pipe(
    v.string(),
    v.check((text) => {
      const read = readRefundKey(text);
      return typeof read === 'object' && read.publicKey === text;
    }),
  ),
});
const published = {
  network: v.picklist(networkNames),
  address: v.pipe(v.string(), v.maxLength(100)),
  descriptor: v.pipe(v.string(), v.maxLength(300)),
  seal: sealSchema,
};
const headSchema = v.variant('kind', [
  v.strictObject({
    ...published,
    kind: v.literal('classic'),
    keyOrigin: v.picklist(['measured-image', 'host']),
    recovery: v.custom<Extract<PublicWallet, { kind: 'classic' }>['recovery']>(
      (text) => typeof text === 'string' && isRecovery(text),
    ),
  }),
  v.strictObject({
    ...published,
    kind: v.literal('vault'),
    keyOrigin: v.picklist(['measured-image', 'host']),
    recovery: v.literal('none'),
    refund: refundSchema,
  }),
]);

export type PassphraseSeal = v.InferOutput<typeof passphraseSeal>;
export type SystemdSeal = v.InferOutput<typeof systemdSeal>;
export type SealParameters = v.InferOutput<typeof sealSchema>;
export type SealMethod = SealParameters['method'];

export interface SealedWallet {
  readonly wallet: PublicWallet;
  readonly seal: SealParameters;
  /** The first two lines, as they are authenticated. */
  readonly head: Uint8Array;
  readonly sealed: Uint8Array;
}

/** `truncated`: a line is missing, or the last is shorter than any seal. `unknown`: another file, or another version. */
export type SealedWalletFault = 'unknown' | 'truncated' | 'malformed';

export function encodeHead({ uri: _, ...wallet }: PublicWallet, seal: SealParameters): Uint8Array {
  return ascii(`${magic}\n${JSON.stringify({ ...wallet, seal })}\n`);
}

export const encodeSealedWallet = (head: Uint8Array, sealed: Uint8Array): Uint8Array =>
  Uint8Array.from([...head, ...ascii(`${base64.encode(sealed)}\n`)]);

/** Strict: what is not exactly as it was written is a fault. */
export function decodeSealedWallet(file: Uint8Array): SealedWallet | SealedWalletFault {
  const text = String.fromCharCode(...file);
  if (!text.startsWith(`${magic}\n`)) return magic.startsWith(text.slice(0, magic.length)) ? 'truncated' : 'unknown';
  const [, json, last, rest] = text.split('\n');
  if (json === undefined || last === undefined || rest === undefined) return 'truncated';
  const parsed = v.safeParse(headSchema, readJson(json));
  const sealed = decoded(last);
  if (!parsed.success || sealed === undefined || `${magic}\n${json}\n${last}\n` !== text) return 'malformed';
  const { seal, ...told } = parsed.output;
  const wallet: PublicWallet = { ...told, uri: bip21Uri(told.address) };
  return fitsItself(wallet) ? { wallet, seal, head: ascii(`${magic}\n${json}\n`), sealed } : 'malformed';
}

export const termsOf = (wallet: PublicWallet): WalletTerms =>
  wallet.kind === 'classic'
    ? { kind: wallet.kind, keyOrigin: wallet.keyOrigin, recovery: wallet.recovery }
    : { kind: wallet.kind, keyOrigin: wallet.keyOrigin, recovery: wallet.recovery, refund: wallet.refund };

/** Whether address and terms are those of the descriptor. */
function fitsItself(wallet: PublicWallet): boolean {
  const descriptor = readPublicDescriptor(wallet.descriptor);
  if (descriptor === undefined || addressOf(descriptor, networks[wallet.network]) !== wallet.address) return false;
  if (descriptor.kind === 'classic' || wallet.kind === 'classic') return descriptor.kind === wallet.kind;
  return descriptor.refund.height === wallet.refund.height && descriptor.refund.publicKey === wallet.refund.publicKey;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decoded(text: string): Uint8Array | undefined {
  try {
    return base64.decode(text);
  } catch {
    return undefined;
  }
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
