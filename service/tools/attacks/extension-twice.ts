import { ExtensionType } from '../../tls/extension-type.ts';
import { attack } from '../attack.ts';

/* Which of the two counts? A stack and the box in front of it may disagree. */
export default attack({
  title: 'an extension twice',
  threats: ['J1'],
  rfc: 'RFC 9846 §4.2',
  as: 'client',
  variants: { 'server-name': ExtensionType.server_name, 'key-share': ExtensionType.key_share, unknown: 0x4a4a },
  expect: { alert: 'illegal_parameter', category: 'extension.invalid' },
  play(client, _kit, type) {
    client.hello({
      change: (hello) => {
        const known = hello.extensions.find((entry) => entry.type === type) ?? { type, data: new Uint8Array(0) };
        return { ...hello, extensions: [...hello.extensions.filter((entry) => entry !== known), known, known] };
      },
    });
  },
});
