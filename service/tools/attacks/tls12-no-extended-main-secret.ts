import { attack } from '../attack.ts';

/* The triple handshake: two sessions with the same main secret, and a certificate shown in one that counts in the other. */
export default attack({
  title: 'TLS 1.2: no extended_main_secret',
  threats: ['X6'],
  rfc: 'RFC 7627 §5.2',
  as: 'client-1.2',
  expect: { alert: 'handshake_failure', category: 'ems.missing' },
  play(client) {
    client.hello({ extendedMainSecret: false });
  },
});
