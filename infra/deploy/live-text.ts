import { bip21Uri } from '../../service/bitcoin/index.ts';
import { bracketed } from '../../service/tools/challenge.ts';
import type { Deployment } from './deployment.ts';
import { usualPort } from './usual-port.ts';

/** What is shown at the end, and at no moment before: the address to fund, and how anybody checks. `proof` is what verify found. */
export function liveText(
  deployment: Deployment,
  proof: string,
  files: { readonly folder: string; readonly release: string; readonly ownKey: boolean },
): string {
  const { name, host, wallet, status, release, chosen } = deployment;
  const at = bracketed(host.address ?? '?');
  const named = chosen.hostName ?? at;
  if (wallet === null) throw new Error('a deployment without a wallet is not live');
  const back =
    wallet.refundHeight === null
      ? 'It has no refund: nobody but a winner moves the coins.'
      : `Your refund key can move the coins from block ${wallet.refundHeight} on.`;
  return [
    `${name} is live, and was verified: ${proof}.`,
    '',
    `  page          http://${named}${usualPort(host.ports.http, 80)}/`,
    `  over TLS      https://${named}${usualPort(host.ports.https, 443)}/   (of its own authority: /site-ca.pem)`,
    `  status page   ${status?.url ?? 'none (--no-status)'}`,
    `  program       ${release.build}   (release ${release.version})`,
    '',
    `Fund it by sending ${wallet.network === 'mainnet' ? 'bitcoin' : `coins of ${wallet.network}`} to`,
    '',
    `  ${wallet.address}`,
    ...(wallet.network === 'mainnet' ? [`  ${bip21Uri(wallet.address)}`] : []),
    '',
    back,
    'What to do next:',
    ...(chosen.hostName === null ? [] : [`  let the A record of ${chosen.hostName} say ${host.address ?? '?'}`]),
    ...(files.ownKey
      ? [`  copy ${files.folder}/refund-key.wif to where no fire reaches both: nothing else makes the refund`]
      : []),
    `  btc-pinata verify ${at}${usualPort(host.ports.http, 80)} --release ${files.release}/release.json   as a stranger would, from another machine`,
    ...(status === null
      ? [
          `  btc-pinata status ${wallet.address}${wallet.network === 'signet' || wallet.network === 'testnet4' ? ` --network ${wallet.network}` : ''}   what became of the coins`,
        ]
      : [`  btc-pinata status ${status.url}   what became of the coins`]),
    `  btc-pinata logs --name ${name}   its console;   btc-pinata destroy --name ${name}   its end`,
  ].join('\n');
}
