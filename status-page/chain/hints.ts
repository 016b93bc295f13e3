import * as v from 'valibot';

/*
 * The websocket of mempool.space and of whoever runs its backend (`wss://HOST/api/v1/ws`). All it can say here is "look now":
 * nothing it sends is believed, and a socket that is silent, or gone, costs nothing but some seconds.
 */

/** What is said first, once it is open. */
export const greeting = (address: string): readonly string[] => [
  JSON.stringify({ action: 'want', data: ['blocks'] }),
  JSON.stringify({ 'track-address': address }),
];

/** Said now and then: the server closes what is silent. */
export const keepAlive = JSON.stringify({ action: 'ping' });

const told = v.union([
  v.object({ block: v.object({}) }),
  v.object({ 'address-transactions': v.array(v.unknown()) }),
  v.object({ 'block-transactions': v.array(v.unknown()) }),
]);

/** Whether this is about a new block, or about the address. Anything else, however long or broken, is not. */
export function saysLook(message: unknown): boolean {
  if (typeof message !== 'string' || message.length > 4 * 1024 * 1024) return false;
  try {
    return v.is(told, JSON.parse(message));
  } catch {
    return false;
  }
}
