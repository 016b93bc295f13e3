import { concatBytes } from '@noble/hashes/utils.js';
import { TPM_RH, TPM_ST } from '../attest/tpm-constants.ts';
import { explainResponseCode, responseCodeKind } from '../attest/tpm-response-code.ts';
import { sized, TpmReader, u8, u16, u32 } from '../attest/tpm-wire.ts';
import { longestResponse, type TpmTransport } from './tpm-transport.ts';
import { Unstartable } from './unstartable.ts';

/* One command and its response: TPM 2.0 Library, Part 1 §18, Part 3 §5. */

/** How a handle is authorised: by the empty password, by a policy session without a secret, or by an HMAC. */
export interface Authorization {
  readonly session: number;
  /** Of a session with HMAC alone. */
  readonly nonceCaller?: Uint8Array;
  readonly hmac?: Uint8Array;
}

export const emptyPassword: Authorization = { session: TPM_RH.PW };

export interface TpmCommand {
  /** For people, as the TPM 2.0 Library writes it. */
  readonly name: string;
  readonly code: number;
  readonly handles?: readonly number[];
  /** One for each handle that wants one, in order. */
  readonly authorizations?: readonly Authorization[];
  readonly parameters?: readonly Uint8Array[];
  /** Handles at the head of the response. */
  readonly responseHandles?: 0 | 1;
}

export interface TpmResponse {
  readonly handle: number;
  /** The caller reads all of them, and zeroes what is secret. */
  readonly parameters: Uint8Array;
  /** TPMS_AUTH_RESPONSE of each authorisation. */
  readonly authorizations: Uint8Array;
}

/** The TPM said no; at the start that keeps the process from starting, and its words say why. `kind` is the code without the number of the parameter it is about. */
export class TpmError extends Unstartable {
  override readonly name = 'TpmError';
  readonly code: number;
  readonly kind: number;

  constructor(command: string, code: number) {
    super(`TPM2_${command}: the TPM answers ${explainResponseCode(code)}`);
    this.code = code;
    this.kind = responseCodeKind(code);
  }
}

/** The TPM, or what stands in its place, answered what is no response. */
export class TpmGarbled extends Unstartable {
  override readonly name = 'TpmGarbled';
}

/** In one buffer, and in no other: there may be a secret in it. */
export function encodeCommand({ code, handles = [], authorizations = [], parameters = [] }: TpmCommand): Uint8Array {
  const area = concatBytes(...authorizations.map(marshalAuthorization));
  const head = [...handles.map(u32), ...(authorizations.length > 0 ? [u32(area.length), area] : [])];
  const size = [...head, ...parameters].reduce((sum, { length }) => sum + length, 10);
  const tag = authorizations.length > 0 ? TPM_ST.SESSIONS : TPM_ST.NO_SESSIONS;
  return concatBytes(u16(tag), u32(size), u32(code), ...head, ...parameters);
}

/** TPMA_SESSION, Part 2 §8.4: the session is there for the next command too, until it is flushed. */
export const continueSession = 1;

/** TPMS_AUTH_COMMAND, Part 2 §10.13.2. */
const marshalAuthorization = ({ session, nonceCaller = none, hmac = none }: Authorization): Uint8Array =>
  concatBytes(u32(session), sized(nonceCaller), u8(continueSession), sized(hmac));

const none = new Uint8Array();

/** Throws a TpmError for a response code, and a TpmGarbled for what is no response. */
export function decodeResponse(command: TpmCommand, response: Uint8Array): TpmResponse {
  const { name, authorizations = [], responseHandles = 0 } = command;
  if (response.length < 10 || response.length > longestResponse)
    throw new TpmGarbled(`TPM2_${name}: a response of ${response.length} bytes, 10 to ${longestResponse} are read`);
  const reader = new TpmReader(response);
  const tag = reader.u16('tag');
  const size = reader.u32('responseSize');
  const code = reader.u32('responseCode');
  if (size !== response.length)
    throw new TpmGarbled(`TPM2_${name}: a response of ${response.length} bytes that says it has ${size}`);
  if (code !== 0) throw new TpmError(name, code);
  if (tag !== (authorizations.length > 0 ? TPM_ST.SESSIONS : TPM_ST.NO_SESSIONS))
    throw new TpmGarbled(`TPM2_${name}: a response with tag 0x${tag.toString(16)}`);
  if (response.length < 10 + 4 * responseHandles + (authorizations.length > 0 ? 4 : 0))
    throw new TpmGarbled(`TPM2_${name}: a response that ends after ${response.length} bytes`);
  const handle = responseHandles === 1 ? reader.u32('handle') : 0;
  if (authorizations.length === 0) return { handle, parameters: reader.rest(), authorizations: none };
  const length = reader.u32('parameterSize');
  const rest = reader.rest();
  if (length > rest.length)
    throw new TpmGarbled(`TPM2_${name}: parameters of ${length} bytes, ${rest.length} are there`);
  return { handle, parameters: rest.subarray(0, length), authorizations: rest.slice(length) };
}

/** Sends one, and gives the parameters of its response. The buffers of both are zeroed, for there may be a secret in them. */
export async function execute(transport: TpmTransport, command: TpmCommand): Promise<TpmResponse> {
  const bytes = encodeCommand(command);
  const response = await transport.transmit(bytes);
  try {
    return decodeResponse(command, response);
  } finally {
    bytes.fill(0);
    response.fill(0);
  }
}
