/*
 * TPM_RC, TPM 2.0 Library, Part 2 §6.6, in words. A code of format one names the handle, session or parameter it is about,
 * by a number in other bits of it.
 */

/** Those that somebody acts on; of format one without the number of what they are about. */
export const TPM_RC = {
  SUCCESS: 0x000,
  COMMAND_CODE: 0x143,
  NV_LOCKED: 0x148,
  HANDLE: 0x08b,
  YIELDED: 0x908,
  TESTING: 0x90a,
  RETRY: 0x922,
} as const;

/** Codes of format zero, whole. */
const formatZero: ReadonlyMap<number, string> = new Map([
  [0x100, 'TPM_RC_INITIALIZE: it was started already, or not yet'],
  [0x101, 'TPM_RC_FAILURE: it is in failure mode; reset the machine'],
  [0x143, 'TPM_RC_COMMAND_CODE: it does not know this command'],
  [0x145, 'TPM_RC_AUTHSIZE'],
  [0x146, 'TPM_RC_AUTH_CONTEXT: a session with a command that takes none'],
  [0x147, 'TPM_RC_NV_RANGE: beyond the end of the NV index'],
  [0x148, 'TPM_RC_NV_LOCKED: the NV index is locked: written for good, or read already since this boot'],
  [0x149, 'TPM_RC_NV_AUTHORIZATION: the NV index does not allow this way to authorise it'],
  [0x14a, 'TPM_RC_NV_UNINITIALIZED: the NV index was never written'],
  [0x14b, 'TPM_RC_NV_SPACE: it has no room left; undefine NV indices that are not needed'],
  [0x14c, 'TPM_RC_NV_DEFINED: the NV index exists already'],
  [0x128, 'TPM_RC_PCR_CHANGED: a PCR was extended after the policy session looked at it'],
  [0x901, 'TPM_RC_CONTEXT_GAP'],
  [0x902, 'TPM_RC_OBJECT_MEMORY: no slot for one more object; another program left its own loaded'],
  [0x903, 'TPM_RC_SESSION_MEMORY: no slot for one more session; another program left its own open'],
  [0x905, 'TPM_RC_SESSION_HANDLES: too many sessions are open'],
  [0x908, 'TPM_RC_YIELDED: it wants the command again'],
  [0x909, 'TPM_RC_CANCELED'],
  [0x90a, 'TPM_RC_TESTING: it is still testing itself; try again'],
  [
    0x921,
    'TPM_RC_LOCKOUT: locked after too many failures or unclean ends; it recovers by itself with time, or by TPM2_DictionaryAttackLockReset',
  ],
  [0x922, 'TPM_RC_RETRY: it was busy; try again'],
  [0x923, 'TPM_RC_NV_UNAVAILABLE: its memory cannot be written now; try again'],
]);

/** Codes of format one, without what they are about. */
const formatOne: ReadonlyMap<number, string> = new Map([
  [0x081, 'TPM_RC_ASYMMETRIC: it does not have this algorithm'],
  [0x082, 'TPM_RC_ATTRIBUTES: attributes that do not go together'],
  [0x083, 'TPM_RC_HASH: it does not have this hash'],
  [0x084, 'TPM_RC_VALUE: out of range, or not what it has'],
  [0x085, 'TPM_RC_HIERARCHY: the hierarchy is switched off'],
  [0x08b, 'TPM_RC_HANDLE: there is no such object, index or session'],
  [0x08e, 'TPM_RC_AUTH_FAIL: a wrong authorisation, which counts towards the lockout'],
  [0x08f, 'TPM_RC_NONCE'],
  [0x092, 'TPM_RC_SCHEME'],
  [0x095, 'TPM_RC_SIZE: a structure of the wrong size'],
  [0x09a, 'TPM_RC_INSUFFICIENT: the command ends too early'],
  [0x09b, 'TPM_RC_SIGNATURE: a signature that does not hold'],
  [0x09d, 'TPM_RC_POLICY_FAIL: the policy is not met: the PCRs are not those it was made for'],
  [0x09f, 'TPM_RC_INTEGRITY: the credential was made for another key'],
  [0x0a2, 'TPM_RC_BAD_AUTH: a wrong authorisation'],
  [0x0a6, 'TPM_RC_CURVE: it does not have this curve'],
]);

/** A code with its name and what it is about; of one that is not known here, the number and how to look it up. */
export function explainResponseCode(code: number): string {
  const shown = `0x${code.toString(16).padStart(3, '0')}`;
  if (code === TPM_RC.SUCCESS) return `${shown} TPM_RC_SUCCESS`;
  const zero = formatZero.get(code);
  if (zero !== undefined) return `${shown} ${zero}`;
  const words = (code & 0x80) === 0 ? undefined : formatOne.get(responseCodeKind(code));
  if (words === undefined) return `${shown} (not known here: TPM 2.0 Library, Part 2 §6.6; tpm2_rc_decode tells it)`;
  return `${shown} ${words}${about(code)}`;
}

/** Bits 0 to 5 and 7 of a code of format one: the error without the number of what it is about. Others stay whole. */
export const responseCodeKind = (code: number): number => ((code & 0x80) === 0 ? code : code & 0xbf);

function about(code: number): string {
  const number = (code >> 8) & 0xf;
  if ((code & 0x40) !== 0) return ` (parameter ${number})`;
  if (number === 0) return '';
  return number >= 8 ? ` (session ${number - 8})` : ` (handle ${number})`;
}
