import type { Configuration } from '../../service/host/settings.ts';
import type { SandboxManifest } from './manifest.ts';

export function systemdUnits(
  _manifest: SandboxManifest,
  _configuration: Configuration,
): readonly { name: string; text: string }[] {
  return [];
}
