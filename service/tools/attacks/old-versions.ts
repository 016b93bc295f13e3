import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* POODLE and its kin need a server that still goes back. RFC 8996 buried TLS 1.0 and 1.1. */
export default attack({
  title: 'hellos of SSL 3, TLS 1.0 and 1.1, and of a draft',
  threats: ['S13'],
  rfc: 'RFC 9846 §4.2.1, RFC 8996',
  as: 'client',
  variants: {
    'ssl-3': { legacyVersion: 0x0300, draft: false, category: 'version.ssl3' },
    'tls-1.0': { legacyVersion: 0x0301, draft: false, category: 'version.legacy' },
    'tls-1.1': { legacyVersion: 0x0302, draft: false, category: 'version.legacy' },
    'draft-28': { legacyVersion: 0x0303, draft: true, category: 'version.unsupported' },
  },
  expect: ({ category }) => ({ alert: 'protocol_version', category }),
  play(client, _kit, { legacyVersion, draft }) {
    if (draft) return client.hello({ versions: [0x7f1c] });
    client.hello({
      change: (hello) => ({
        ...hello,
        legacyVersion,
        extensions: hello.extensions.filter(({ type }) => type !== ExtensionType.supported_versions),
      }),
    });
  },
});
