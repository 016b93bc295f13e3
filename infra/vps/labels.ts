/*
 * What everything of one deployment is marked with: its name, by which it is found by hand (docs/vps.md), and its id, by which
 * this deployment knows its own (own.ts). Somebody else of the account may have given theirs the same name.
 */

export interface Owner {
  /** Of the deployment. */
  readonly name: string;
  /** 16 hex digits. */
  readonly id: string;
}

export const labelKey = 'btc-pinata';
export const idLabelKey = 'btc-pinata-id';

/** Of Hetzner; the selector of its API and of `hcloud`: `btc-pinata=NAME`. */
export const labelsOf = ({ name, id }: Owner): Record<string, string> => ({ [labelKey]: name, [idLabelKey]: id });
export const labelSelector = (name: string): string => `${labelKey}=${name}`;

/** Of DigitalOcean: letters, digits, colons and dashes. A firewall is for all that has its tag, so both are in the one tag. */
export const tagOf = ({ name, id }: Owner): string => `${labelKey}:${name}:${id}`;

/** Undefined: it is no tag of a deployment of this name. */
export function idInTag(tag: string, name: string): string | undefined {
  const start = `${labelKey}:${name}:`;
  return tag.startsWith(start) ? tag.slice(start.length) : undefined;
}
