import type { Socket } from 'node:net';
import { portKeyOf } from './attack.ts';
import { loadAttack, NoSuchAttack } from './attack-library.ts';
import { relay } from './relay.ts';
import { authority, build, entity, extensions, issued, spkiOf, validityOf } from './rogue/certificate-builder.ts';
import { RogueClient } from './rogue/client.ts';
import { Wire } from './rogue/wire.ts';
import type { Kind, Scene } from './simulate-visit.ts';

/* Who came for the key: bridges, which are the only successes there are, and attacks, most of them of the library. */

const aLotOfPatience = AbortSignal.timeout(2 ** 31 - 1);
const nobodyWatches = { data: () => undefined, end: () => undefined, broken: () => undefined };

async function joined(server: Socket, client: Socket): Promise<void> {
  await relay({ server, client }, nobodyWatches, aLotOfPatience);
}

const bridges: readonly Kind[] = [
  {
    name: 'joins the server to the client',
    count: 5_900,
    expect: { 'success.short_circuit': 2 },
    async visit(scene) {
      const server = await scene.connect('server');
      await joined(server, await scene.connect('reverse'));
    },
  },
  {
    name: 'joins the server to the call',
    count: 100,
    expect: { 'success.short_circuit': 2, 'dialback.triggered': 1 },
    async visit(scene) {
      const server = await scene.connect('server');
      await joined(server, await scene.called(() => asksForACall(scene)));
    },
  },
];

const callers: readonly Kind[] = [
  {
    name: 'asks for a call and does not listen',
    count: 150,
    expect: { 'dialback.triggered': 1, 'connectback.refused': 1 },
    visit: asksForACall,
  },
];

async function asksForACall(scene: Scene): Promise<void> {
  const socket = await scene.connect('dialback');
  await scene.left(socket);
  socket.end();
}

/** Of the library, `name:variant`, and how many of each the article had: as many for what it calls several. */
const played: readonly (readonly [string, number])[] = [
  ['heartbleed:first-of-all', 1_000],
  ['heartbleed:after-the-hello', 200],
  ['heartbleed:encrypted', 60],
  ['change-cipher-spec-first', 300],
  ['tls12-early-change-cipher-spec', 200],
  ['finished-alone', 30],
  ['no-certificate-verify', 30],
  ['verify-without-certificate', 30],
  ['tls12-no-certificate', 40],
  ['empty-certificate:with-finished', 300],
  ['alert-malformed', 21],
  ['server-shows-nobody', 10],
  ['borrowed-certificate', 12],
  ['psychic-signature:zeros', 5],
  ['psychic-signature:r-0-s-0', 5],
  ['own-authority:leaf-alone', 30],
  ['own-authority:with-its-authority', 10],
  ['website-certificate', 10],
  ['server-own-authority', 8],
  ['authority-as-leaf', 7],
  ['leaf-as-issuer', 5],
  ['namesake-authority:with-the-genuine-authority', 2],
  ['certificate-tampered', 7],
  ['asn1-bomb:nested-4000-deep', 1],
  ['certificate-not-der:cut-short', 1],
  ['tls12-fallback', 30],
  ['extension-twice', 10],
  ['extension-missing:key-share', 10],
  ['small-order-share', 10],
  ['record-overflow', 10],
  ['record-tampered', 10],
  ['server-another-protocol:none', 5],
  ['server-asks-for-nobody', 5],
  ['second-hello-changed', 5],
];

/** An attack of the library; of one whose variants are not named, any of them. */
async function attackOfTheLibrary([which, count]: readonly [string, number]): Promise<Kind> {
  const [name = '', wanted] = which.split(':');
  const { attack } = await loadAttack(name);
  const variants = attack.variants.filter((variant) => wanted === undefined || variant.name === wanted);
  const [first] = variants;
  if (first === undefined || first.expect === 'bait')
    throw new NoSuchAttack(`${name} has no variant ${wanted} that is refused`);
  const { category } = first.expect;
  return {
    name: which,
    count,
    expect: { [category]: 1 },
    async visit(scene) {
      const alike = variants.filter(({ expect }) => expect !== 'bait' && expect.category === category);
      const variant = alike[Math.floor(scene.random() * alike.length)] ?? first;
      const socket = await scene.connect(portKeyOf[attack.port]);
      try {
        await variant.play(new Wire(socket), scene.kit, { sent: () => undefined, heard: () => undefined });
      } finally {
        socket.destroy();
      }
    },
  };
}

/** Certificates that the library has no script for: each is refused before anybody asks who signed it. */
const certificate = (name: string, count: number, key: Kind['expect'], chain: () => readonly Uint8Array[]): Kind => ({
  name,
  count,
  expect: key,
  async visit(scene) {
    const rogue = new RogueClient(new Wire(await scene.connect('server')));
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(chain());
    await rogue.ending();
    rogue.wire.end();
  },
});

const day = 86_400;
const now = Math.floor(Date.now() / 1000);
const validity = validityOf(now - day, now + day);
const lastYear = validityOf(now - 400 * day, now - 35 * day);
const hacker = entity('hacker/emailAddress=hacker@hacker', 4);
const theirAuthority = entity('Google Internal SNAX Authority', 5);
const leaf = [extensions.notCa, extensions.digitalSignature];

const certificates: readonly Kind[] = [
  certificate('a certificate of last year', 7, { 'x509.expired': 1 }, () => [
    issued(hacker, theirAuthority, leaf, { validity: lastYear }),
  ]),
  certificate('an authority as a leaf', 7, { 'x509.leaf_is_ca': 1 }, () => [
    issued(hacker, theirAuthority, [extensions.ca(), extensions.keyCertSign], { validity }),
  ]),
  certificate('a certificate of version 1', 7, { 'x509.version': 1 }, () => [
    build({
      issuer: theirAuthority.name,
      subject: hacker.name,
      spki: spkiOf(hacker.key),
      signer: theirAuthority.key,
      version: new Uint8Array(0),
      extensions: [],
      validity,
    }),
  ]),
  certificate('six certificates', 2, { 'cert.too_many': 1 }, () =>
    Array.from({ length: 6 }, () => authority(theirAuthority)),
  ),
];

export const kindsOfAttackers = async (): Promise<readonly Kind[]> => [
  ...bridges,
  ...callers,
  ...(await Promise.all(played.map(attackOfTheLibrary))),
  ...certificates,
];
