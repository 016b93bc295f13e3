import { hexToBytes } from '@noble/hashes/utils.js';
import type { CertificateReading, FieldView, Reading } from '../site/index.ts';
import { type Annotation, alertName, explainCertificate, explainHandshake, readCertificate } from '../tls/index.ts';
import { arrows } from './arrows.ts';

/** Of certificates that were read lately: one page shows twenty. */
const remembered = 128;
/** Of one attempt: what strangers say may have a field in each byte, and anybody may ask for it. An honest handshake has a thousand. */
const mostFields = 6000;

/** What the pages ask of the engine, which reads and does not judge. */
export function createReading(): Reading {
  const certificates = new Map<string, CertificateReading>();
  return {
    arrows: (steps) => {
      const room = { fields: mostFields };
      return arrows(steps, (message, version) => flat(explainHandshake(message, { version, room }), 0));
    },
    certificate: (der) => {
      const known = certificates.get(der);
      if (known !== undefined) return known;
      const read = certificateReading(hexToBytes(der));
      certificates.set(der, read);
      if (certificates.size > remembered) {
        for (const oldest of certificates.keys()) {
          certificates.delete(oldest);
          break;
        }
      }
      return read;
    },
    certificateFields: (der) => flat(explainCertificate(hexToBytes(der)), 0),
    alert: alertName,
  };
}

function certificateReading(der: Uint8Array): CertificateReading {
  const read = readCertificate(der);
  if (read.type === 'read') return read;
  // Refused does not mean that it says nothing.
  const subject = flat(explainCertificate(der), 0).find(({ name }) => name === 'subject');
  return { ...read, subject: subject?.value ?? '' };
}

/** Each structure before its fields. A section is said where it begins, and not again by what is inside. */
function flat({ name, start, end, value, section, problem, fields }: Annotation, depth: number): readonly FieldView[] {
  const inner = fields.flatMap((field) =>
    flat(field.section === section ? { ...field, section: undefined } : field, depth + 1),
  );
  return [{ name, start, end, depth, value, section, problem }, ...inner];
}
