import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { HistoryDocument, StatusDocument } from '../../status-page/document/index.ts';
import { answerOf, renderSite, responseHeaders, type SiteAssets } from '../../status-page/site/index.ts';
import { liveHistory, newbornHistory } from './sample-history.ts';
import { scenes } from './sample-scenes.ts';
import { liveStatus, newborn } from './sample-status.ts';

/* What programs read of the page: in the forms that others have fixed, in every state. */

const assets: SiteAssets = { style: 'assets/page.css', script: 'assets/page.js', cards: {}, files: new Map() };
const every = Object.entries({ ...scenes, newborn });

function textsOf(status: StatusDocument, history: HistoryDocument = liveHistory): (path: string) => string {
  const objects = renderSite(status, history, assets);
  return (path) => {
    const found = objects.get(path);
    if (found === undefined) throw new Error(`there is no ${path}`);
    return new TextDecoder().decode(found.bytes);
  };
}

const date = v.pipe(v.string(), v.isoTimestamp());
const page = v.object({
  id: v.string(),
  name: v.string(),
  url: v.pipe(v.string(), v.url()),
  time_zone: v.string(),
  updated_at: date,
});
const overall = v.object({ indicator: v.picklist(['none', 'minor', 'major', 'critical']), description: v.string() });
const component = v.object({
  id: v.string(),
  name: v.string(),
  status: v.picklist(['operational', 'degraded_performance', 'partial_outage', 'major_outage']),
  created_at: date,
  updated_at: date,
  position: v.number(),
  description: v.string(),
  group: v.boolean(),
  page_id: v.string(),
});
const incident = v.object({
  id: v.string(),
  name: v.string(),
  status: v.picklist(['investigating', 'identified', 'monitoring', 'resolved', 'postmortem']),
  impact: v.picklist(['none', 'minor', 'major', 'critical']),
  created_at: date,
  updated_at: date,
  resolved_at: v.nullable(date),
  page_id: v.string(),
  incident_updates: v.array(v.object({ id: v.string(), incident_id: v.string(), body: v.string(), created_at: date })),
  components: v.array(component),
});
/** As https://metastatuspage.com/api has them. */
const atlassian = {
  summary: v.object({
    page,
    status: overall,
    components: v.array(component),
    incidents: v.array(incident),
    scheduled_maintenances: v.array(v.unknown()),
  }),
  status: v.object({ page, status: overall }),
  components: v.object({ page, components: v.array(component) }),
  incidents: v.object({ page, incidents: v.array(incident) }),
} as const;

describe('the documents of the Atlassian status API', () => {
  test.each(every)('%s', (_name, status) => {
    const text = textsOf(status);
    for (const [name, schema] of Object.entries(atlassian)) {
      expect(v.safeParse(schema, JSON.parse(text(`api/v2/${name}.json`))).issues, name).toBeUndefined();
    }
  });

  test('an indicator that fits: none of a live one alone', () => {
    const indicator = (status: StatusDocument): unknown =>
      v.parse(atlassian.status, JSON.parse(textsOf(status)('api/v2/status.json'))).status.indicator;
    expect(indicator(liveStatus)).toBe('none');
    expect(indicator(scenes['claimed'] ?? liveStatus)).toBe('critical');
    expect(indicator(scenes['spend_seen'] ?? liveStatus)).toBe('major');
    expect(indicator(scenes['unknown'] ?? liveStatus)).toBe('minor');
    expect(indicator(scenes['silent'] ?? liveStatus)).toBe('major');
  });

  test('open incidents are in the summary, all in the list', () => {
    const text = textsOf(scenes['silent'] ?? liveStatus);
    expect(v.parse(atlassian.summary, JSON.parse(text('api/v2/summary.json'))).incidents).toHaveLength(1);
    expect(v.parse(atlassian.incidents, JSON.parse(text('api/v2/incidents.json'))).incidents).toHaveLength(2);
  });
});

describe('the badges', () => {
  const shields = v.strictObject({
    schemaVersion: v.literal(1),
    label: v.string(),
    message: v.string(),
    color: v.pipe(v.string(), v.regex(/^[0-9a-f]{6}$/)),
    isError: v.boolean(),
    cacheSeconds: v.number(),
  });

  test.each(every)('%s: of shields.io, and our own', (_name, status) => {
    const text = textsOf(status);
    const words = answerOf(status).pill.toLowerCase();
    expect(v.parse(shields, JSON.parse(text('badge.json'))).message).toBe(words);
    const drawing = text('badge.svg');
    expect(drawing).toContain(`<title>bitcoin piñata: ${words}</title>`);
    expect(elementsOf(drawing)[0]).toBe('svg');
  });
});

