/* What everything of one deployment is marked with, so that it can be found by hand (docs/vps.md). */

export const labelKey = 'btc-pinata';

/** Of Hetzner; the selector of its API and of `hcloud`: `btc-pinata=NAME`. */
export const labelsOf = (name: string): Record<string, string> => ({ [labelKey]: name });
export const labelSelector = (name: string): string => `${labelKey}=${name}`;

/** Of DigitalOcean: letters, digits, colons and dashes. */
export const tagOf = (name: string): string => `${labelKey}:${name}`;
