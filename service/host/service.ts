import { isIP } from 'node:net';
import { challengeLength, type SignStatement } from '../attest/index.ts';
import type { Terms } from '../bounty/conversation.ts';
import { Credentials } from '../bounty/credentials.ts';
import { generationEntropyLength } from '../bounty/generation.ts';
import { inRange, parseIpAddress, parseIpRange } from '../bounty/ip-address.ts';
import { createManagementSite, createSite, type SiteView, type WalletView } from '../site/index.ts';
import { Admission } from './admission.ts';
import type { Attester } from './attester.ts';
import { CertificateArchive } from './certificate-archive.ts';
import { type ChainWatcher, startChainWatcher } from './chain-watcher.ts';
import type { Clock } from './clock.ts';
import { descriptorLimit, withinDescriptors } from './descriptors.ts';
import { type Dialler, ownDialler } from './dialler.ts';
import { common, openAllDoors, startThreads, type ThreadProgram } from './doors.ts';
import { HostEvidence } from './evidence.ts';
import { generationLine } from './generation-line.ts';
import { House } from './house.ts';
import { IncidentLog } from './incident-log.ts';
import { Ledger } from './ledger.ts';
import type { InheritedSocket, PortNumbers } from './listeners.ts';
import { type Log, originOf } from './log.ts';
import { type Management, openManagement } from './management.ts';
import { type ManagementSources, managementView } from './management-view.ts';
import { memoryLimit, withinMemory } from './memory.ts';
import { HostNotary } from './notary.ts';
import { openTraceStore } from './open-trace-store.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { createReading } from './reading.ts';
import { RecentLog } from './recent-log.ts';
import { startRotation } from './rotation.ts';
import type { Sandbox } from './sandbox.ts';
import type { Configuration } from './settings.ts';
import { generationView, siteView, standing } from './site-view.ts';
import { environmentOf, newestFirst, termsOf } from './terms.ts';
import { writeTestCredentials } from './test-credentials-folder.ts';
import type { TraceStore } from './trace-store.ts';

/* The whole of the running bounty, from a configuration and a bait. */

export interface ServiceOptions {
  readonly configuration: Configuration;
  readonly bait: Terms['bait'];
  readonly wallet: WalletView;
  readonly program: SiteView['program'];
  /** What statements say is running (attest/build-identity.ts), and whoever signs them. */
  readonly attestation: {
    readonly build: string;
    /** Around this process, where there is one. */
    readonly sandbox?: Sandbox | undefined;
    readonly sign: SignStatement;
  };
  /** Of a machine with a TPM: its word stands beside each statement. */
  readonly attester?: Attester | undefined;
  readonly manifest: SiteView['manifest'];
  readonly inherited: readonly InheritedSocket[];
  /** Where `configuration.threads` is more than 0. */
  readonly threadProgram?: ThreadProgram | undefined;
  /** Whoever connects in our place; without it, this process does. */
  readonly dialler?: Dialler | undefined;
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly log: Log;
  /** How often the clock is looked at for a rotation; a minute without it. */
  readonly rotationMilliseconds?: number;
  /** Where attempts go; for a test that reads what was written down. */
  readonly traces?: TraceStore;
}

export interface Service {
  readonly ports: PortNumbers;
  /** Where one of this machine reaches it. */
  readonly host: string;
  /** Where the operator's own pages are, if there are any: never one of `ports`. */
  readonly management: { readonly address: string; readonly port: number } | undefined;
  /** SHA-256 of the two authorities, hex. */
  readonly caSha256: string;
  readonly siteCaSha256: string;
  /** Accepts nobody any more, lets handshakes end, and resolves when the last one is gone. */
  stop(): Promise<void>;
}

