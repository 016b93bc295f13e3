import { concatBytes } from '@noble/hashes/utils.js';
import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* The binder covers the hello up to pre_shared_key: what stands behind it is not covered, and so nothing may. */

/** One identity and one binder, of zeros: identities<7..2^16-1>, binders<33..2^16-1>. */
const preSharedKey = {
  type: ExtensionType.pre_shared_key,
  data: concatBytes(Uint8Array.of(0, 22, 0, 16), new Uint8Array(20), Uint8Array.of(0, 33, 32), new Uint8Array(32)),
};
const modes = { type: ExtensionType.psk_key_exchange_modes, data: Uint8Array.of(1, 1) };
const earlyData = { type: ExtensionType.early_data, data: new Uint8Array(0) };

export default attack({
  title: 'pre_shared_key that is not the last, early_data without it',
  threats: ['S5'],
  rfc: 'RFC 9846 §4.2.11',
  as: 'client',
  variants: { 'not-the-last': [preSharedKey, modes], 'early-data-alone': [modes, earlyData] },
  expect: { alert: 'illegal_parameter', category: 'parameter.illegal' },
  play(client, _kit, extensions) {
    client.hello({ extensions });
  },
});
