import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { willMake } from './leavings.ts';
import { attempt, run } from './run.ts';

/** A block device of 200 MiB that outlasts the machines it is attached to. For root. */
export class Volume {
  readonly device: string;
  readonly #folder: string;

  /** Blank, or with `content` at its beginning. */
  constructor(content = new Uint8Array()) {
    this.#folder = mkdtempSync(join(tmpdir(), 'pinata-volume-'));
    willMake({ kind: 'folder', path: this.#folder });
    const image = join(this.#folder, 'image');
    writeFileSync(image, content);
    truncateSync(image, 200 * 1024 * 1024);
    willMake({ kind: 'loop', image });
    this.device = run('losetup', '--find', '--show', image).trim();
  }

  remove(): void {
    attempt('losetup', ['--detach', this.device]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
