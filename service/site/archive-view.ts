import type { FailureKey, InTheArticle, Nature, TraceArchive, TraceStep } from '../trace/index.ts';

/*
 * What the pages of the past show, as plain data. Much of it was chosen by strangers: names in certificates, server names,
 * greetings, the details of faults that quote them. Every string is text, and is escaped wherever it is shown.
 */

export type { TraceArchive };

/** One category of the failure table, as the pages need it. */
export interface CategoryView {
  readonly key: FailureKey;
  /** One sentence for people. */
  readonly title: string;
  readonly nature: Nature;
  readonly article: InTheArticle | undefined;
}

/** What the host knows how to read and the pages show. Pure, and total: what cannot be read is shown as bytes. */
export interface Reading {
  /** The arrows of a sequence diagram, in order. */
  arrows(steps: readonly TraceStep[]): readonly ArrowView[];
  /** A certificate as it came, in hex. */
  certificate(der: string): CertificateReading;
  /** Its bytes as fields, also of one that is refused, as far as it is DER. */
  certificateFields(der: string): readonly FieldView[];
  /** The name of an alert, `handshake_failure`, or `alert 99` of one that has none. */
  alert(description: number): string;
}

/** One thing that passed, or that was noted, in a sequence diagram. */
export interface ArrowView {
  /** Milliseconds after the connection was accepted. */
  readonly t: number;
  /** Of the piñata's; a remark has none. */
  readonly direction: 'received' | 'sent' | undefined;
  readonly kind: 'clear' | 'encrypted' | 'alert' | 'remark' | 'verdict';
  /** Such as `ClientHello`. */
  readonly title: string;
  /** The rest of the sentence; empty where there is none. */
  readonly detail: string;
  /** Where it is specified, such as `RFC 9846 §4.1.2`. */
  readonly section: string | undefined;
  /** As they went over the wire or, of what was encrypted, as they were inside. Hex; empty where none are known. */
  readonly bytes: string;
  /** Where the bytes are of something with fields: in the order of the bytes, each structure before its fields. */
  readonly fields: readonly FieldView[];
}

/** Of `bytes`: from `start` up to `end`. */
export interface FieldView {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** How many structures stand around it. */
  readonly depth: number;
  /** What it means, where that is more than its bytes. */
  readonly value: string | undefined;
  readonly section: string | undefined;
  /** Why the bytes do not fit from here on. */
  readonly problem: string | undefined;
}

export type CertificateReading =
  | {
      readonly type: 'unreadable';
      readonly reason: string;
      readonly detail: string;
      /** As far as one can be made out; empty where none can. */
      readonly subject: string;
    }
  | ({ readonly type: 'read' } & CertificateFacts);

/** Of a certificate that could be decoded (RFC 5280 §4.1): whoever made it chose every word. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly version: number;
  /** Hex. */
  readonly serialNumber: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: string;
  readonly signatureAlgorithm: string;
  /** In words, one for each extension that is read. */
  readonly extensions: readonly { readonly name: string; readonly value: string }[];
}

/** One line of the operator's log of incidents. */
export interface IncidentView {
  /** `2026-11-21` */
  readonly date: string;
  readonly title: string;
  readonly text: string;
  /** SHA-256 over the digest of the line before (32 zero bytes at the beginning) and the line: a changed line shows. */
  readonly digest: string;
}

export interface IncidentLogView {
  /** In the order they were written. */
  readonly incidents: readonly IncidentView[];
  /** Lines that are none: the operator has to mend them. */
  readonly unreadable: number;
}
