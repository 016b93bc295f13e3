import type { CertificateReading, FieldView, Reading } from '../site/index.ts';
import { type Annotation, alertName, explainHandshake, readCertificate, type Version } from '../tls/index.ts';
import { arrows } from './arrows.ts';

/** Of certificates that were read lately: one page shows twenty. */
const remembered = 128;

/** What the pages ask of the engine, which reads and does not judge. */
export function createReading(): Reading {
  const certificates = new Map<string, CertificateReading>();
  return {
    arrows: (steps) => arrows(steps, explain),
    certificate: (der) => {
      const known = certificates.get(der);
      if (known !== undefined) return known;
      const read = readCertificate(Buffer.from(der, 'hex'));
      certificates.set(der, read);
      if (certificates.size > remembered) {
        for (const oldest of certificates.keys()) {
          certificates.delete(oldest);
          break;
        }
      }
      return read;
    },
    alert: alertName,
  };
}

const explain = (message: Uint8Array, version: Version): readonly FieldView[] =>
  flat(explainHandshake(message, { version }), 0);

/** Each structure before its fields. A section is said where it begins, and not again by what is inside. */
function flat({ name, start, end, value, section, problem, fields }: Annotation, depth: number): readonly FieldView[] {
  const inner = fields.flatMap((field) =>
    flat(field.section === section ? { ...field, section: undefined } : field, depth + 1),
  );
  return [{ name, start, end, depth, value, section, problem }, ...inner];
}
