import { X509Certificate } from 'node:crypto';
import { ask } from '../../service/tools/challenge-http.ts';
import { pollerAgent } from './agent.ts';
import { type HostDay, type HostStatus, hostDaysSchema, hostStatusSchema, readDocument } from './host-documents.ts';

/** What the host says of itself on its page over HTTP. */
export interface PageSeen {
  readonly status: HostStatus;
  /** The authorities that it publishes, PEM. */
  readonly authorities: { readonly bounty: string; readonly site: string };
  /** The newest first. */
  readonly days: readonly HostDay[];
}

/** Rejects with an Error for people. Each document is at most 128 KiB. */
export async function lookAtPage(base: URL, signal: AbortSignal): Promise<PageSeen> {
  const text = async (path: string): Promise<string> => {
    const answer = await ask(new URL(path, base), undefined, signal, { agent: pollerAgent });
    if (answer.status !== 200) throw new Error(`its ${path} is answered with ${answer.status}`);
    return answer.text;
  };
  const status = readDocument('/status.json', await text('/status.json'), hostStatusSchema);
  const certificate = async (path: string): Promise<string> => asCertificate(path, await text(path));
  const [bounty, site, days] = await Promise.all([
    certificate('/ca.pem'),
    certificate('/site-ca.pem'),
    text('/days.json'),
  ]);
  return { status, authorities: { bounty, site }, days: readDocument('/days.json', days, hostDaysSchema).days };
}

/** What is none would call doors down that are held against it, and be remembered for the next run. */
function asCertificate(path: string, pem: string): string {
  try {
    return new X509Certificate(pem).toString();
  } catch {
    throw new Error(`its ${path} is no certificate`);
  }
}
