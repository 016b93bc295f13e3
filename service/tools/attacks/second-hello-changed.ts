import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* After a HelloRetryRequest the same hello comes again with the share that was asked for. Whoever may change more than that has two hellos to choose from. */

const [X25519, P256] = [0x001d, 0x0017] as const;
const groups = [X25519, P256];
const random = new Uint8Array(32).fill(6);

export default attack({
  title: 'a HelloRetryRequest, answered by another hello than it asked for',
  threats: ['S6'],
  rfc: 'RFC 9846 §4.1.2',
  as: 'client',
  variants: {
    'still-no-share': { random, shares: [], groups },
    'another-group': { random, shares: [P256], groups },
    'fewer-suites': { random, shares: [X25519], groups, cipherSuites: [0x1301] },
    'another-random': { shares: [X25519], groups },
    'another-name': { random, shares: [X25519], groups, serverName: 'other.invalid' },
    cookie: {
      random,
      shares: [X25519],
      groups,
      extensions: [{ type: ExtensionType.cookie, data: Uint8Array.of(0, 1, 7) }],
    },
  },
  expect: { alert: 'illegal_parameter', category: 'hello_retry' },
  async play(client, _kit, second) {
    client.hello({ random, shares: [], groups });
    await client.serverHello();
    client.hello(second);
  },
});
