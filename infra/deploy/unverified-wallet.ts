import { readPublicDescriptor } from '../../service/bitcoin/index.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';
import { hostWord } from './host-word.ts';

/*
 * A deployment that ended before `verify` has no wallet in its document. Its host may have one all the same, and whoever reads the
 * host's page may have paid into it: so the cloud is asked whether there is a host, and the host for its wallet.
 */

export interface FoundHost {
  /** Undefined where the cloud does not say. */
  readonly address: string | undefined;
}

type Wallet = NonNullable<Deployment['wallet']>;

/** Undefined: there is no host. Throws a Refusal where there is one, and it does not say which wallet it has. */
export async function unverifiedWallet(
  deployment: Deployment,
  findHost: (deployment: Deployment) => Promise<FoundHost | undefined>,
  signal: AbortSignal,
): Promise<Wallet | undefined> {
  const found = await findHost(deployment);
  if (found === undefined) return undefined;
  const { name, host } = deployment;
  const address = host.address ?? found.address ?? null;
  try {
    if (address === null) throw new Refusal('it has no address yet');
    return walletIn(await hostWord({ host: { ...host, address } }, signal));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(
      `${name} has a host that was never verified, and which wallet it has is not known (${error.message}); nothing was removed, because somebody may have paid into it: end \`btc-pinata deploy\` first, or --wallet-unknown removes it whatever it holds`,
    );
  }
}

function walletIn({ network, address, wallet }: Awaited<ReturnType<typeof hostWord>>): Wallet {
  const descriptor = readPublicDescriptor(wallet.descriptor);
  const refundHeight = descriptor?.kind === 'vault' ? descriptor.refund.height : null;
  return { network, address, kind: wallet.kind, refundHeight };
}
