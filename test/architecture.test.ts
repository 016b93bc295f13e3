import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { programFiles } from '../service/host/program-files.ts';
import { filesBelow, type Import, importsOf, specifiers } from './support/imports.ts';

/* Design §2 as data: who may import whom, and what the files may look like. Every test names what it found. */

const root = resolve(import.meta.dirname, '..');
const everyFile = filesBelow(root);
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const sources = everyFile.filter((file) => /\.(ts|mjs)$/.test(file));
/** The two files that have to spell what they forbid. */
const spellsIt = (file: string) => ['test/architecture.test.ts', 'test/lint.test.ts'].includes(file);

/**
 * Area -> areas it may import. `: types` allows `import type` alone; a path allows that one file.
 * `service` is main.ts; an area that is not listed may import nothing but itself.
 */
const allowed: Record<string, readonly string[]> = {
  'service/main.ts': ['host', 'bounty', 'site', 'trace', 'tls', 'x509', 'bitcoin', 'attest'].map(
    (area) => `service/${area}`,
  ),
  // package.json has the version.
  'service/host': [
    ...['bounty', 'site', 'trace', 'tls/index.ts', 'nearest.ts', 'package.json', 'attest', 'bitcoin'].map(
      (area) => `service/${area}`,
    ),
    'status-page/chain',
  ],
  'service/bounty': ['service/tls/index.ts', 'service/x509/index.ts', 'service/bitcoin', 'service/attest'],
  'service/site': [
    ...['trace', 'attest', 'bitcoin'].map((area) => `service/${area}: types`),
    'status-page/chain: types',
  ],
  // The ports are constants: a verifier knows the names that their certificates have.
  'service/attest': ['service/bitcoin', 'service/x509/index.ts', 'service/bounty/endpoints.ts'],
  'service/tls': ['service/x509/index.ts', 'service/tls/kernels/index.ts'],
  'service/x509': ['service/tls/kernels/index.ts'],
  // Below both: arithmetic on bytes, which knows no record and no certificate.
  'service/tls/kernels': [],
  'service/bitcoin': [],
  'service/trace': ['service/tls/index.ts: types', 'service/x509/index.ts: types'],
  // Of every command line, so of the bundle and of the tools.
  'service/nearest.ts': [],
  'service/tools': [
    ...['tls', 'x509', 'bitcoin', 'attest', 'trace', 'nearest.ts'].map((area) => `service/${area}`),
    'service/bounty/endpoints.ts',
  ],
  infra: [
    ...['tools', 'attest', 'bitcoin', 'trace', 'nearest.ts'].map((area) => `service/${area}`),
    'status-page',
    'status-page/chain',
    'service/site/cyclone-dx.ts', // a bill of materials, as the program itself writes it
    'service/bounty/endpoints.ts',
    // A wallet is made and shown as the service makes and keeps it.
    ...['configuration', 'entropy', 'folder', 'open-wallet', 'private-file', 'sealed-wallet', 'settings'].map(
      (name) => `service/host/${name}.ts`,
    ),
    ...['unstartable', 'wallet-settings'].map((name) => `service/host/${name}.ts`),
    // The parent of a sandbox reads the settings, dials, and sees that the machine was resumed, as the service would.
    ...['brokered-dialler', 'configuration-document', 'descriptors', 'dialler', 'instance', 'memory'].map(
      (name) => `service/host/${name}.ts`,
    ),
    ...['ip-address', 'limits'].map((name) => `service/bounty/${name}.ts`),
  ],
  'status-page/chain': [],
  'status-page/document': ['status-page/chain'],
  'status-page': [
    ...['attest', 'bitcoin', 'trace', 'tls', 'x509'].map((area) => `service/${area}`),
    'status-page/chain',
    'status-page/document',
    // The page of the host and the page that watches it are of one paper.
    ...['html', 'http-date', 'json', 'logo', 'percentages'].map((name) => `service/site/${name}.ts`),
    // The poller asks as `btc-pinata challenge` does, by Node's TLS.
    'service/bounty/endpoints.ts',
    ...['challenge', 'challenge-authority', 'challenge-http', 'challenge-record', 'connect'].map(
      (name) => `service/tools/${name}.ts`,
    ),
    'service/tools/verify-evidence.ts',
  ],
  bench: ['service', 'infra', 'status-page'],
  test: ['service', 'infra', 'status-page', 'bench'],
  'vitest.config.ts': ['test/support/reporter.ts'],
};