/** Well-formed XML without entities of its own: throws where a tag is not closed by its own. */
function elementsOf(xml: string): readonly string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [, close, name = '', , single] of xml.matchAll(
    /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    if (close === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      names.push(name);
      if (single !== '/') open.push(name);
    }
  }
  const rest = xml
    .replace(/<\?xml[^>]*\?>/, '')
    .replace(/<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/g, '');
  if (/[<>]/.test(rest) || open.length > 0) throw new Error('not well-formed');
  if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(rest)) throw new Error('an entity that XML does not have');
  return names;
}

describe('the feed (RFC 4287)', () => {
  const fieldsOf = (xml: string, name: string): readonly string[] =>
    [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value = '']) => value);

  test.each([...every.map(([name, status]) => [name, status] as const)])('%s', (name, status) => {
    const xml = textsOf(status, name === 'newborn' ? newbornHistory : liveHistory)('feed.xml');
    const names = elementsOf(xml);
    expect(names[0]).toBe('feed');
    const entries = names.filter((element) => element === 'entry').length;
    for (const needed of ['id', 'title', 'updated']) expect(fieldsOf(xml, needed)).toHaveLength(entries + 1);
    expect(new Set(fieldsOf(xml, 'id')).size).toBe(entries + 1);
    for (const id of fieldsOf(xml, 'id')) expect(id).toMatch(/^tag:[a-z0-9.-]+,2026:[!-~]+$/);
    for (const moment of fieldsOf(xml, 'updated')) expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(xml).toContain('rel="self"');
  });

  test('an id stays when its incident moves on, and its time moves', () => {
    const resolved = textsOf(liveStatus)('feed.xml');
    const [incident] = liveStatus.incidents;
    if (incident === undefined) throw new Error('the sample has an incident');
    const open = { ...incident, status: 'investigating' as const, resolvedAt: null, updatedAt: incident.createdAt };
    const before = textsOf({ ...liveStatus, incidents: [open] })('feed.xml');
    expect(new Set(fieldsOf(before, 'id'))).toEqual(new Set(fieldsOf(resolved, 'id')));
    expect(fieldsOf(before, 'updated')).not.toEqual(fieldsOf(resolved, 'updated'));
  });

  test('a new poll that found nothing new leaves it as it was', () => {
    const later = { ...liveStatus, asOf: liveStatus.asOf + 60 };
    expect(textsOf(later)('feed.xml')).toBe(textsOf(liveStatus)('feed.xml'));
  });
});

describe('the schemas', () => {
  test('are JSON Schema, and name every field of the document', () => {
    const text = textsOf(liveStatus);
    for (const name of ['status', 'history'] as const) {
      const schema = v.parse(
        v.object({ $schema: v.string(), $id: v.string(), properties: v.record(v.string(), v.unknown()) }),
        JSON.parse(text(`${name}.schema.json`)),
      );
      expect(schema.$schema).toMatch(/^https?:\/\/json-schema\.org\//);
      const document = v.parse(v.record(v.string(), v.unknown()), JSON.parse(text(`${name}.json`)));
      expect(new Set(Object.keys(document))).toEqual(new Set(Object.keys(schema.properties)));
    }
  });
});

describe('what else is served', () => {
  test('security.txt (RFC 9116), with an operator to write to and without', () => {
    const text = textsOf(liveStatus)('.well-known/security.txt');
    expect(text).toMatch(/^Contact: mailto:pinata@example\.org$/m);
    expect(text).toMatch(/^Expires: \d{4}-\d\d-\d\dT00:00:00Z$/m);
    const nobody = { ...liveStatus, page: { ...liveStatus.page, contact: null } };
    expect(renderSite(nobody, liveHistory, assets).has('.well-known/security.txt')).toBe(false);
  });

  test('headers name the explorers by their origins, and nothing is allowed beside', () => {
    const headers = responseHeaders(['https://mempool.space/api', 'https://mempool.space/signet/api']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https://mempool.space; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types workers; frame-ancestors 'none'",
    );
  });

  test('nothing is kept for longer than a poll but what never changes', () => {
    for (const [path, { cacheControl }] of renderSite(liveStatus, liveHistory, assets)) {
      expect(cacheControl, path).toBe('public, max-age=30, must-revalidate');
    }
  });
});