export async function openService(options: ServiceOptions): Promise<Service> {
  const { configuration, clock, entropy } = options;
  const recent = new RecentLog(options.log);
  const { log } = recent;
  const archive = configuration.data === undefined ? undefined : new CertificateArchive(configuration.data);
  const traces = options.traces ?? (await openTraceStore({ configuration, clock, entropy, log }));
  const credentials = new Credentials(
    {
      lifetimeSeconds: configuration.certificateDays * 86_400,
      website: websiteNames(configuration),
      testCredentials: configuration.testCredentials !== undefined,
      firstNumber: archive?.nextNumber ?? 1,
      handsOver: configuration.threads > 0,
      publish: (generation) => {
        if (configuration.testCredentials !== undefined)
          writeTestCredentials(configuration.testCredentials, generation);
        traces.generation(generationLine(generation.published));
        archive?.keep(generationView(generation.published)); // last: what is kept here has begun
      },
    },
    entropy(generationEntropyLength),
    clock.seconds(),
  );

  const pseudonyms = new Pseudonyms(entropy);
  const ledger = new Ledger(entropy(32), clock, {
    store: traces,
    pseudonym: (prefix) => pseudonyms.of(prefix, clock.seconds()),
    test: configuration.testCredentials !== undefined,
  });
  const environment = environmentOf(clock, entropy);
  const allowPrivate = configuration.allowPrivateDialback ?? isLocal(options);
  // What the page says is fixed once all ports are known: who comes before that waits for it.
  let view: (() => SiteView) | undefined;
  const early: (() => void)[] = [];
  let notary: HostNotary | undefined;
  let chain: ChainWatcher | undefined;
  const { attester } = options;
  const evidence = attester === undefined ? undefined : new HostEvidence({ attester, entropy, log });
  const site = createSite({
    now: clock.seconds,
    revision: () => ledger.revision + credentials.current.number + (notary?.revision ?? 0) + (chain?.revision ?? 0),
    challenges: {
      length: challengeLength,
      take: (challenge) => notary?.challenges.take(challenge),
      find: (id) => notary?.challenges.find(id),
    },
    ...(evidence === undefined ? {} : { evidence: evidence.store }),
    view: () => {
      if (view === undefined) throw new Error('the page was asked for before the ports were open');
      return view();
    },
  });
  const places = withinMemory(
    withinDescriptors(configuration, descriptorLimit()),
    memoryLimit(),
    configuration.threads,
  );
  // On loopback nobody comes who could fill them, and whoever tries the program first need not be told.
  if (places.connections < configuration.connections && !isLocal(options)) {
    log('fewer_places', { connections: places.connections, perPrefix: places.connectionsPerPrefix });
  }
  const { correlator, limits, memory } = common(configuration, places, entropy);
  const house = new House({
    terms: termsOf(configuration, clock, {
      bait: options.bait,
      correlator,
      lease: (role) => credentials.lease(role),
      environment,
    }),
    admission: new Admission(places, limits),
    ledger,
    website: {
      site,
      credentials,
      environment,
      versions: newestFirst(configuration.tlsWebsite ?? configuration.tls),
    },
    log,
    handshakeMilliseconds: configuration.handshakeSeconds * 1000,
    dialback: {
      dialler: options.dialler ?? ownDialler,
      port: configuration.dialbackTargetPort,
      allowPrivate,
      milliseconds: configuration.dialbackSeconds * 1000,
    },
  });
  const threads = await startThreads({
    configuration,
    program: options.threadProgram,
    memory,
    generation: credentials.handed,
    allowPrivateDialback: allowPrivate,
    clock,
    ledger,
    log,
  });
  const listeners = await openAllDoors(
    {
      addresses: configuration.listen,
      ports: {
        http: configuration.httpPort,
        https: configuration.httpsPort,
        server: configuration.serverPort,
        dialback: configuration.dialbackPort,
        reverse: configuration.reversePort,
      },
      inherited: options.inherited,
      accept: (key) => {
        const receive = house.accept(key);
        return (socket) => {
          if (view !== undefined) return receive(socket);
          socket.on('error', () => undefined); // nobody else listens yet
          early.push(() => receive(socket));
        };
      },
      onError: (key, error) => log('accept_failed', { port: key, ...originOf(error) }),
    },
    threads,
    configuration,
    log,
  ).catch(async (error: unknown) => {
    await threads?.terminate();
    throw error;
  });
  const close = async (): Promise<void> => {
    listeners.close();
    await threads?.terminate();
  };

  const incidents = new IncidentLog(configuration.data);
  const fixed = {
    archive: traces,
    reading: createReading(),
    incidents: () => incidents.read(),
    log: () => recent.lines,
    breachDelayHours: configuration.breachDelayHours,
    program: options.program,
    manifest: options.manifest,
    sandbox: options.attestation.sandbox?.text,
    wallet: options.wallet,
    test: configuration.testCredentials !== undefined,
    startedAt: clock.seconds(),
    threads: configuration.threads,
    endpoints: {
      host: configuration.name[0] ?? reachableAt(listeners.addresses),
      ports: listeners.ports,
      dialBackTarget: configuration.dialbackTargetPort,
    },
    dialBack: {
      allowPrivate,
      timeoutSeconds: configuration.dialbackSeconds,
      perPrefixPerMinute: configuration.dialbacksPerMinute,
    },
    operator: {
      ...(configuration.operator === undefined ? {} : { name: configuration.operator }),
      ...(configuration.contact === undefined ? {} : { contact: configuration.contact }),
      ...(configuration.statusPage === undefined ? {} : { statusPage: configuration.statusPage }),
    },
  };
  const signing = orClosed(
    () => void close(),
    () =>
      new HostNotary({
        clock,
        entropy,
        log,
        sign: options.attestation.sign,
        standing: () => standing(fixed, options.attestation, credentials.published[0]),
        onSigned: ({ statement }) => evidence?.attest(statement),
      }),
  );
  notary = signing;
  const shown = () => ({ ...fixed, proof: signing.latest, ...(chain === undefined ? {} : { chain: chain.document }) });
  view = () => siteView(shown(), credentials.published, archive?.archived ?? [], ledger);
  for (const receive of early.splice(0)) receive();

  const rotation = startRotation({
    credentials,
    clock,
    entropy,
    threads,
    onRotated: ({ number, id }) => {
      signing.renew();
      log('rotated', { generation: number, caSha256: id });
    },
    onError: (error) => log('rotation_failed', originOf(error)),
    ...(options.rotationMilliseconds === undefined ? {} : { everyMilliseconds: options.rotationMilliseconds }),
  });
  const { authority } = generationView(credentials.current).website;
  const management = await manage(options, {
    startedAt: fixed.startedAt,
    ledger,
    archive: traces,
    credentials,
    recent,
  }).catch((error: unknown) => {
    rotation.stop();
    signing.stop();
    void close();
    throw error;
  });
  if (configuration.chain.length > 0) {
    chain = startChainWatcher({ wallet: options.wallet, urls: configuration.chain, clock, entropy, log });
  }
  return {
    ports: listeners.ports,
    host: reachableAt(listeners.addresses),
    caSha256: credentials.current.id,
    siteCaSha256: authority.sha256,
    management,
    stop: async () => {
      rotation.stop();
      signing.stop();
      evidence?.stop();
      chain?.stop();
      listeners.close();
      const patience = configuration.shutdownSeconds * 1000;
      await Promise.all([house.empty(patience), threads?.stop(patience, log)]);
      await traces.close();
      management?.close();
    },
  };
}

