import { attack } from '../attack.ts';

/* Lucky 13, ROBOT, Logjam, FREAK, SWEET32: each needs one of these to be spoken. */
export default attack({
  title: 'TLS 1.2: CBC, static RSA, DHE, RC4, 3DES, NULL, export, anonymous',
  threats: ['S13'],
  rfc: 'RFC 9325 §4.2',
  as: 'client-1.2',
  variants: {
    cbc: [0xc009, 0xc00a, 0xc023, 0xc024],
    'static-rsa': [0x009c, 0x009d, 0x002f, 0x0035],
    dhe: [0x009e, 0x009f],
    'rc4-and-3des': [0x0004, 0x0005, 0x000a, 0xc007],
    'null-and-export': [0x0001, 0x0002, 0x0003, 0x0006],
    anonymous: [0x0018, 0xc018, 0xc019],
  },
  expect: { alert: 'handshake_failure', category: 'cipher.none' },
  play(client, _kit, cipherSuites) {
    client.hello({ cipherSuites });
  },
});
