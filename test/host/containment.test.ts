import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Admission } from '../../service/host/admission.ts';
import { ownDialler } from '../../service/host/dialler.ts';
import { House, type HouseOptions, type WebsiteParts } from '../../service/host/house.ts';
import { type DoorLedger, Ledger } from '../../service/host/ledger.ts';
import { createLog } from '../../service/host/log.ts';
import { rotateIfDue } from '../../service/host/rotation.ts';
import { createSite } from '../../service/site/index.ts';
import type { PortKey } from '../../service/trace/index.ts';
import { Guest, layTable, makeCredentials, now } from '../bounty/table.ts';
import { sampleView } from '../site/sample-view.ts';
import { dial, eventually } from './relay.ts';
import { memoryStore } from './trace-store.ts';

/*
 * threats.md J6. Whatever throws behind a door: the connection at that door ends, is counted and logged, its place is given
 * back, and the next one is served. An exception that left a callback would be reported by the test runner.
 */

/** What a defect would say, were its message ever shown. */
const secret = 'cSecretInAMessage';
const clock = { seconds: () => now, monotonic: () => performance.now() };

/** Puts a defect into the parts of a house: `strike` throws until it is mended. */
type Break = (parts: HouseOptions, strike: () => void) => HouseOptions;

/** On a port of its own; what comes is kept, and nothing of it is closed. */
async function listening(accept: (socket: Socket) => void): Promise<number> {
  const came: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    came.push(socket);
    accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of came) socket.destroy();
    server.close();
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

async function brokenHouse(change: Break) {
  const credentials = makeCredentials();
  const { terms } = layTable({ clock: clock.monotonic, drain: { bytes: 64 * 1024, milliseconds: 100 } }, credentials);
  const ledger = new Ledger(new Uint8Array(32).fill(1), clock, {
    store: memoryStore(),
    pseudonym: () => '0123456789abcdef',
    test: false,
  });
  const places = { connections: 100, connectionsPerPrefix: 100 };
  const admission = new Admission({ ...places, handshakesPerSecond: 100, dialbacksPerMinute: 100 });
  const lines: string[] = [];
  const called: Socket[] = [];
  const callee = await listening((socket) => {
    socket.on('error', () => undefined);
    called.push(socket);
  });
  let broken = true;
  const parts: HouseOptions = {
    terms,
    admission,
    ledger,
    website: {
      site: createSite({ now: clock.seconds, revision: () => 0, view: () => sampleView }),
      credentials,
      environment: terms.environment,
      versions: ['1.3', '1.2'],
    },
    log: createLog((line) => lines.push(line)),
    handshakeMilliseconds: 3000,
    dialback: { dialler: ownDialler, port: callee, allowPrivate: true, milliseconds: 10_000 },
  };
  const house = new House(
    change(parts, () => {
      if (broken) throw new TypeError(`the value was ${secret}`);
    }),
  );
  return {
    house,
    called,
    log: () => lines.join(''),
    exceptions: () => ledger.snapshot().byCategory.find(({ key }) => key === 'internal.exception')?.count ?? 0,
    taken: () => admission.bounty.taken + admission.website.taken + admission.dialbacks.taken,
    mend: () => {
      broken = false;
    },
  };
}

const hello = (): Uint8Array => new Guest('client', layTable()).sent();
const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const said: Readonly<Record<PortKey, string | Uint8Array | undefined>> = {
  http: request,
  https: hello(),
  server: hello(),
  dialback: undefined,
  reverse: undefined,
};

const bounty = ['server', 'dialback', 'reverse'] as const;
const website = ['http', 'https'] as const;

/** `act`, behind the defect. */
const behind =
  <Words extends readonly unknown[], Answer>(strike: () => void, act: (...words: Words) => Answer) =>
  (...words: Words): Answer => {
    strike();
    return act(...words);
  };

