import { attack, forger } from '../attack.ts';

const signature = forger(new Uint8Array(70));

/* SMACK and early ChangeCipherSpec (CVE-2014-0224), against the client of TLS 1.2. */
export default attack({
  title: 'TLS 1.2: a server that leaves out, repeats or hurries',
  threats: ['S1', 'S8', 'S12', 'S14'],
  rfc: 'RFC 5246 §7.3',
  as: 'server-1.2',
  variants: {
    'hello-request': [],
    'no-certificate': ['hello', 'exchange'],
    'no-key-exchange': ['hello', 'certificate', 'request'],
    'no-request': ['hello', 'certificate', 'done'],
    'change-cipher-spec-early': ['hello', 'change'],
    'hello-twice': ['hello', 'hello'],
    'certificate-twice': ['hello', 'certificate', 'certificate'],
  },
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(server, kit, steps) {
    await server.hearClientHello();
    if (steps.length === 0) server.record(22, new Uint8Array(4));
    for (const step of steps) {
      if (step === 'hello') server.hello12();
      if (step === 'certificate') server.certificate12([await kit.published('bounty: server')]);
      if (step === 'exchange') server.keyExchange12(signature);
      if (step === 'request') server.certificateRequest12();
      if (step === 'done') server.helloDone12();
      if (step === 'change') server.changeCipherSpec();
    }
  },
});
