import type { VpsProvider } from './inputs.ts';

/*
 * The engine of Pulumi and the two plugins that it drives, as published: version, address and SHA-256 of each archive. npm has
 * none of them. A file of another hash is refused, from wherever it comes; docs/vps.md says where the hashes are from.
 */

export const platforms = ['linux-x64', 'linux-arm64', 'darwin-arm64'] as const;
export type Platform = (typeof platforms)[number];

export interface Pinned {
  /** `pulumi`, `hcloud`, `digitalocean`. */
  readonly name: string;
  readonly version: string;
  readonly url: (platform: Platform) => string;
  /** Hex, of the archive. */
  readonly sha256: Readonly<Record<Platform, string>>;
}

export const engine: Pinned = {
  name: 'pulumi',
  version: '3.261.0',
  url: (platform) => `https://get.pulumi.com/releases/sdk/pulumi-v3.261.0-${platform}.tar.gz`,
  sha256: {
    'linux-x64': '39bc0d2427e22ead6039fad7a7337c2fdc53a68b737ccc52dc897d244aaa8853',
    'linux-arm64': '631ab5c09455016087846c1142761cd16b2f1900dd71904a0c21193601f6fb0c',
    'darwin-arm64': '6cf9054b00de8c48599af6a6e3deaaf65bd0ca92447396912d05f2fa899e9fce',
  },
};

export const plugins = {
  hetzner: plugin('hcloud', '1.41.0', {
    'linux-x64': 'ded30dc150557d513fa8d3c9f28d2fdc3c9cee19b8fc3e3eb86558c1f83c7688',
    'linux-arm64': 'd0eb24d24948a68f759725ff6fb3f22703777e94bd974e59e820f0a766a026df',
    'darwin-arm64': 'd2910e178ad68614ea81cc05f270be267c4d5e21f996f0402e80daa4f95b45cc',
  }),
  digitalocean: plugin('digitalocean', '4.79.0', {
    'linux-x64': 'ebd22fa92a845652f92e6e283c52b814da36e2b2ddb2ca30e5534784c362b44e',
    'linux-arm64': '0b4cd9a8ecd3587377f7edfc1375d0cbf327598c698e88acd024da61583367b7',
    'darwin-arm64': 'd28b91221995580248b1a5a8dd06c96b598d0ff306713a5724920ffb60dbd431',
  }),
} as const satisfies Record<VpsProvider, Pinned>;

function plugin(name: string, version: string, sha256: Pinned['sha256']): Pinned {
  const file = (platform: Platform) => `pulumi-resource-${name}-v${version}-${platform.replace('x64', 'amd64')}.tar.gz`;
  return { name, version, url: (platform) => `https://api.pulumi.com/releases/plugins/${file(platform)}`, sha256 };
}