/** Area -> packages from outside. The folders of the bundle that are not here need none; elsewhere the package.json decides. */
const packages: Record<string, readonly RegExp[]> = {
  'service/main.ts': [],
  'service/host': [/^node:/, /^valibot$/, /^@noble\/(hashes|curves|ciphers)\//, /^@scure\/base$/],
  'service/bounty': [/^@noble\/hashes\//, /^@scure\/base$/],
  'service/site': [/^@noble\/hashes\//, /^@scure\/base$/],
  'service/attest': [/^@noble\//, /^@scure\/base$/],
  'service/tls': [/^@noble\//],
  'service/tls/kernels': [/^@noble\//],
  'service/x509': [/^@noble\//, /^@scure\/base$/, /^pkijs$/, /^asn1js$/],
  'service/bitcoin': [/^@noble\//, /^@scure\/base$/],
  'service/trace': [/^@noble\/hashes\//],
  'service/nearest.ts': [],
  'status-page/chain': [/^valibot$/, /^@noble\/hashes\//, /^@scure\/base$/],
  'status-page/document': [/^valibot$/],
};

const pureFolders = ['tls', 'x509', 'bounty', 'bitcoin', 'attest', 'trace', 'site'].map((name) => `service/${name}`);
/** Each tsconfig of pure folders, and the folder it is in. */
const pureConfigs = { service: pureFolders, 'status-page': ['status-page/chain', 'status-page/document'] };

const areaOf = (file: string): string => {
  if (isWithin(file, 'service/tls/kernels')) return 'service/tls/kernels';
  const [first = '', second = ''] = file.split('/');
  return first === 'service' || pureConfigs['status-page'].some((folder) => isWithin(file, folder))
    ? `${first}/${second}`
    : first;
};
const isWithin = (file: string, place: string) => file === place || file.startsWith(`${place}/`);
const show = ({ from, to, kind }: Import) => `${from} -> ${to}${kind === 'type' ? ' (type)' : ''}`;

let imports: readonly Import[] = [];
beforeAll(async () => {
  imports = await importsOf(root, sources);
});

function mayImport({ from, to, kind }: Import): boolean {
  const area = areaOf(from);
  if (areaOf(to) === area) return true;
  return (allowed[area] ?? []).some((entry) => {
    const [place = '', only] = entry.split(': ');
    return isWithin(to, place) && (only === undefined || kind === 'type');
  });
}

describe('imports', () => {
  test('every area of the repository has a row in the table', () => {
    const areas = new Set(sources.map(areaOf));
    expect([...areas].filter((area) => !(area in allowed))).toEqual([]);
  });

  test('an area imports the areas of its row alone', () => {
    const between = imports.filter(({ external }) => !external);
    expect(between.length).toBeGreaterThan(100);
    expect(between.filter((entry) => !mayImport(entry)).map(show)).toEqual([]);
  });

  test('the folders of the bundle use the packages of their row alone', () => {
    const outside = imports.filter(({ from, external }) => external && areaOf(from) in packages);
    const stray = outside.filter(({ from, to }) => !(packages[areaOf(from)] ?? []).some((name) => name.test(to)));
    expect(stray.map(show)).toEqual([]);
  });

  test('bait.ts is imported by main.ts and conversation.ts alone', () => {
    const importers = imports.filter(({ to, from }) => to === 'service/bounty/bait.ts' && areaOf(from) !== 'test');
    const expected = ['service/main.ts', 'service/bounty/conversation.ts'];
    expect(importers.map(({ from }) => from).filter((from) => !expected.includes(from))).toEqual([]);
  });

  test('the key of the wallet is handed out to be sealed, and to no other file', () => {
    const importers = imports.filter(({ to, from }) => to === 'service/bitcoin/sealing.ts' && areaOf(from) !== 'test');
    const expected = ['service/host/sealed-wallet.ts', 'service/host/tpm-wallet.ts'];
    expect(importers.map(({ from }) => from).filter((from) => !expected.includes(from))).toEqual([]);
  });

  test('the buffer of that key is handed to the other threads by main.ts alone', () => {
    const importers = imports.filter(({ to, from }) => to === 'service/bitcoin/sharing.ts' && areaOf(from) !== 'test');
    expect(importers.map(({ from }) => from).filter((from) => from !== 'service/main.ts')).toEqual([]);
  });

  test('what main.ts reaches is the bundle, and node:* is reached by host/ alone', () => {
    const bundle = closure('service/main.ts');
    expect(bundle.size).toBeGreaterThan(50);
    const strangers = [...bundle].filter((file) => !(areaOf(file) in packages) && file !== 'service/package.json');
    expect(strangers).toEqual([]);
    const node = imports.filter(({ from, to }) => bundle.has(from) && to.startsWith('node:'));
    expect(node.filter(({ from }) => areaOf(from) !== 'service/host').map(show)).toEqual([]);
  });

  test('what main.ts reaches is in the name by which a program of source files is known', () => {
    const found = programFiles(join(root, 'service/main.ts'));
    const named = new Set(found.type === 'sources' ? found.files.map(({ path }) => path) : []);
    expect([...closure('service/main.ts')].filter((file) => !named.has(file))).toEqual([]);
  });

  test('a package a workspace imports is a dependency of that workspace, at the version of the root', () => {
    const pinned = dependencies('package.json');
    for (const workspace of ['service', 'infra', 'status-page']) {
      const own = dependencies(`${workspace}/package.json`);
      const used = imports.filter(
        ({ from, to, external }) => external && isWithin(from, workspace) && !to.startsWith('node:'),
      );
      const undeclared = used.filter(({ to }) => !(packageName(to) in own));
      expect(undeclared.map(show)).toEqual([]);
      for (const [name, version] of Object.entries(own)) {
        if (name in pinned) expect(`${name}@${version}`).toBe(`${name}@${pinned[name]}`);
      }
    }
  });

  test('the scan finds every form of import', () => {
    const forms = [
      "import 'a';",
      "import b from 'b';",
      "import * as c from 'c';",
      "import type { D } from 'd';",
      "import {\n  type E,\n  e,\n} from 'e';",
      "export * from 'f';",
      "export type { G } from 'g';",
      "const h = await import('h');",
      "type I = import('i').I;",
    ];
    expect(specifiers(forms.join('\n'))).toEqual(new Set('abcdefghi'));
    expect([...specifiers("export const from = 'x';\nconst s = \"import 'y'\";")]).toEqual([]);
  });
});

function closure(entry: string): Set<string> {
  const reached = new Set([entry]);
  for (const file of reached) {
    for (const { from, to, kind, external } of imports) {
      if (from === file && kind === 'value' && !external) reached.add(to);
    }
  }
  return reached;
}

const packageName = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

function dependencies(file: string): Record<string, string> {
  const manifest: { dependencies?: Record<string, string>; devDependencies?: Record<string, string> } = JSON.parse(
    text(file),
  );
  return { ...manifest.dependencies, ...manifest.devDependencies };
}

describe('files', () => {
  test('none is over 400 lines', () => {
    const long = sources.filter((file) => lines(file) > 400);
    expect(long.map((file) => `${file}: ${lines(file)}`)).toEqual([]);
  });

  test('most are under 150 lines', () => {
    const program = sources.filter((file) => !isWithin(file, 'test'));
    const short = program.filter((file) => lines(file) < 150);
    expect(short.length / program.length).toBeGreaterThan(0.75);
  });

  test('the bundle asks nobody anything but the explorers that were configured, and the metadata of its machine', () => {
    const bundle = sources.filter((file) => isWithin(file, 'service') && !isWithin(file, 'service/tools'));
    const askers = bundle.filter((file) =>
      /\bfetch[,(]|\bnew WebSocket\(|from 'node:(https?|http2|dns)/.test(text(file)),
    );
    const known = ['service/host/chain-watcher.ts', 'service/host/hint-socket.ts', 'service/host/machine-metadata.ts'];
    expect(askers.filter((file) => !known.includes(file))).toEqual([]);
  });

  test('none is called manager, helper or utils', () => {
    expect(sources.filter((file) => /manager|helper|util/i.test(basename(file)))).toEqual([]);
  });

  test('nothing says `npx pinata`, which is somebody else’s package', () => {
    const readable = everyFile.filter((file) => /\.(ts|mjs|json|md|html|css|sh|yml|svg)$|\/run$/.test(file));
    expect(
      readable.filter((file) => !spellsIt(file) && /\bnp(x|m exec|m i|m install) pinata\b/.test(text(file))),
    ).toEqual([]);
  });

  test('nobody switches the type checker off; a test may show that something does not compile, and says what', () => {
    const off = sources
      .filter((file) => !spellsIt(file) && !isWithin(file, 'test'))
      .filter((file) => /@ts-(ignore|nocheck|expect-error)|\bas unknown as\b/.test(text(file)));
    const inTests = sources
      .filter((file) => !spellsIt(file) && isWithin(file, 'test'))
      .filter((file) => /@ts-(ignore|nocheck)|@ts-expect-error(?!( \S+){3})/.test(text(file)));
    expect([...off, ...inTests]).toEqual([]);
  });

  test('nothing but a test trusts without an anchor: no UnverifiedTrust, and no UnverifiedPeer, outside the engine', () => {
    const program = sources.filter((file) => !isWithin(file, 'test'));
    const speakers = program.filter((file) => /\bjudgeUnverified\b|\b[uU]nverified(Trust|Peer)\b/.test(text(file)));
    expect(speakers.filter((file) => !isWithin(file, 'service/tls'))).toEqual([]);
    // The engine asks such a verifier, and has none: nowhere a property or a method of that name is made.
    const makers = program.filter((file) =>
      /\bjudgeUnverified\s*(\(\s*[\w[{)].*\{|:(?! \(certificates: readonly))/.test(text(file)),
    );
    expect(makers).toEqual([]);
  });

  test('a session dispatches as the engine does: the place of a replay is taken in tools/ alone', () => {
    const program = sources.filter((file) => !isWithin(file, 'test'));
    const makers = program.filter((file) => /\bnew Connection\(/.test(text(file)) && !isWithin(file, 'service/tools'));
    expect(makers).toEqual(['service/tls/session.ts']);
    const given = [...text('service/tls/session.ts').matchAll(/new Connection\((.*)\);/g)].map(([, words]) => words);
    expect(given).toEqual([
      "{ role: 'server', state: { name: 'start' }, context }, config.paddingMultiple ?? 1",
      "{ role: 'client', state, context }, config.paddingMultiple ?? 1",
    ]);
    const givers = program.filter((file) => /\bDispatch\b/.test(text(file)) && !isWithin(file, 'service/tools'));
    expect(new Set(givers)).toEqual(new Set(['service/tls/connection.ts', 'service/tls/dispatcher.ts']));
    const secretive = program.filter((file) => /\bownSecrets\(|: OwnSecrets =/.test(text(file)));
    const made = ['service/tls/own-secrets.ts', 'service/tls/session.ts', 'service/tools/replay-secrets.ts'];
    expect(new Set(secretive)).toEqual(new Set(made));
  });

  test('a rule of the linter is switched off with its reason beside it', () => {
    const bare = sources
      .filter((file) => !spellsIt(file))
      .flatMap((file) =>
        [...text(file).matchAll(/biome-ignore\S* [^\s:]+(.*)/g)]
          .filter(([, reason = '']) => !/^: (\S+ ){3,}/.test(`${reason} `))
          .map(([line]) => `${file}: ${line}`),
      );
    expect(bare).toEqual([]);
  });

  test('a test is never focused, and skipped only by a condition', () => {
    const marked = sources.filter(
      (file) => isWithin(file, 'test') && /\b(test|it|describe)\.(only|skip|todo)\(/.test(text(file)),
    );
    expect(marked).toEqual([]);
  });
});

describe('the pure folders', () => {
  test.each(Object.entries(pureConfigs))('of %s: their tsconfig has no library but the language', (home, folders) => {
    const config: { compilerOptions: { lib: string[]; types: string[] }; include: string[] } = JSON.parse(
      text(`${home}/tsconfig.pure.json`),
    );
    expect(config.compilerOptions).toEqual({ lib: ['es2024'], types: [] });
    expect(new Set(config.include.map((folder) => `${home}/${folder}`))).toEqual(new Set(folders));
  });

  test('are in the linter’s list of what may not read a clock or draw a number', () => {
    const config: { overrides: { includes: string[]; plugins?: string[] }[] } = JSON.parse(text('biome.json'));
    const pure = config.overrides.find(
      ({ plugins }) => plugins?.includes('./test/support/no-math-random.grit') === true,
    );
    expect(new Set(pure?.includes)).toEqual(
      new Set(
        Object.values(pureConfigs)
          .flat()
          .map((folder) => `${folder}/**`),
      ),
    );
  });
});

/** A section of a specification: RFC, FIPS, SEC 1, X.690, SP 800, BIP. */
const citation = /\bRFC \d{4}|\bFIPS \d+|\bSEC ?1\b|\bX\.6[89]\d|\bSP 800-\d+|§\s?[\dA-Z]/;

/** Of no specification but our own design: how an error is a value, what a proof is, which of our options a config leaves. */
const ours = ['service/x509/result.ts', 'service/tls/verified-peer.ts', 'service/tls/parameters.ts'];

describe.each(['service/tls', 'service/x509'])('%s', (folder) => {
  const files = sources.filter((file) => areaOf(file) === folder);

  test('each exported function says which section it is, itself or at the head of its file', () => {
    expect(files.length).toBeGreaterThan(10);
    const silent = files
      .filter((file) => !ours.includes(file))
      .flatMap((file) => silentFunctions(text(file)).map((name) => `${file}: ${name}`));
    expect(silent).toEqual([]);
  });

  test('15 or more citations to 1000 lines', () => {
    const all = files.map(text).join('\n');
    const citations = all.match(new RegExp(citation, 'g'))?.length ?? 0;
    expect((citations * 1000) / all.split('\n').length).toBeGreaterThanOrEqual(15);
  });
});

/** What a file with limbs computes stands in no specification, and is to be said all the more. */
test('each kernel says at its head what it is', () => {
  const files = sources.filter((file) => areaOf(file) === 'service/tls/kernels');
  expect(files.length).toBeGreaterThan(10);
  const heads = files.map((file) => ({ file, head: text(file).split(/^export (?:function|const|class) /m)[0] ?? '' }));
  expect(heads.filter(({ head }) => !head.includes('/*')).map(({ file }) => file)).toEqual([]);
});

/** Exported functions with no citation right above them, in a file without one before its first function. */
function silentFunctions(source: string): string[] {
  const exported =
    /(\/\*\*(?:[^*]|\*(?!\/))*\*\/\n|(?:\/\/.*\n)+)?^export (?:(?:async )?function (\w+)|const (\w+)[^\n]*=> *\S)/gm;
  const functions = [...source.matchAll(exported)];
  const head = source.slice(0, functions[0]?.index ?? 0).match(/\/\*[\s\S]*?\*\/|\/\/.*/g) ?? [];
  if (head.some((comment) => citation.test(comment))) return [];
  return functions.flatMap(([, comment = '', name, constant]) =>
    citation.test(comment) ? [] : [name ?? constant ?? 'a function without a name'],
  );
}

function lines(file: string): number {
  return text(file).split('\n').length - 1;
}
