import type { PublicWallet } from '../service/bitcoin/index.ts';

const origins: Readonly<Record<PublicWallet['keyOrigin'], string>> = {
  'measured-image': 'made inside a measured image',
  host: 'made by this program on a host: that nobody read it there is a promise',
  imported: 'handed in: whoever made it may have kept it',
};

const sealings = {
  passphrase: 'under a passphrase: whoever has that and the file has the key',
  'systemd-creds': 'by systemd-creds: it opens on the machine it was made on, for root',
} as const;

/** What everybody may know of a wallet, for people. */
export function walletText(wallet: PublicWallet, sealedBy: keyof typeof sealings): string {
  const rows: readonly (readonly [string, string])[] = [
    ['wallet', `${wallet.kind} on ${wallet.network}`],
    ['address', wallet.address],
    ['descriptor', wallet.descriptor],
    ...(wallet.kind === 'vault'
      ? ([
          ['refund', `in a block above ${wallet.refund.height}, by ${wallet.refund.publicKey}`],
          ['recovery', 'none: the refund is'],
        ] as const)
      : ([
          [
            'recovery',
            wallet.recovery === 'none'
              ? 'none: without wallet.sealed the coins are lost'
              : `a copy for ${wallet.recovery}`,
          ],
        ] as const)),
    ['key', `${wallet.keyOrigin}: ${origins[wallet.keyOrigin]}`],
    ['sealed', sealings[sealedBy]],
    ['pay to', wallet.uri],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(12)}${value}`),
    '',
    'This is what the file says; the service holds it against the key when it starts. Fund it once the service runs on this',
    'directory and shows the same address, and try a small amount first.',
  ].join('\n');
}
