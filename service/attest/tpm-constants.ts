import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';

/* Constants of the TPM 2.0 Library, Part 2, by their names there without the prefix. Only those that are used. */

/** TPM_ALG_ID, §6.3. */
export const TPM_ALG = {
  RSA: 0x0001,
  SHA1: 0x0004,
  AES: 0x0006,
  SHA256: 0x000b,
  SHA384: 0x000c,
  SHA512: 0x000d,
  NULL: 0x0010,
  RSASSA: 0x0014,
  RSAES: 0x0015,
  RSAPSS: 0x0016,
  OAEP: 0x0017,
  ECDSA: 0x0018,
  ECDH: 0x0019,
  ECC: 0x0023,
  CFB: 0x0043,
} as const;

/** TPM_ECC_CURVE, §6.4. */
export const TPM_ECC_NIST_P256 = 0x0003;

/** TPM_CC, §6.5.2. */
export const TPM_CC = {
  NV_UndefineSpace: 0x0000_0122,
  NV_DefineSpace: 0x0000_012a,
  CreatePrimary: 0x0000_0131,
  NV_Write: 0x0000_0137,
  NV_WriteLock: 0x0000_0138,
  Shutdown: 0x0000_0145,
  ActivateCredential: 0x0000_0147,
  NV_Read: 0x0000_014e,
  NV_ReadLock: 0x0000_014f,
  PolicySecret: 0x0000_0151,
  Quote: 0x0000_0158,
  FlushContext: 0x0000_0165,
  NV_ReadPublic: 0x0000_0169,
  ReadPublic: 0x0000_0173,
  StartAuthSession: 0x0000_0176,
  GetCapability: 0x0000_017a,
  PCR_Read: 0x0000_017e,
  PolicyPCR: 0x0000_017f,
  PCR_Extend: 0x0000_0182,
  /** Vendor command of NitroTPM, as NitroTPM-Tools sends it: the attestation document. */
  NITRO_Attest: 0x2000_0001,
} as const;

/** TPM_ST, §6.9. */
export const TPM_ST = { NO_SESSIONS: 0x8001, SESSIONS: 0x8002, ATTEST_QUOTE: 0x8018 } as const;

/** TPM_RH, §7.4. */
export const TPM_RH = {
  OWNER: 0x4000_0001,
  NULL: 0x4000_0007,
  /** TPM_RS_PW: a password in place of a session. */
  PW: 0x4000_0009,
  ENDORSEMENT: 0x4000_000b,
} as const;

/** TPM_GENERATED_VALUE, §6.2: "\xffTCG". A restricted key signs nothing that comes from outside and begins with it. */
export const TPM_GENERATED_VALUE = 0xff54_4347;

/** TPMA_OBJECT, §8.3. */
export const TPMA_OBJECT = {
  fixedTPM: 1 << 1,
  fixedParent: 1 << 4,
  sensitiveDataOrigin: 1 << 5,
  userWithAuth: 1 << 6,
  adminWithPolicy: 1 << 7,
  noDA: 1 << 10,
  restricted: 1 << 16,
  decrypt: 1 << 17,
  sign: 1 << 18,
} as const;

/** TPMA_NV, §13.4. */
export const TPMA_NV = {
  OWNERWRITE: 1 << 1,
  AUTHWRITE: 1 << 2,
  POLICYWRITE: 1 << 3,
  WRITELOCKED: 1 << 11,
  WRITEALL: 1 << 12,
  WRITEDEFINE: 1 << 13,
  OWNERREAD: 1 << 17,
  AUTHREAD: 1 << 18,
  POLICYREAD: 1 << 19,
  NO_DA: 1 << 25,
  READLOCKED: 1 << 28,
  WRITTEN: 1 << 29,
  // The sign bit: sums of these are brought back to 32 bits by `>>> 0`.
  READ_STCLEAR: 2 ** 31,
} as const;

/** The hash algorithms that a name, a policy or a bank of PCRs may have here; SHA-1 is none of them. */
export const hashes = { [TPM_ALG.SHA256]: sha256, [TPM_ALG.SHA384]: sha384, [TPM_ALG.SHA512]: sha512 } as const;

export type HashAlgorithm = keyof typeof hashes;

export const isHashAlgorithm = (algorithm: number): algorithm is HashAlgorithm => Object.hasOwn(hashes, algorithm);
