import { readRetirement } from '../../service/attest/retirement-notice.ts';
import { addressOf, networks, readPublicDescriptor } from '../../service/bitcoin/index.ts';
import { type Ask, SourceFailure } from '../../status-page/chain/index.ts';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { asked } from './host.ts';

/** Of the notice of retirement that a page shows; null where it shows none. */
export type RetirementCheck =
  | { readonly state: 'signed' }
  /** What is shown is not what the refund key of this address signed. */
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'unchecked'; readonly reason: string };

/**
 * The notice itself, against the refund key. That comes from the page too, in the descriptor of the wallet: the address is made of
 * it, so another key would be another address, and of that the explorers are asked. Rejects with what is no SourceFailure.
 */
export async function checkRetirement(
  ask: Ask,
  url: string,
  { retirement, watched }: StatusDocument,
): Promise<RetirementCheck | null> {
  if (retirement === null) return null;
  const { address, network } = watched;
  const descriptor = watched.descriptor === null ? undefined : readPublicDescriptor(watched.descriptor);
  if (address === null || descriptor === undefined) return unchecked('the page has no descriptor of its wallet');
  if (addressOf(descriptor, networks[network]) !== address) return refused('its descriptor is of another address');
  if (descriptor.kind !== 'vault') return refused('this wallet has no refund key that could have signed it');
  if (retirement.url === null) return unchecked('the page names no notice');
  try {
    const { status, body } = await asked(ask, `${url}${retirement.url}`);
    if (status !== 200) return unchecked(`its ${retirement.url} answers ${status}`);
    const notice = readRetirement(body, { address, refundKey: descriptor.refund.publicKey });
    if ('fault' in notice) return refused(notice.fault);
    const { announcedAt, effectiveAt } = notice;
    const same = announcedAt === retirement.announcedAt && effectiveAt === retirement.effectiveAt;
    return same ? { state: 'signed' } : refused('its dates are not those that were signed');
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    return unchecked(error.message);
  }
}

const refused = (reason: string): RetirementCheck => ({ state: 'refused', reason });
const unchecked = (reason: string): RetirementCheck => ({ state: 'unchecked', reason });
