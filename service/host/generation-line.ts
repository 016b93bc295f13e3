import { bytesToHex } from '@noble/hashes/utils.js';
import type { PublishedGeneration } from '../bounty/generation.ts';
import { type GenerationLine, traceFormat } from '../trace/index.ts';

/** What a store keeps of a generation, so that its traces can be replayed. */
export const generationLine = ({ id, bounty, website }: PublishedGeneration): GenerationLine => ({
  format: traceFormat,
  type: 'generation',
  generation: id,
  authority: bytesToHex(bounty.authority.der),
  leaves: {
    server: bytesToHex(bounty.server.der),
    client: bytesToHex(bounty.client.der),
    website: bytesToHex(website.leaf.der),
  },
});