/** Nobody is to find a port open behind which there is no piñata. */
function orClosed<T>(close: () => void, made: () => T): T {
  try {
    return made();
  } catch (error) {
    close();
    throw error;
  }
}

/** The operator's listener, where one is asked for. */
async function manage(
  { configuration, program, manifest, clock, inherited }: ServiceOptions,
  sources: Omit<ManagementSources, 'program'>,
): Promise<Management | undefined> {
  const { managementListen: address, managementPort: port, network } = configuration;
  if (port === undefined) return undefined;
  const { version, build } = program;
  const view = managementView({ ...sources, program: { version, build, node: manifest.node, network } });
  const site = createManagementSite({ now: clock.seconds, view });
  const descriptor = inherited.find(({ key }) => key === 'management')?.descriptor;
  return openManagement({ address, port, descriptor, site, log: sources.recent.log });
}

/** Everything the page may be called by: loopback, what it listens on, and the names it was given. */
function websiteNames({ listen, name }: Configuration) {
  const given = [...listen.filter((address) => !isWildcard(address)), ...name];
  return {
    dnsNames: [...new Set(['localhost', ...given.filter((text) => isIP(text) === 0)])],
    ipAddresses: [...new Set(['127.0.0.1', '::1', ...given.filter((text) => isIP(text) !== 0)])],
  };
}

/** Whom a visitor can be is known only where we opened the sockets ourselves: those handed in may be anybody's. */
const isLocal = ({ configuration, inherited }: ServiceOptions): boolean =>
  inherited.length === 0 && configuration.listen.every(isLoopback);

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

const loopback = [parseIpRange('127.0.0.0/8'), parseIpRange('::1/128')];
const isLoopback = (text: string): boolean => {
  const address = parseIpAddress(text);
  return address !== undefined && loopback.some((range) => inRange(address, range));
};

function reachableAt([first = '127.0.0.1']: readonly string[]): string {
  if (first === '0.0.0.0') return '127.0.0.1';
  return first === '::' ? '::1' : first;
}
