import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

/*
 * Edge coverage as AFL counts it: every branch of the instrumented files counts its hits. The types are stripped by Node
 * itself, the branches are found in the syntax tree, and what is inserted changes no line. Jazzer.js would do this; its
 * addon wants a newer C library than Debian 12 has.
 */

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;

/** Hits by branch, zeroed before each execution. Reached by its name from every instrumented module. */
export const hits = new Uint8Array(1 << 16);
Object.assign(globalThis, { fuzzHits: hits });

let probes = 0;

/** How many branches there are. */
export const branches = (): number => probes;

/** From here on, what is loaded and `covers` is instrumented. */
export function instrument(covers: (path: string) => boolean): void {
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith('file:') || !covers(fileURLToPath(url))) return next(url, context);
      const source = withProbes(stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8')));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

/** The source with a counter in each branch. */
export function withProbes(source: string): string {
  const inserts: Insert[] = [];
  const count = (): string => `fuzzHits[${probes++ % hits.length}]++`;
  const insert = (at: number, text: string, end = false): void =>
    void inserts.push({ at, text, rank: end ? -inserts.length : inserts.length });
  const statement = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === 'BlockStatement' || node.type === 'FunctionBody') return insert(node.start + 1, `${count()};`);
    insert(node.start, `{${count()};`);
    insert(node.end, '}', true);
  };
  const expression = (node: unknown): void => {
    if (!isNode(node)) return;
    insert(node.start, `(${count()},(`);
    insert(node.end, '))', true);
  };
  visit(parseAst(source), (node) => {
    const child = (name: string): unknown => Object.entries(node).find(([key]) => key === name)?.[1];
    switch (node.type) {
      case 'IfStatement':
        statement(child('consequent'));
        return statement(child('alternate'));
      case 'ConditionalExpression':
        expression(child('consequent'));
        return expression(child('alternate'));
      case 'LogicalExpression':
        return expression(child('right'));
      case 'ForStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'CatchClause':
        return statement(child('body'));
      case 'ArrowFunctionExpression': {
        const body = child('body');
        return isNode(body) && body.type === 'BlockStatement' ? statement(body) : expression(body);
      }
      case 'SwitchCase': {
        const [first] = Array.isArray(child('consequent')) ? (child('consequent') as unknown[]) : [];
        return isNode(first) ? insert(first.start, `${count()};`) : undefined;
      }
    }
  });
  const pieces: string[] = [];
  let from = 0;
  for (const { at, text } of inserts.sort((a, b) => a.at - b.at || a.rank - b.rank)) {
    pieces.push(source.slice(from, at), text);
    from = at;
  }
  return [...pieces, source.slice(from)].join('');
}

/** At one place what ends comes before what begins; the inner ends first, the outer begins first, and is found first. */
interface Insert {
  readonly at: number;
  readonly text: string;
  readonly rank: number;
}

function visit(value: unknown, enter: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, enter);
  else if (isNode(value)) {
    enter(value);
    for (const child of Object.values(value)) visit(child, enter);
  }
}
