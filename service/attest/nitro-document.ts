import { failure, type Result, success } from '../x509/index.ts';
import { type Cbor, CborMap, decodeCbor, decodeFirstCbor, encodeCbor } from './cbor.ts';
import { type CoseSign1, decodeSign1 } from './cose.ts';

/*
 * The attestation document of AWS Nitro: of NitroTPM (Amazon EC2 User Guide, "Attestation document contents"), and of Nitro Enclaves, which differs in the
 * name of one field.
 */

export interface NitroDocument {
  readonly moduleId: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Of the SHA-384 bank, 48 octets each. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  /** DER, of the key that signed the document. */
  readonly certificate: Uint8Array;
  /** DER, from the root down to the issuer of `certificate`. */
  readonly cabundle: readonly Uint8Array[];
  readonly publicKey: Uint8Array | undefined;
  readonly userData: Uint8Array | undefined;
  readonly nonce: Uint8Array | undefined;
}

export type NitroSource = 'nitrotpm' | 'enclave';

const pcrFields: Readonly<Record<NitroSource, string>> = { nitrotpm: 'nitrotpm_pcrs', enclave: 'pcrs' };

/** AWS's own bounds for the three fields that the caller fills. */
const longestField = 1024;

/** The signed envelope and the document in it; nothing is verified yet. */
export function decodeNitroDocument(
  bytes: Uint8Array,
  source: NitroSource,
): Result<{ readonly envelope: CoseSign1; readonly document: NitroDocument }, string> {
  const envelope = decodeSign1(bytes);
  if (!envelope.ok) return envelope;
  const payload = decodeCbor(envelope.value.payload);
  if (!payload.ok) return failure(`payload: ${payload.fault}`);
  const document = readDocument(payload.value, source);
  return typeof document === 'string' ? failure(document) : success({ envelope: envelope.value, document });
}

const fields: ReadonlySet<string> = new Set([
  'module_id',
  'digest',
  'timestamp',
  'certificate',
  'cabundle',
  'public_key',
  'user_data',
  'nonce',
]);

function readDocument(value: Cbor, source: NitroSource): NitroDocument | string {
  if (!(value instanceof CborMap)) return 'the payload is no map';
  const stray = value.entries.find(([key]) => key !== pcrFields[source] && !fields.has(String(key)));
  if (stray !== undefined) return `it has a field ${JSON.stringify(String(stray[0]))}, which the format does not have`;
  const moduleId = value.get('module_id');
  const timestamp = value.get('timestamp');
  const certificate = value.get('certificate');
  if (typeof moduleId !== 'string' || moduleId === '') return 'module_id is no text';
  if (value.get('digest') !== 'SHA384') return 'digest is not SHA384';
  if (typeof timestamp !== 'bigint' || timestamp <= 0n || timestamp > 8_640_000_000_000_000n)
    return 'timestamp is no time';
  if (!isBytes(certificate)) return 'certificate is no byte string';
  const pcrs = readPcrs(value.get(pcrFields[source]));
  if (typeof pcrs === 'string') return `${pcrFields[source]}: ${pcrs}`;
  const cabundle = value.get('cabundle');
  if (!Array.isArray(cabundle) || cabundle.length === 0 || cabundle.length > 6 || !cabundle.every(isBytes))
    return 'cabundle is no list of 1 to 6 byte strings';
  const optional = ['public_key', 'user_data', 'nonce'].map((name) => readOptional(value.get(name)));
  if (optional.includes('malformed'))
    return `public_key, user_data or nonce is neither null nor at most ${longestField} bytes`;
  const [publicKey, userData, nonce] = optional.map((field) => (typeof field === 'string' ? undefined : field));
  return { moduleId, timestamp: Number(timestamp), pcrs, certificate, cabundle, publicKey, userData, nonce };
}

const isBytes = (value: Cbor | undefined): value is Uint8Array => value instanceof Uint8Array;

function readPcrs(value: Cbor | undefined): ReadonlyMap<number, Uint8Array> | string {
  if (!(value instanceof CborMap) || value.entries.length === 0 || value.entries.length > 32)
    return 'no map of 1 to 32 registers';
  const pcrs = new Map<number, Uint8Array>();
  for (const [key, digest] of value.entries) {
    if (typeof key !== 'bigint' || key < 0n || key > 31n) return `${key} is no register`;
    if (!isBytes(digest) || digest.length !== 48) return `PCR ${key} has not 48 octets`;
    pcrs.set(Number(key), digest);
  }
  return pcrs;
}

function readOptional(value: Cbor | undefined): Uint8Array | undefined | 'malformed' {
  if (value === null || value === undefined) return undefined;
  return isBytes(value) && value.length <= longestField ? value : 'malformed';
}

/** As the Nitro Security Module is asked: `{"Attestation": {user_data, nonce, public_key}}`. */
export const encodeNitroRequest = (userData: Uint8Array, nonce: Uint8Array): Uint8Array =>
  encodeCbor(
    new CborMap([
      [
        'Attestation',
        new CborMap([
          ['user_data', userData],
          ['nonce', nonce],
          ['public_key', null],
        ]),
      ],
    ]),
  );

/**
 * Its answer: the signed document, or the word that it gives for what went wrong. It stands at the head of an NV index that is
 * longer, and what follows it there is nobody's.
 */
export function decodeNitroResponse(bytes: Uint8Array): Result<Uint8Array, string> {
  const value = decodeFirstCbor(bytes);
  if (!value.ok) return value;
  if (!(value.value instanceof CborMap)) return failure('the answer is no map');
  const error = value.value.get('Error');
  if (error !== undefined) return failure(`it answers ${JSON.stringify(String(error).slice(0, 80))}`);
  const attestation = value.value.get('Attestation');
  const document = attestation instanceof CborMap ? attestation.get('document') : undefined;
  return isBytes(document) ? success(document) : failure('the answer holds no document');
}
