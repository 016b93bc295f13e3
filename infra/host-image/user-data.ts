import { readFileSync } from 'node:fs';
import { canonicalManifest, places as inside, sandboxManifest } from '../sandbox/manifest.ts';
import { type HostDefinition, hostSettings, type ParsedHostDefinition, parseHostDefinition } from './definition.ts';
import { firewall } from './firewall.ts';
import { systemSettings } from './settings.ts';
import { hostUnits } from './units.ts';
import { sysusers } from './users.ts';

/* From the definition to what cloud-init does on the first boot. */

/** The smallest limit of the providers we know is Hetzner's: 32 KiB. */
export const longestUserData = 32_768;

export interface HostFile {
  readonly path: string;
  /** Lines of printable ASCII, and the one letter of a piñata. */
  readonly content: string;
}

/** The scripts are files of their own, so that a shell's linter reads what the host runs. */
const script = (name: string): string => readFileSync(new URL(`files/${name}.sh`, import.meta.url), 'utf8');

const memoryMebibytes = 2048;

/** Every file that the definition puts on the host. */
export function hostFiles(definition: ParsedHostDefinition): readonly HostFile[] {
  const { release, volumes } = definition;
  const { given, configuration } = hostSettings(definition);
  const manifest = sandboxManifest({ configuration, privateAddresses: false, compiler: true, memoryMebibytes });
  const within = {
    ...given,
    ...(definition.testCredentials ? { testCredentials: inside.testCredentials } : {}),
    data: inside.data,
    sealPassphraseFile: inside.passphrase,
  };
  const variables = { RELEASE_URL: release.url, RELEASE_SHA256: release.sha256, VOLUME_PATTERNS: volumes.join(' ') };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  return [
    { path: '/etc/btc-pinata/host.env', content: lines.join('') },
    { path: '/etc/btc-pinata/configuration.json', content: `${JSON.stringify(within)}\n` },
    { path: '/etc/btc-pinata/sandbox.json', content: new TextDecoder().decode(canonicalManifest(manifest)) },
    ...['install', 'volume', 'unseal', 'report'].map((name) => ({
      path: `/etc/btc-pinata/${name}.sh`,
      content: script(name),
    })),
    { path: '/etc/nftables.conf', content: firewall(configuration.dialbackTargetPort) },
    { path: '/etc/sysusers.d/btc-pinata.conf', content: sysusers },
    ...systemSettings,
    ...hostUnits(manifest, configuration).map(({ name, text }) => ({
      path: `/etc/systemd/system/${name}`,
      content: text,
    })),
  ];
}

/**
 * The user-data of a VPS: a cloud-config for cloud-init, at most `longestUserData` bytes. The same definition has the same
 * bytes. Throws a `v.ValiError` or an UnusableSetting. There is nothing secret in it.
 */
export function renderUserData(definition: HostDefinition): string {
  const parsed = parseHostDefinition(definition);
  const text = `#cloud-config
hostname: ${parsed.name}
# No user but the system's, and no way in.
users:
- name: root
  lock_passwd: true
disable_root: true
ssh_pwauth: false
ssh_genkeytypes: [ed25519]
ssh:
  emit_keys_to_console: false
no_ssh_fingerprints: true
bootcmd:
- [systemctl, mask, ssh.service, ssh.socket]
write_files:
${hostFiles(parsed).map(entry).join('')}runcmd:
- [systemctl, daemon-reload]
- [systemctl, enable, --quiet, btc-pinata-install.service]
- [systemctl, start, --no-block, btc-pinata-install.service]
`;
  if (Buffer.byteLength(text) > longestUserData)
    throw new RangeError(`user-data of ${Buffer.byteLength(text)} bytes: a provider takes ${longestUserData}`);
  return text;
}

/** A literal block (YAML 1.2 §8.1.2). What could not be in one as it is would be a defect of ours. */
function entry({ path, content }: HostFile): string {
  if (!/^[!-~][ -~ñ\n]*\n$/.test(content)) throw new RangeError(`${path} is not lines of printable ASCII`);
  const lines = content.slice(0, -1).split('\n');
  return `- path: ${path}
  content: |
${lines.map((line) => (line === '' ? '\n' : `    ${line}\n`)).join('')}`;
}
