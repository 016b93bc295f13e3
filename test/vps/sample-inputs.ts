import type { VpsInputs } from '../../infra/vps/inputs.ts';

/** Of a deployment, which is in its labels. */
export const sampleId = '0123456789abcdef';

export const sampleUserData = '#cloud-config\n{"hostname":"demo"}\n';

export const hetznerSample = {
  provider: 'hetzner',
  name: 'demo',
  region: 'fsn1',
  serverType: 'cx23',
  userData: sampleUserData,
  reverseName: 'pinata.example.org',
} as const satisfies VpsInputs;

export const digitalOceanSample = {
  provider: 'digitalocean',
  name: 'demo',
  region: 'nyc3',
  serverType: 's-1vcpu-1gb',
  userData: sampleUserData,
} as const satisfies VpsInputs;
