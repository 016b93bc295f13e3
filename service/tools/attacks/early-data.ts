import { concatBytes } from '@noble/hashes/utils.js';
import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* 0-RTT data is read before anybody is known. A server without PSKs must not even try to. */

/** One identity and one binder, of zeros: identities<7..2^16-1>, binders<33..2^16-1>. */
const preSharedKey = {
  type: ExtensionType.pre_shared_key,
  data: concatBytes(Uint8Array.of(0, 22, 0, 16), new Uint8Array(20), Uint8Array.of(0, 33, 32), new Uint8Array(32)),
};
const modes = { type: ExtensionType.psk_key_exchange_modes, data: Uint8Array.of(1, 1) };
const earlyData = { type: ExtensionType.early_data, data: new Uint8Array(0) };

export default attack({
  title: '0-RTT data behind the hello',
  threats: ['S5'],
  rfc: 'RFC 9846 §4.2.10',
  as: 'client',
  expect: { alert: 'bad_record_mac', category: 'bad_record_mac' },
  async play(client) {
    client.hello({ extensions: [modes, earlyData, preSharedKey] });
    client.clearRecord(23, new Uint8Array(64));
    await client.serverFlight();
  },
});
