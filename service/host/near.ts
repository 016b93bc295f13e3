import { inRange, parseIpAddress, parseIpRange, unmapped } from '../bounty/ip-address.ts';

/** Where strangers do not come by themselves: this machine, and networks that are not routed on the Internet. */
const near = [
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
].map(parseIpRange);

/** Whether the operator's numbers may be shown on `address` without being told twice. All addresses at once are public. */
export function isNear(text: string): boolean {
  const address = parseIpAddress(text);
  return address !== undefined && near.some((range) => inRange(unmapped(address), range));
}
