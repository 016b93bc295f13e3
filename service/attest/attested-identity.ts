import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { taggedHash } from '../bitcoin/index.ts';

/*
 * What a quote is over. The statement (bitcoin/statement.ts) names wallet, both authorities and build, and holds the root of
 * the challenges that wait; the configuration of a measured image is beside it, for no statement has a line for it. One
 * hash binds them: a quote for another statement, another nonce or another machine's statement has another one.
 */

/** In place of the hash of a configuration where none was measured. */
const noConfiguration: Uint8Array = new Uint8Array(32);

/**
 * The extraData of the quote, and the user_data of a NitroTPM document: 32 bytes. `configuration` is the canonical form that
 * was measured (machine-configuration.ts), of a machine that measures one.
 */
export const attestedIdentity = (statement: string, configuration: Uint8Array | undefined): Uint8Array =>
  taggedHash(
    'btc-pinata/attested-identity/v1',
    sha256(utf8ToBytes(statement)),
    configuration === undefined ? noConfiguration : sha256(configuration),
  );