const withTerms =
  (change: (terms: HouseOptions['terms'], strike: () => void) => Partial<HouseOptions['terms']>): Break =>
  (parts, strike) => ({ ...parts, terms: { ...parts.terms, ...change(parts.terms, strike) } });

const withWebsite =
  (change: (website: WebsiteParts, strike: () => void) => Partial<WebsiteParts>): Break =>
  (parts, strike) => ({ ...parts, website: parts.website && { ...parts.website, ...change(parts.website, strike) } });

const withLedger =
  (change: (ledger: DoorLedger, strike: () => void) => void): Break =>
  (parts, strike) => {
    change(parts.ledger, strike);
    return parts;
  };

/** One method of what stands for a connection in the ledger. */
const withEntry = (method: 'tell' | 'end'): Break =>
  withLedger((ledger, strike) => {
    const open = ledger.open.bind(ledger);
    ledger.open = (...words) => {
      const entry = open(...words);
      const others = { received: entry.received.bind(entry), steps: entry.steps.bind(entry) };
      const sound = { ...others, tell: entry.tell.bind(entry), end: entry.end.bind(entry) };
      return { ...sound, [method]: behind(strike, sound[method]) };
    };
  });

/** `counted`: what counts is itself sound. */
const defects: readonly {
  readonly name: string;
  readonly doors: readonly PortKey[];
  readonly counted: boolean;
  readonly change: Break;
}[] = [
  {
    name: 'the clock',
    doors: [...bounty, 'https'],
    counted: true,
    change: withTerms(({ clock: read }, strike) => ({ clock: behind(strike, read) })),
  },
  {
    name: 'the lease of a generation',
    doors: bounty,
    counted: true,
    change: withTerms(({ lease }, strike) => ({ lease: behind(strike, lease) })),
  },
  {
    name: "the bounty's entropy",
    doors: bounty,
    counted: true,
    change: withTerms(({ environment }, strike) => ({ environment: behind(strike, environment) })),
  },
  {
    name: "the website's entropy",
    doors: ['https'],
    counted: true,
    change: withWebsite(({ environment }, strike) => ({ environment: behind(strike, environment) })),
  },
  {
    name: 'the places of the bounty',
    doors: bounty,
    counted: true,
    change: (parts, strike) => {
      const { bounty: places } = parts.admission;
      places.enter = behind(strike, places.enter.bind(places));
      return parts;
    },
  },
  {
    name: 'the places of the website',
    doors: website,
    counted: true,
    change: (parts, strike) => {
      const { website: places } = parts.admission;
      places.enter = behind(strike, places.enter.bind(places));
      return parts;
    },
  },
  {
    name: 'the rate of handshakes',
    doors: ['server', 'dialback', 'reverse'],
    counted: true,
    change: (parts, strike) => {
      const { admission } = parts;
      admission.mayHandshake = behind(strike, admission.mayHandshake.bind(admission));
      return parts;
    },
  },
  {
    name: 'the site at its first',
    doors: website,
    counted: true,
    change: withWebsite(({ site }, strike) => ({ site: { ...site, open: behind(strike, site.open) } })),
  },
  {
    name: 'the site at a request',
    doors: ['http'],
    counted: true,
    change: withWebsite(({ site }, strike) => ({ site: { ...site, step: behind(strike, site.step) } })),
  },
  {
    name: 'the ledger',
    doors: [...bounty, ...website],
    counted: false,
    change: withLedger((ledger, strike) => {
      ledger.open = behind(strike, ledger.open.bind(ledger));
    }),
  },
  {
    name: 'what is told to the ledger',
    doors: ['server', 'reverse', ...website],
    counted: true,
    change: withEntry('tell'),
  },
  { name: 'what is ended in the ledger', doors: bounty, counted: false, change: withEntry('end') },
];

