import * as v from 'valibot';
import { isRefundHeight, readRefundKey, refundHeights } from '../bitcoin/index.ts';
import { absent, path, setting } from './setting.ts';

/* The settings of what hangs inside: the wallet, where its key comes from, and what keeps it. */

const networks = ['regtest', 'signet', 'testnet4', 'mainnet'] as const;

export const baitSettings = {
  network: setting({
    kind: 'text',
    schema: v.optional(v.picklist(networks), 'regtest'),
    allowed: networks.join(', '),
    placeholder: 'NETWORK',
    summary:
      'the bitcoin network the wallet is on; every other than regtest has to be told what wallet, and what keeps its key',
    group: 'The bait',
  }),
  wallet: setting({
    kind: 'text',
    schema: absent(v.picklist(['classic', 'vault'])),
    allowed: 'classic, vault',
    placeholder: 'KIND',
    summary:
      'what it pays to: `classic` (P2WPKH), or `vault` (P2TR, whose refund to the operator is on the chain for all to see). `classic` on regtest and with a key that is handed in; elsewhere it has to be said',
    group: 'The bait',
  }),
  refundKey: setting({
    kind: 'text',
    schema: absent(
      v.pipe(
        v.string(),
        v.check((text) => typeof readRefundKey(text) === 'object'),
      ),
    ),
    allowed: 'a public key in hex: compressed, 66 digits from 02 or 03 on, or x-only, 64; and a point of secp256k1',
    // It might be a private one.
    quoted: false,
    placeholder: 'HEX',
    summary: 'of a vault: the public key of a wallet of yours, which may take the coins back from `--refund-height` on',
    group: 'The bait',
  }),
  refundHeight: setting({
    kind: 'number',
    schema: absent(v.pipe(v.number(), v.check(isRefundHeight))),
    allowed: `a height of a block, from ${refundHeights.least} to ${refundHeights.most}; no time`,
    placeholder: 'HEIGHT',
    summary: 'of a vault: no block up to this one can hold a refund',
    group: 'The bait',
  }),
  keyFile: setting({
    kind: 'text',
    schema: absent(path),
    allowed: 'the path of a file',
    placeholder: 'FILE',
    summary:
      'holds the key of a classic wallet as WIF, readable by its owner alone; all will read that it was handed in (`imported`)',
    group: 'The bait',
  }),
  keyCredential: setting({
    kind: 'text',
    schema: absent(v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/), v.notValue('.'), v.notValue('..'))),
    allowed: 'a name of LoadCredential= or LoadCredentialEncrypted=: letters, digits, `_`, `-` and `.`',
    // It might be the key.
    quoted: false,
    placeholder: 'NAME',
    summary: 'as `--key-file`, from the credential of this name that systemd hands over',
    group: 'The bait',
  }),
  sealPassphraseFile: setting({
    kind: 'text',
    schema: absent(path),
    allowed: 'the path of a file',
    placeholder: 'FILE',
    summary:
      'makes the key inside, once, and keeps it in `--data` sealed under the passphrase in this file, so that a restart has the same',
    group: 'The bait',
  }),
  sealSystemdCreds: setting({
    kind: 'switch',
    schema: v.optional(v.boolean(), false),
    allowed: 'true or false',
    summary: 'the same, sealed by systemd-creds for this machine; as root alone',
    group: 'The bait',
  }),
  ephemeral: setting({
    kind: 'switch',
    schema: absent(v.boolean()),
    allowed: 'true or false',
    summary:
      'makes the key in memory, and forgets it when the process ends: nobody can spend what was paid to a classic wallet then, and a vault is locked until its refund. On regtest, without any of these, it is so',
    group: 'The bait',
  }),
  testCredentials: setting({
    kind: 'text',
    schema: absent(path),
    allowed: 'the path of a directory; on regtest alone',
    placeholder: 'DIR',
    summary:
      'writes a genuine client certificate and its key there, to see what a break looks like; all says `test: true` then',
    group: 'The bait',
  }),
} as const;
