import { base64, hex } from '@scure/base';
import type { PackageView } from './view.ts';

/* A bill of materials, CycloneDX 1.6 (ECMA-424), as JSON: what a program is made of, for people and for scanners. */

export interface BillOfMaterials {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface Component {
  readonly type: 'application' | 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Package URL. */
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: 'SHA-256' | 'SHA-512'; readonly content: string }[];
  readonly licenses?: readonly ({ readonly license: { readonly id: string } } | { readonly expression: string })[];
  readonly externalReferences?: readonly { readonly type: 'vcs'; readonly url: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

export interface Materials {
  readonly version: string;
  /** SHA-256 of the one file, lower-case hex; undefined where it runs from source files. */
  readonly build: string | undefined;
  readonly source: string | undefined;
  /** `v24.21.0`. */
  readonly node: string;
  /** Of a program that runs: who computes X25519, P-256, key agreement on P-384, Ed25519 and the AEADs. It holds both. */
  readonly crypto?: 'noble' | 'fast';
  readonly packages: readonly PackageView[];
}

/** Without a time and a serial number of its own: the same materials give the same bytes. */
export function billOfMaterials({ version, build, source, node, crypto, packages }: Materials): BillOfMaterials {
  const components = [platform(node), ...packages.map(library)];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': program,
        name: program,
        version,
        description: 'A bounty: break this TLS stack and take the bitcoin.',
        ...(build === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: build }] }),
        ...licensed('BSD-2-Clause'),
        ...(source === undefined ? {} : { externalReferences: [{ type: 'vcs', url: source }] }),
        ...(crypto === undefined ? {} : { properties: [{ name: 'btc-pinata:crypto', value: crypto }] }),
      },
    },
    components,
    dependencies: [{ ref: program, dependsOn: components.map((component) => component['bom-ref']) }],
  };
}

const program = 'btc-pinata';

function platform(node: string): Component {
  const version = node.replace(/^v/, '');
  const purl = `pkg:generic/node@${version}`;
  return { type: 'platform', 'bom-ref': purl, name: 'node', version, purl, ...licensed('MIT') };
}

function library({ name, version, integrity, license, purpose }: PackageView): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const digest = integrity === undefined ? undefined : sha512Of(integrity);
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    ...(purpose === undefined ? {} : { description: purpose }),
    purl,
    ...(digest === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: digest }] }),
    ...(license === undefined ? {} : licensed(license)),
  };
}

const licensed = (license: string): Pick<Component, 'licenses'> => {
  if (license === 'NOASSERTION') return {};
  return { licenses: [/^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license }] };
};

/** Of an integrity of npm's lockfile (Subresource Integrity): undefined where it holds another digest. */
function sha512Of(integrity: string): string | undefined {
  const [, text] = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity) ?? [];
  return text === undefined ? undefined : hex.encode(base64.decode(text));
}