test.each(defects.flatMap(({ doors, ...defect }) => doors.map((door) => ({ ...defect, door }))))(
  'a defect of $name ends a connection to $door, and no other',
  async ({ door, counted, change }) => {
    const { house, called, log, exceptions, taken, mend } = await brokenHouse(change);
    const port = await listening(house.accept(door));
    const visit = async (): Promise<Socket> => {
      const socket = await dial(port);
      onTestFinished(() => void socket.destroy());
      const words = said[door];
      if (words !== undefined) socket.write(words);
      return socket;
    };

    const struck = await visit();
    struck.resume();
    await eventually(log, (text) => text.includes(`exception port=${door} error=TypeError at=`));
    await eventually(
      () => house.guests + taken(),
      (left) => left === 0,
    );
    await eventually(
      () => struck.readableEnded || struck.destroyed,
      (gone) => gone,
    );
    expect(log()).not.toContain(secret);
    expect(exceptions()).toBe(counted ? 1 : 0);

    mend();
    const before = called.length;
    const served = await visit();
    const speaker =
      door === 'dialback'
        ? await eventually(
            () => called.slice(before).at(-1),
            (socket) => socket !== undefined,
          )
        : served;
    const [first] = await once(speaker ?? served, 'data');
    // A record of TLS with a handshake message or an alert, or text.
    expect(door === 'http' ? [0x48] : [22, 21]).toContain(first[0]);
    expect(exceptions()).toBe(counted ? 1 : 0);
    for (const socket of [served, ...called]) socket.destroy();
    await house.empty(0);
    expect(taken()).toBe(0);
  },
);

test('a call that cannot even be tried is counted too', async () => {
  const { house, log, exceptions, taken } = await brokenHouse((parts) => ({
    ...parts,
    dialback: { ...parts.dialback, port: 65_536 },
  }));
  const caller = await dial(await listening(house.accept('dialback')));
  caller.resume();
  await eventually(exceptions, (count) => count === 1);
  expect(log()).toMatch(/exception port=dialback error=RangeError at=/);
  caller.destroy();
  await eventually(taken, (left) => left === 0);
});

test('the deadlines behind one that met a defect are kept', async () => {
  const { house, exceptions } = await brokenHouse((parts, strike) => {
    let ended = 0;
    const open = parts.ledger.open.bind(parts.ledger);
    parts.ledger.open = (...words) => {
      const entry = open(...words);
      return {
        received: entry.received.bind(entry),
        tell: entry.tell.bind(entry),
        steps: entry.steps.bind(entry),
        end: (event) => {
          ended += 1;
          if (ended === 1) strike();
          entry.end(event);
        },
      };
    };
    return { ...parts, handshakeMilliseconds: 50 };
  });
  const port = await listening(house.accept('server'));
  const silent = await Promise.all([dial(port), dial(port), dial(port)]);
  for (const socket of silent) socket.resume();
  onTestFinished(() => {
    for (const socket of silent) socket.destroy();
  });
  await eventually(
    () => silent.filter(({ readableEnded, destroyed }) => readableEnded || destroyed).length,
    (gone) => gone === silent.length,
  );
  expect(exceptions()).toBe(1);
});

test('one that was gone before it was received is counted, and takes no place', async () => {
  const { house, taken } = await brokenHouse((parts) => parts);
  let accepted: Socket | undefined;
  const port = await listening((socket) => {
    accepted = socket;
  });
  const caller = await dial(port);
  const socket = await eventually(
    () => accepted,
    (found) => found !== undefined,
  );
  socket?.destroy();
  if (socket !== undefined) house.accept('server')(socket);
  expect(house.guests + taken()).toBe(0);
  caller.destroy();
});

test('a clock that throws is no end of a rotation', async () => {
  const errors: unknown[] = [];
  await rotateIfDue({
    credentials: makeCredentials(),
    clock: {
      ...clock,
      seconds: () => {
        throw new RangeError('no time');
      },
    },
    entropy: (length) => new Uint8Array(length),
    onRotated: () => expect.unreachable(),
    onError: (error) => errors.push(error),
  });
  expect(errors).toHaveLength(1);
});
