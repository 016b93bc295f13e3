import { attack } from '../attack.ts';

/* Without the signal, a stranger's beginning can be glued before your handshake (CVE-2009-3555). The original counted these. */
export default attack({
  title: 'TLS 1.2: no renegotiation_info, or one that is not empty',
  threats: ['X6'],
  rfc: 'RFC 5746 §3.6',
  as: 'client-1.2',
  variants: { none: 'none', 'not-empty': new Uint8Array(12) },
  expect: { alert: 'handshake_failure', category: 'reneg.missing' },
  play(client, _kit, renegotiationInfo) {
    client.hello({ renegotiationInfo });
  },
});
