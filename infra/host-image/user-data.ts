import { type HostDefinition, hostConfiguration, parseHostDefinition } from './definition.ts';

/**
 * The user-data of a VPS: a cloud-config of cloud-init, less than 16 KiB. The same definition has the same bytes. Throws a
 * `v.ValiError` or an UnusableSetting. There is nothing secret in it.
 */
export function renderUserData(definition: HostDefinition): string {
  const parsed = parseHostDefinition(definition);
  const configuration = hostConfiguration(parsed);
  return `#cloud-config\n${JSON.stringify({ hostname: parsed.name, write_files: [{ path: '/etc/btc-pinata/configuration.json', content: JSON.stringify(configuration) }] })}\n`;
}
