import { ExtensionType } from '../../tls/extension-type.ts';
import { clientKeyShares } from '../../tls/extensions.ts';
import { decode } from '../../tls/presentation.ts';
import { attack } from '../attack.ts';

/* The client's own share, sent back: with it the secret is its private key times its own public key, and Selfie begins. */
export default attack({
  title: "the client's own key share, sent back",
  threats: ['X4'],
  rfc: 'RFC 9846 §4.2.8',
  as: 'server',
  expect: { alert: 'illegal_parameter', category: 'reflection' },
  async play(server) {
    const hello = await server.hearClientHello();
    const data = hello.extensions.find(({ type }) => type === ExtensionType.key_share)?.data;
    const shares = decode(clientKeyShares, data ?? new Uint8Array(0));
    const own = shares.ok ? shares.value.find(({ group }) => group === 0x001d) : undefined;
    if (own === undefined) throw new Error('the client sent no share on X25519');
    server.serverHello({ keyShare: own });
  },
});
