import type { ChainDocument, ChainMemory } from '../chain/index.ts';
import type { Door } from '../document/index.ts';
import type { Finding } from './finding.ts';
import type { ArchiveSeen } from './look-archive.ts';
import type { DoorSeen } from './look-doors.ts';
import type { PageSeen } from './look-page.ts';
import type { Answered } from './look-proof.ts';

/** A notice of the operator whose signature was verified. */
export interface RetirementSeen {
  readonly announcedAt: number;
  readonly effectiveAt: number;
  readonly text: string;
  /** As it was signed and stored. */
  readonly document: string;
}

/** What one run found out. Nothing of it depends on what another run found meanwhile. */
export interface Findings {
  /** When it began, whole seconds since 1970: what the run is known by. */
  readonly at: number;
  readonly chain: Finding<{ readonly document: ChainDocument; readonly memory: ChainMemory }>;
  /** Those that were looked at. */
  readonly doors: Readonly<Partial<Record<Door, Finding<DoorSeen>>>>;
  readonly page: Finding<PageSeen>;
  readonly proof: Finding<Answered>;
  /** Undefined where there was nothing to do. */
  readonly archive: Finding<ArchiveSeen> | undefined;
  /** `value` undefined: there is no notice. */
  readonly retirement: Finding<RetirementSeen | undefined>;
}
