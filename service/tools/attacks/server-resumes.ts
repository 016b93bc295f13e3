import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* Nobody offered a PSK: a server that picks one would not have to show a certificate. */
export default attack({
  title: 'pre_shared_key in ServerHello, early_data in EncryptedExtensions',
  threats: ['S5'],
  rfc: 'RFC 9846 §4.2.11',
  as: 'server',
  variants: { psk: false, 'early-data': true },
  expect: { alert: 'unsupported_extension', category: 'extension.invalid' },
  async play(server, _kit, early) {
    await server.hearClientHello();
    if (!early)
      return server.serverHello({ extensions: [{ type: ExtensionType.pre_shared_key, data: Uint8Array.of(0, 0) }] });
    server.serverHello();
    server.encryptedExtensions('pinata/1', [{ type: ExtensionType.early_data, data: new Uint8Array(0) }]);
  },
});
