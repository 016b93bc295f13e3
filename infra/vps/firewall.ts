import type { PortKey } from '../../service/bounty/endpoints.ts';
import { defaultDialbackTargetPort, endpoints } from '../../service/bounty/endpoints.ts';

/*
 * What a cloud's firewall lets through, as data: in, the ports of the piñata; out, what the system of the host needs and the
 * dial-back. Which of that a process of the host may use is said again there, by user id (infra/host-image).
 */

export interface Rule {
  readonly direction: 'in' | 'out';
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly why: string;
}

/** A server has an IPv4 address and no other. */
export const anywhere = ['0.0.0.0/0'];

export function rulesOf(ports: Readonly<Record<PortKey, number>>): readonly Rule[] {
  return [
    ...endpoints.map(
      ({ key, summary }): Rule => ({ direction: 'in', protocol: 'tcp', port: ports[key], why: shortened(summary) }),
    ),
    { direction: 'out', protocol: 'tcp', port: 443, why: 'the release, security updates' },
    { direction: 'out', protocol: 'tcp', port: 80, why: 'security updates' },
    { direction: 'out', protocol: 'tcp', port: 53, why: 'names' },
    { direction: 'out', protocol: 'udp', port: 53, why: 'names' },
    { direction: 'out', protocol: 'udp', port: 123, why: 'the time' },
    { direction: 'out', protocol: 'tcp', port: defaultDialbackTargetPort, why: 'dial-backs' },
  ];
}

const shortened = (summary: string): string => summary.split(/[;:]/)[0] ?? summary;
