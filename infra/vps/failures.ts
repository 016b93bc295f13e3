import { Refusal } from '../claim/refusal.ts';
import { tokenVariables, type VpsProvider } from './inputs.ts';

/*
 * What a cloud, its plugin, the engine or the network said, as one sentence for whoever ran the command: what happened, and
 * what to do. The words are those of hcloud-go, godo and the engine; test/vps/failures.test.ts has them as they were said.
 */

const cloudNames = { hetzner: 'Hetzner', digitalocean: 'DigitalOcean' } as const satisfies Record<VpsProvider, string>;
export const cloudName = (provider: VpsProvider): string => cloudNames[provider];

interface Row {
  readonly said: RegExp;
  readonly sentence: (cloud: string, variable: string, said: RegExpExecArray) => string;
}

/** The first that fits: a limit is a 403 at both clouds, and DigitalOcean says of too many requests that a limit was exceeded. */
const rows: readonly Row[] = [
  {
    said: /\(rate_limit_exceeded\b|\b429\b|too many requests/i,
    sentence: (cloud) => `${cloud} asked us to slow down, and went on asking: run this again in an hour to go on`,
  },
  {
    said: /\((resource_limit_exceeded|limit_reached)\b|exceed your \w+ limit|limit (?:has been )?(?:exceeded|reached)/i,
    sentence: (cloud) =>
      `a limit of your account at ${cloud} is reached: delete what you no longer need there, or ask for more, and run this again`,
  },
  {
    said: /\(unauthorized\b|unable to authenticate|\b401\b|token you provided is (invalid|too short)|entered token is invalid|no token|token is required|missing required.*token/i,
    sentence: (cloud, variable) =>
      `${cloud} does not know this token: put one that may read and write into ${variable}, and run this again`,
  },
  {
    said: /\((forbidden|token_readonly)\b|\b403\b|not authorized to perform/i,
    sentence: (cloud, variable) =>
      `${cloud} does not allow this with the token in ${variable}: it needs one that may read and write`,
  },
  {
    said: /\(uniqueness_error\b|already (?:in use|used|exists|taken)|name is not unique/i,
    sentence: (cloud) =>
      `a name that is needed is taken at ${cloud}: something there is not of this deployment's state; docs/vps.md says how to look, or take another with --name`,
  },
  {
    said: /\((resource_unavailable|placement_error|unavailable)\b|not available in the selected|size is not available|region is not available/i,
    sentence: (cloud) => `${cloud} has no server of this type left in this region: take another, or try again later`,
  },
  {
    said: /\(invalid_input\b.*|\b422\b.*/i,
    sentence: (cloud, _variable, [said]) => `${cloud} refuses what it was asked for: ${oneLine(said)}`,
  },
  {
    said: /incorrect passphrase/i,
    sentence: () => 'the passphrase is not the one that this state was made with: use the file that `init` wrote',
  },
  {
    said: /no space left on device|disk quota exceeded|ENOSPC|EDQUOT/,
    sentence: () => 'the disk is full: nothing that was written before is lost; make room, and run this again to go on',
  },
  {
    said: /no such host|connection refused|connection reset|network is unreachable|no route to host|i\/o timeout|context deadline exceeded|TLS handshake timeout|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|UND_ERR_\w+|\bEOF\b/,
    sentence: (cloud, _variable, [word]) =>
      `there is no way through to ${cloud} (${word}): look at the network, and run this again to go on`,
  },
  {
    said: /\b50[0-4]\b|\((service_error|server_error|maintenance)\b/,
    sentence: (cloud) => `${cloud} has a fault of its own: run this again in some minutes to go on`,
  },
  {
    said: /unable to delete resource|is protected|marked for protection/i,
    sentence: () => 'the volume is protected, and this would delete it: that is only done when it is asked for',
  },
  {
    said: /no (?:resource )?plugin '?[\w-]*|could not find plugin|missing plugin/i,
    sentence: () =>
      'a plugin of the engine is missing in the cache: delete the folder `pulumi` there, and run this again',
  },
];

/** `said`: everything that was said, errors first. */
export function refusalOf(provider: VpsProvider, said: readonly string[], cause?: unknown): Refusal {
  for (const text of said) {
    for (const row of rows) {
      const found = row.said.exec(text);
      if (found === null) continue;
      return new Refusal(row.sentence(cloudName(provider), tokenVariables[provider], found), { cause });
    }
  }
  const [first] = said;
  return new Refusal(`the engine of Pulumi failed: ${oneLine(first ?? 'it did not say why')}`, { cause });
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);

/** The shortest that says what went wrong: the code of what caused it, or its name. */
export function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return wordOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
