import { concatBytes } from '@noble/hashes/utils.js';
import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* A resumed session authenticates nobody anew. Here is a ticket that was never given: the certificate must be asked for all the same. */

/** One identity and one binder, of zeros: identities<7..2^16-1>, binders<33..2^16-1>. */
const preSharedKey = {
  type: ExtensionType.pre_shared_key,
  data: concatBytes(Uint8Array.of(0, 22, 0, 16), new Uint8Array(20), Uint8Array.of(0, 33, 32), new Uint8Array(32)),
};
const modes = { type: ExtensionType.psk_key_exchange_modes, data: Uint8Array.of(1, 1) };

export default attack({
  title: 'a ticket, and Finished: resumption would skip the certificate',
  threats: ['S5'],
  rfc: 'RFC 9846 §4.2.11',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello({ extensions: [modes, preSharedKey] });
    const { requested } = await client.serverFlight();
    kit.note(requested ? 'it asks for a certificate all the same' : 'IT DOES NOT ASK FOR A CERTIFICATE');
    client.finished();
  },
});
