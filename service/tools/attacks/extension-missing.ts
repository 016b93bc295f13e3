import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* A hello of TLS 1.3 without what TLS 1.3 is made of. */
export default attack({
  title: 'a hello without an extension that must be there',
  rfc: 'RFC 9846 §9.2',
  as: 'client',
  variants: {
    'supported-groups': ExtensionType.supported_groups,
    'signature-algorithms': ExtensionType.signature_algorithms,
    'key-share': ExtensionType.key_share,
  },
  expect: { alert: 'missing_extension', category: 'extension.missing' },
  play(client, _kit, missing) {
    client.hello({
      change: (hello) => ({ ...hello, extensions: hello.extensions.filter(({ type }) => type !== missing) }),
    });
  },
});
